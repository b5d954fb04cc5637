/* SPDX-License-Identifier: GPL-2.0-or-later */
/* As much of include/linux/linkage.h and arch/x86/include/asm/{linkage,asm}.h of 6.1 as the pairs need. */
#define SYM_START(name, linkage) linkage name; .p2align 4, 0x90; name:
#define SYM_FUNC_START(name) SYM_START(name, .globl)
#define SYM_FUNC_START_LOCAL(name) SYM_START(name, .local)
#define SYM_FUNC_END(name) .type name, @function; .size name, . - name
#define SYM_CODE_START(name) SYM_START(name, .globl)
#define SYM_CODE_END(name) .size name, . - name
#define SYM_INNER_LABEL(name) .globl name; name:
#define RET jmp __x86_return_thunk
.macro EXTABLE from, to
	.pushsection __ex_table, "a"
	.balign 4
	.long \from - ., \to - ., 1
	.popsection
.endm
