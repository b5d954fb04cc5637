#include "assembly.h"

	.text
#ifdef POST
#define ERROR -13
#else
#define ERROR -14
#endif
SYM_FUNC_START(get_1)
	cmp	$-2, %rax
	jae	bad
1:	mov	(%rax), %edx
	EXTABLE	1b, bad_clac
	xor	%eax, %eax
	RET
SYM_FUNC_END(get_1)

SYM_FUNC_START(get_2)
	cmp	$-3, %rax
	jae	bad
	xor	%eax, %eax
	RET
SYM_FUNC_END(get_2)

	.p2align 4, 0x90
bad_clac:
	clac
bad:
	xor	%edx, %edx
	mov	$ERROR, %rax
	RET
	.p2align 4, 0x90
