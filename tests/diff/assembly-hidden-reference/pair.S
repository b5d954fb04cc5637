#include "assembly.h"

	.text
SYM_FUNC_START(one)
	lea	.Ltable(%rip), %rdx
#ifdef POST
	mov	$2, %eax
#else
	mov	$1, %eax
#endif
	RET
SYM_FUNC_END(one)
SYM_FUNC_START(two)
	RET
SYM_FUNC_END(two)
.Ltable:
	.quad	0x9090909090909090
