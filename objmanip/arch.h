/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What differs by architecture, behind one interface; one file per architecture implements it. */
#ifndef OBJMANIP_ARCH_H
#define OBJMANIP_ARCH_H

#include "objmanip/elf.h"

struct om_emit;
struct om_layout;
struct om_program;
struct om_refused_name;

/* The parts of a direct jump (not a call). */
struct om_jump {
	uint8_t cc;		/* its condition, as ops JUMP and JUMPSYM have it */
	unsigned prefixes;	/* bytes before the opcode */
	unsigned field;		/* where the displacement begins, which is the rest of the instruction */
};

/* A direct branch, call or jump, whose displacement the assembler has filled in. */
struct om_branch {
	unsigned field, size;	/* where a relocation of it would be, from the instruction's start, and how many bytes */
	uint32_t reloc;		/* the type that it would have */
	int64_t to;		/* where it leads, from the instruction's start */
};

/* What is not optional is there in each architecture. */
struct om_arch {
	const char *name;	/* "x86_64": as in the manifest and in uname -m */
	uint16_t machine;	/* EM_* */
	uint32_t runpre_arch;	/* enum runpre_arch */
	unsigned hook_len;	/* bytes that the hook overwrites */
	unsigned ftrace_len;	/* bytes of an ftrace entry, of which a hook through ftrace overwrites none */
	/* What -fpatchable-function-entry puts before a function for the kernel to write there, 0: nothing. */
	uint8_t padding;
	uint32_t max_padding;	/* bytes of it before one function, at most */
	/*
	 * The processor counts a PC-relative field from the end of its instruction, while a relocation counts from the field: so
	 * addends hold the difference.
	 */
	bool pcrel_from_end;
	/*
	 * CONFIG_HAVE_ARCH_PREL32_RELOCATIONS: the kernel's tables of pointers have distances, which assembler statements write, without
	 * symbols.  Else each entry is an object of C.
	 */
	bool prel32;
	/*
	 * With what flags what is carried is compiled, behind those of pre and of the kernel (stand-in.h); NULL: with those of pre, which
	 * has -fdata-sections then.
	 */
	const char *carried_cflags;
	/* A jump of full reach: its opcode, its length, and all of it behind the opcode is a field for branch_reloc(). */
	uint8_t far_jump, far_jump_len;
	/* Structure sizes of its Linux 6.1, for looking at an object without a kernel tree. */
	const struct om_layout *layout;
	/*
	 * What is never replaced on this architecture beside what refuse-names.c has: functions and units, where a '*' stands for
	 * anything, and how names of sections begin.
	 */
	const struct om_refused_name *refused_functions, *refused_units, *refused_sections;
	/* Optional: why an assembler function that has changed or is new cannot be carried, as a sentence, and where in it; NULL: it can. */
	const char *(*refused_assembly)(const struct om_span *post, uint64_t *off);
	/* Bytes of a relocation's field; 0: a type that we do not know. */
	unsigned (*reloc_size)(uint32_t type);
	/*
	 * Optional: sets to 0 the bits that the relocation writes, when an object is read.  Fields of such an architecture share their
	 * bytes with the instruction's other bits (R_PPC64_REL24 has 24 of 32), and these are compared with all of the bytes.
	 */
	void (*clear_field)(uint32_t type, uint8_t *field);
	bool (*reloc_pcrel)(uint32_t type);
	/*
	 * Optional: the field is the upper half of an address.  What is done with the address, the instructions with the lower half
	 * tell; they have relocations of their own.
	 */
	bool (*reloc_upper)(uint32_t type);
	/* The type (enum runpre_reloc) that match programs use for it, or -1. */
	int (*reloc_runpre)(uint32_t type);
	/* Whether the relocation is the destination of a call or jump instruction (and not a pointer). */
	bool (*reloc_branch)(const struct om_span *span, const struct om_reloc *rel);
	/* The relocation type of a PC-relative field of @size bytes, 0: there is none. */
	uint32_t (*branch_reloc)(unsigned size);
	/* Takes a direct branch apart; false: the instruction is none. */
	bool (*branch)(const uint8_t *insn, unsigned len, struct om_branch *ret);
	/* Whether the function may be called through a pointer on a kernel that takes care of that (IBT). */
	bool (*indirect_entry)(const struct om_span *span);
	/* Finds all instruction boundaries of a code span: sets span->insns, span->nr_insns. */
	struct error *(*decode)(struct om_span *span);
	/* Where the hook goes in this function: bytes from its start (5 behind an ftrace entry), or -1: no room. */
	int (*hook_offset)(const struct om_span *span);
	/* Where its ftrace entry is, or -1: it has none. */
	int (*ftrace_offset)(const struct om_span *span);
	/* How many bytes at the start of @code only fill space: nops, and what traps. */
	uint64_t (*filling)(const uint8_t *code, uint64_t len);
	/* Execution does not go on behind this instruction: a jump, a return, a trap; not a call. */
	bool (*ends)(const uint8_t *insn, unsigned len);
	/* Takes a direct jump apart; false: the instruction is none. */
	bool (*jump)(const uint8_t *insn, unsigned len, struct om_jump *ret);
	/* If a site begins at instruction *@insn, writes it and moves *@insn behind it; *@found tells. */
	struct error *(*site)(struct om_program *p, size_t *insn, bool *found);
	/*
	 * The entry is about a place that the kernel may write at any time, and checks before it does: what it is, for
	 * messages, and its length in bytes.  NULL: it is not.
	 */
	const char *(*rewritten)(const struct om_entry *e, uint32_t *len);
	/* The field at @field of the instruction is the whole address of something that it reads or writes. */
	bool (*accesses)(const uint8_t *insn, unsigned len, unsigned field);
	/*
	 * Optional: the instruction of @rel loads a pointer, and what is done with that first is to read or write one of the bytes of
	 * the relocation's target.
	 */
	bool (*follows)(const struct om_span *span, const struct om_reloc *rel);
	/*
	 * The field of @rel in the instruction is a number with which it compares, or that it subtracts, to compare addresses; or what
	 * the instruction puts into a register is compared by another one.
	 */
	bool (*compares)(const struct om_span *span, const struct om_insn *insn, const struct om_reloc *rel);
	/*
	 * Makes an instruction that loads a constant which the kernel writes at boot, at @field, one that reads a variable: puts
	 * the length of that and where the address goes into *ret_len, *ret_field; the rest of it becomes one nop.  False: it
	 * is not such an instruction.
	 */
	bool (*read_instead)(uint8_t *insn, unsigned len, unsigned field, unsigned *ret_len, unsigned *ret_field);
	/* Where its opcode begins, without prefixes, and how many bytes it has: what stays when registers change. */
	unsigned (*opcode)(const uint8_t *insn, unsigned len, unsigned *nr);
	uint32_t elf_flags;	/* of its objects */
	/*
	 * Optional, all together: what carried code needs beside its relocations. Bytes that come behind a span; what comes before all
	 * relocations; whether one is not to be written as it is; and what is to be written then, when the others have been.
	 */
	uint32_t (*emit_behind)(struct om_emit *e, const struct om_span *span);
	void (*emit_begin)(struct om_emit *e);
	bool (*emit_own)(const struct om_emit *e, const struct om_span *span, const struct om_reloc *rel);
	struct error *(*emit_rest)(struct om_emit *e, struct om_span *span);
	/* Whether the code module needs the target's TOC pointer for this carried span, as an import ".TOC.". */
	bool (*wants_toc)(const struct om_span *span);
	/*
	 * With carried_cflags: whether @post comes back as its callers expect when it is called by a hook in another update's code of the function,
	 * which is compiled as @carried is.
	 */
	bool (*hook_from_carried)(const struct om_span *carried, const struct om_span *post);
};

/* NULL: a machine that this project does not know. */
const struct om_arch *om_arch_of(uint16_t machine);
static inline bool om_reloc_upper(const struct om_arch *arch, uint32_t type)
{
	return arch->reloc_upper && arch->reloc_upper(type);
}
/* The instruction reads or writes what the relocation is about: not only its address. */
static inline bool om_reloc_accesses(const struct om_span *span, const struct om_insn *insn, const struct om_reloc *rel)
{
	return !rel->via_toc && span->obj->arch->accesses(om_bytes(span) + insn->off, insn->len, rel->offset - span->start - insn->off);
}
/* Bytes at the relocation that are its own, so that there is nothing to compare in them. */
static inline unsigned om_reloc_own_bytes(const struct om_arch *arch, uint32_t type)
{
	return arch->clear_field ? 0 : arch->reloc_size(type);
}
extern const struct om_arch om_arch_x86_64, om_arch_ppc64le;

#endif
