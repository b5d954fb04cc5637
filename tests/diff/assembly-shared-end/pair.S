#include "assembly.h"

	.text
SYM_FUNC_START(get_1)
#ifdef POST
	cmp	$-4, %rax
#else
	cmp	$-2, %rax
#endif
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
661:	.byte	0x0f, 0x1f, 0x00	/* as ASM_CLAC: an alternative of nothing, padded with nops */
662:
	.pushsection .altinstructions, "a"
	.long	661b - ., 663f - .
#ifdef LINUX_6_12
	.long	100
#else
	.word	100
#endif
	.byte	662b - 661b, 664f - 663f
	.popsection
	.pushsection .altinstr_replacement, "ax"
663:	clac
664:
	.popsection
bad:
	xor	%edx, %edx
	mov	$-14, %rax
	RET
	.p2align 4, 0x90
