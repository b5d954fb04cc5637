#include "assembly.h"

	.text
SYM_FUNC_START(one)
	RET
SYM_FUNC_END(one)

	.section .data..code, "ax", @progbits
SYM_FUNC_START(two)
#ifdef POST
	mov	$2, %eax
#else
	mov	$1, %eax
#endif
	RET
SYM_FUNC_END(two)
