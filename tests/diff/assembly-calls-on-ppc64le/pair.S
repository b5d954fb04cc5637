/* Calls out of assembler code: it has no TOC pointer of its own and no nop behind them, so they go by pieces that need none. */
#define GLOBAL(name) .align 2; .type name, @function; .globl name; name:
#ifdef POST
#define N 2
#else
#define N 1
#endif

	.text
/* As copypage_power7() does it: a call, and in the end a jump. */
GLOBAL(calls)
	cmpdi	3, N
	beqlr
	mflr	0
	std	0, 16(1)
	stdu	1, -64(1)
	bl	outside
	bl	beside
	bl	outside
	addi	1, 1, 64
	ld	0, 16(1)
	mtlr	0
	b	changed

/* Stays, and is called where it is. */
GLOBAL(beside)
	nop
	nop
	nop
	nop
	nop
	nop
	blr

/* Calls what is replaced as well, of this file and of another one. */
GLOBAL(calls_changed)
	li	4, N
	mflr	0
	std	0, 16(1)
	stdu	1, -64(1)
	bl	calls
	addi	1, 1, 64
	ld	0, 16(1)
	mtlr	0
#ifdef NEW
	b	added
#endif
	b	changed
