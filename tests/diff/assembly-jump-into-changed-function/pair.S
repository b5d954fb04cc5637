#include "assembly.h"

	.text
SYM_FUNC_START(one)
	mov	$1, %eax
	jmp	.Linside
SYM_FUNC_END(one)

SYM_FUNC_START(two)
	mov	$2, %eax
.Linside:
#ifdef POST
	add	$3, %rax
#else
	add	$4, %rax
#endif
	RET
SYM_FUNC_END(two)
