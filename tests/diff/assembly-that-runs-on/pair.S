#include "assembly.h"

	.text
SYM_FUNC_START(one)
#ifdef POST
	mov	$2, %eax
#else
	mov	$1, %eax
#endif
SYM_FUNC_END(one)
SYM_FUNC_START(two)
	inc	%eax
	RET
SYM_FUNC_END(two)
