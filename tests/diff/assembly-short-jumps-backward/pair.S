#include "assembly.h"

	.text
SYM_FUNC_START(before)
	mov	$1, %eax
	RET
SYM_FUNC_END(before)

SYM_FUNC_START(middle)
#ifdef POST
	cmp	$2, %rdi
#else
	cmp	$3, %rdi
#endif
	je	before
	cmp	$4, %rdi
	je	behind
	mov	$2, %eax
	RET
SYM_FUNC_END(middle)

SYM_FUNC_START(behind)
	mov	$3, %eax
	RET
SYM_FUNC_END(behind)
