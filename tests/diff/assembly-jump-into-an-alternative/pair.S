#include "assembly.h"

	.text
SYM_FUNC_START(one)
#ifdef POST
	inc	%edi
#endif
	cmp	$1, %edi
	je	661f + 1
661:	mov	$1, %eax
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
663:	mov	$2, %eax
664:
	.popsection
	mov	$2, %edx
	RET
SYM_FUNC_END(one)
