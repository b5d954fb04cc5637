#include "assembly.h"

	.text
SYM_FUNC_START(one)
	mov	$1, %eax
SYM_INNER_LABEL(inner)
#ifdef POST
	mov	$2, %edx
#endif
	inc	%eax
	RET
SYM_FUNC_END(one)

SYM_CODE_START(code)
#ifdef POST
	inc	%eax
#endif
	inc	%eax
	RET
SYM_CODE_END(code)
