/* What takes all from its caller's registers is right in a module as well; what reaches anything by r2 or by a branch of 14 bits is not. */
#define GLOBAL(name) .align 2; .type name, @function; .globl name; name:
#define ROOM nop; nop; nop; nop; nop; nop
#ifdef POST
#define N 2
#else
#define N 1
#endif

	.text
/* With a branch of its own, a conditional return, a place that may fault, and code for one kind of processor. */
GLOBAL(leaf)
	cmpdi	3, N
	beqlr
1:	ld	0, 0(3)
	.pushsection __ex_table, "a"
	.balign 4
	.long 1b - ., 9f - .
	.popsection
91:	nop
92:	.pushsection __ftr_alt_9, "a"
	.balign 4
93:	addi	3, 3, 1
94:	.popsection
	.pushsection __ftr_fixup, "a"
	.balign 8
95:	.8byte N, N
	.8byte 91b - 95b, 92b - 95b, 93b - 95b, 94b - 95b
	.popsection
	cmpdi	0, 0
	bne	9f
	mr	3, 0
9:	addi	3, 3, N
	blr

GLOBAL(same)
	ROOM
	blr

GLOBAL(calls)
	ROOM
	li	3, N
	bl	known_here
	nop
	blr

GLOBAL(jumps)
	ROOM
	cmpdi	3, N
	beq	same
	blr

/* memmove() goes on in it. */
GLOBAL(backwards_memcpy)
	ROOM
	li	3, N
	blr

GLOBAL(with_toc)
0:	addis	2, 12, (.TOC. - 0b)@ha
	addi	2, 2, (.TOC. - 0b)@l
	.localentry with_toc, . - with_toc
	ROOM
	li	3, N
	blr

	.align 2
	.type known_here, @function
known_here:
	ROOM
	li	3, N
	blr
