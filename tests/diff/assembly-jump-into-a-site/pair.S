/* Nobody knows what is there when the kernel has put the replacement in: of the one byte behind the jump, and of all behind the site. */
#include "assembly.h"

	.text
SYM_FUNC_START(one)
	cmp	$1, %rdi
	je	661f + 1
661:	nop
	nop
	nop
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
#ifdef POST
	mov	$1, %eax
#endif
	mov	$2, %edx
	RET
SYM_FUNC_END(one)
