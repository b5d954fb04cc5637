#include "assembly.h"

	.text
SYM_FUNC_START(zero)
	mov	$1, %eax
	jmp	one
SYM_FUNC_END(zero)

SYM_FUNC_START(one)
#ifdef POST
	add	$3, %rdi
	add	constants(%rip), %rdi
	call	two
	.rept 20
	inc	%rdi
	.endr
#endif
1:	mov	(%rdi), %rax
	EXTABLE	1b, 2f
	test	%rax, %rax
	jz	two
	lea	constants(%rip), %rdx
2:	RET
SYM_FUNC_END(one)

SYM_FUNC_START(two)
3:	mov	(%rsi), %rax
	EXTABLE	3b, 4f
4:	RET
SYM_FUNC_END(two)

	.data
	.globl	constants
	.type	constants, @object
constants:
	.quad	1, 2
	.size	constants, . - constants
