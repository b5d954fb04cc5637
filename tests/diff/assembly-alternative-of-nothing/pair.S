#include "assembly.h"

	.text
SYM_FUNC_START(one)
661:	jmp	two
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
663:
664:
	.popsection
#ifdef POST
	mov	$1, %eax
#endif
	mov	$2, %edx
	RET
SYM_FUNC_END(one)
SYM_FUNC_START(two)
	mov	$3, %edx
	RET
SYM_FUNC_END(two)
