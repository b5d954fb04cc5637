/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * x86_64: a kernel call is a direct call of a jump of our own, "jmp rel32", which is written when the core is loaded, before anybody comes
 * by.  A static call would be the same to the processor; but static_call_update() asks all other processors to serialise three times for
 * each place where the function is called (arch/x86/kernel/alternative.c, text_poke_bp_batch(), 6.1), as somebody may be there.  That were 660
 * interrupts to all processors for the core, and each waits for the slowest: with 8 busy virtual processors on two real ones, half a minute.
 */
#ifndef KSPLICE_X86_CALLS_H
#define KSPLICE_X86_CALLS_H

#include <linux/objtool.h>
#include <linux/stringify.h>

/* Call depth tracking leads calls through the nops before a function (arch/x86/kernel/callthunks.c, patch_dest(), 6.12). */
#ifdef CONFIG_FUNCTION_PADDING_BYTES
#define KSPLICE_JUMP_PADDING	CONFIG_FUNCTION_PADDING_BYTES
#else
#define KSPLICE_JUMP_PADDING	0
#endif

#define DECLARE_KERNEL_CALL(name, function)	extern typeof(function) name##_jump

/* Until it is written it is ud2. */
#define DEFINE_KERNEL_CALL(name, function)					\
	DECLARE_KERNEL_CALL(name, function);					\
	asm(".pushsection .text.ksplice_jumps, \"ax\"\n"			\
	    ".balign 16\n"							\
	    ".skip " __stringify(KSPLICE_JUMP_PADDING) ", 0x90\n"		\
	    ".globl " #name "_jump\n"						\
	    #name "_jump:\n"							\
	    ANNOTATE_NOENDBR							\
	    ".byte 0x0f, 0x0b, 0xcc, 0xcc, 0xcc\n"				\
	    ".type " #name "_jump, @function\n"					\
	    ".size " #name "_jump, . - " #name "_jump\n"			\
	    ".popsection\n")

#define kernel_call(name)		name##_jump
#define kernel_call_set(name, addr)	ksplice_jump_set((unsigned long)&name##_jump, addr)

/* 0; -ERANGE: @addr is too far; -ENOMEM; -EFAULT: the write does not show. */
int ksplice_jump_set(unsigned long jump, unsigned long addr);
/* After the last kernel_call_set(), before the first kernel_call(): on no processor is anything that was there before. May sleep. */
void ksplice_jumps_ready(void);
#define kernel_calls_ready()		ksplice_jumps_ready()

#endif
