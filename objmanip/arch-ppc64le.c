// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * ppc64le: instructions by the Power ISA (3.1), and what there is of the machine otherwise.  Kernels are built with -mno-prefixed
 * (arch/powerpc/Makefile, 6.1), so that each instruction has 4 bytes.
 */
#include "objmanip/arch-ppc64le.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "objmanip/arch.h"
#include "objmanip/layout.h"
#include "objmanip/special.h"

/* b and bc, with and without link; those with an absolute address are none of the kernel's. */
static bool branch(const uint8_t *insn, unsigned len, struct om_branch *ret)
{
	uint32_t word = om_ppc64le_word(insn), opcode = word >> 26;

	if (len != 4 || (opcode != 16 && opcode != 18) || word & 2)
		return false;
	*ret = (struct om_branch){ .size = 4, .reloc = opcode == 18 ? R_PPC64_REL24 : R_PPC64_REL14 };
	ret->to = opcode == 18 ? (int32_t)((word & 0x03fffffc) << 6) >> 6 : (int16_t)(word & 0xfffc);
	return true;
}

static bool reloc_branch(const struct om_span *span, const struct om_reloc *rel)
{
	enum om_ppc_field field = om_ppc64le_field(rel->type);

	return field == OM_PPC_BRANCH24 || field == OM_PPC_BRANCH14;
}

static uint32_t branch_reloc(unsigned size)
{
	return size == 4 ? R_PPC64_REL24 : 0;
}

/* -mcmodel=large puts the distance of the TOC before a function, which is no instruction. */
static unsigned length_at(const struct om_span *span, uint64_t off)
{
	const struct om_reloc *rel = om_reloc_at((struct om_span *)span, off);

	return rel && om_ppc64le_reloc_size(rel->type) == 8 && span->size - off >= 8 ? 8 : 4;
}

static struct error *decode(struct om_span *span)
{
	char where[256];
	unsigned len;

	/* With those at its start alone, each instruction has one at most. */
	om_for_each_reloc(rel, span)
		if ((rel->offset - span->start) % 4)
			return error_new(ERROR_BAD_FILE, "%s: a relocation in the middle of an instruction",
					 om_where(span, rel->offset - span->start, where, sizeof(where)));
	if (!om_bytes(span) || span->size % 4 || span->start % 4)
		return error_new(ERROR_BAD_FILE, "%s: code without bytes, or that is not made of words", om_where(span, 0, where, sizeof(where)));
	span->insns = calloc(span->size / 4, sizeof(*span->insns));
	if (!span->insns)
		return error_errno(ENOMEM, "%s", span->obj->path);
	for (uint64_t off = 0; off < span->size; off += len) {
		struct om_branch b;
		bool outside = branch(om_bytes(span) + off, 4, &b) &&
			       ((int64_t)off + b.to < 0 || (int64_t)off + b.to >= (int64_t)span->size);

		len = length_at(span, off);
		span->insns[span->nr_insns++] = (struct om_insn){ .off = off, .len = len, .outside = len == 4 && outside };
	}
	return NULL;
}

/* ELFv2 ABI 3.4.1: bits 5 to 7 of st_other, 0 and 1: one entry for both, 2 to 6: bytes as a power of 2. */
uint32_t om_ppc64le_local_entry(const struct om_span *span)
{
	unsigned bits = span->symbol ? span->symbol->other >> 5 : 0;

	return bits < 2 || bits == 7 ? 0 : 1u << bits;
}

/* The call of the tracer, or what is in its place: "mflr r0" and "bl _mcount" are at the local entry (-mprofile-kernel). */
static int ftrace_offset(const struct om_span *span)
{
	uint32_t off = om_ppc64le_local_entry(span) + 4;

	for (size_t i = 0; i < span->nr_entries; i++)
		if (span->entries[i].table->kind == OM_TABLE_MCOUNT && span->entries[i].code_off == off && span->size >= off + 4)
			return off;
	return -1;
}

/* lis, ori, sldi, oris, ori, mtctr, bctr: the address of the new function is anything, modules lie far from the kernel (docs/ppc64le.md). */
#define HOOK_LEN (7 * 4)

/*
 * Behind the ftrace entry, where LR and r2 are as at the local entry, whoever called, and r0 is of no use to anyone.  Where no
 * such entry is, at the local entry.
 */
static int hook_offset(const struct om_span *span)
{
	int ftrace = ftrace_offset(span);
	uint32_t off = ftrace < 0 ? om_ppc64le_local_entry(span) : (uint32_t)ftrace + 4;

	return span->size >= off + HOOK_LEN ? (int)off : -1;
}

static uint64_t filling(const uint8_t *code, uint64_t len)
{
	uint64_t done = 0;

	while (len - done >= 4 && (om_ppc64le_word(code + done) == OM_PPC_NOP || !om_ppc64le_word(code + done)))
		done += 4;
	return done;
}

/* b, blr, bctr, the return from an interrupt, and the trap that is taken always. */
static bool ends(const uint8_t *insn, unsigned len)
{
	uint32_t word = om_ppc64le_word(insn);

	return (word >> 26 == 18 && !(word & 1)) || word == 0x4e800020 || word == 0x4e800420 || word == 0x4c000024 ||
	       word == 0x4c000224 || word == 0x7fe00008;
}

/* Any function may be called through a pointer: at its global entry. */
static bool indirect_entry(const struct om_span *span)
{
	return true;
}

/* Jumps keep their lengths here: they are matched as the bytes that they are, or by their relocation. */
static bool jump(const uint8_t *insn, unsigned len, struct om_jump *ret)
{
	return false;
}

static const char *rewritten(const struct om_entry *e, uint32_t *len)
{
	*len = 4;
	switch (e->table->kind) {
	case OM_TABLE_JUMP:
		return "a jump label";
	case OM_TABLE_NOSPEC:	/* barrier_nospec of debugfs: arch/powerpc/kernel/security.c */
		return "a speculation barrier";
	default:
		return NULL;
	}
}

/* Loads and stores: opcodes 32 to 55, and 58, 61 and 62 with a field of 14 bits (Power ISA 3.1, appendix D). */
static bool accesses(const uint8_t *insn, unsigned len, unsigned field)
{
	uint32_t opcode = om_ppc64le_word(insn) >> 26;

	return !field && ((opcode >= 32 && opcode <= 55) || opcode == 58 || opcode == 61 || opcode == 62);
}

static uint32_t bits(uint32_t word, unsigned shift, unsigned nr)
{
	return word >> shift & ((1u << nr) - 1);
}

/* cmp, cmpl, subf, subfc and xor of two registers, one of them in @set. gcc 12 makes "p < q" as a value with subfc. */
static bool compares_any(uint32_t word, uint32_t set)
{
	uint32_t s = 1u << bits(word, 21, 5), a = 1u << bits(word, 16, 5), b = 1u << bits(word, 11, 5);

	if (word >> 26 != 31)
		return false;
	switch (bits(word, 1, 10)) {
	case 0: case 8: case 32: case 40:
		return set & (a | b);
	case 316:
		return set & (s | b);
	default:
		return false;
	}
}

/* The register into which mr, addi or add puts what is in one of @set, as a set; or none. */
static uint32_t moved_to(uint32_t word, uint32_t set)
{
	uint32_t t = 1u << bits(word, 21, 5), a = 1u << bits(word, 16, 5), b = 1u << bits(word, 11, 5), op = bits(word, 1, 10);

	if (word >> 26 == 14)
		return set & a ? t : 0;
	if (word >> 26 != 31)
		return 0;
	if (op == 266)
		return set & (a | b) ? t : 0;
	return op == 444 && set & (t | b) ? a : 0;
}

/*
 * The address is in a register before it is compared: it may be so wherever the function does that with a register of this number,
 * or of one that it was copied to, whatever is in it by then.
 */
static bool compares(const struct om_span *span, const struct om_insn *insn, const struct om_reloc *rel)
{
	const uint8_t *code = om_bytes(span);
	uint32_t set = 1u << bits(om_ppc64le_word(code + insn->off), 21, 5), before;
	bool found = false;

	if (om_reloc_accesses(span, insn, rel))
		return false;
	do {
		before = set;
		for (size_t i = 0; i < span->nr_insns; i++)
			set |= moved_to(om_ppc64le_word(code + span->insns[i].off), set);
	} while (set != before);
	for (size_t i = 0; i < span->nr_insns && !found; i++)
		found = compares_any(om_ppc64le_word(code + span->insns[i].off), set);
	return found;
}

static bool read_instead(uint8_t *insn, unsigned len, unsigned field, unsigned *ret_len, unsigned *ret_field)
{
	return false;
}

/* The uppermost byte, with the opcode and two bits of a register's number. */
static unsigned opcode(const uint8_t *insn, unsigned len, unsigned *nr)
{
	*nr = 1;
	return len - 1;
}

/* As kmodsrc/update/layout.c gives it for Debian's 6.1.0-50-powerpc64le: struct bug_entry, exception_table_entry, jump_entry. */
static const struct om_layout v6_1 = {
	.version = OM_LAYOUT_VERSION,
	.bug_entry_size = 12,
	.ex_entry_size = 8,
	.jump_entry_size = 16,
};

const struct om_arch om_arch_ppc64le = {
	.name = "ppc64le",
	.machine = EM_PPC64,
	.runpre_arch = RUNPRE_ARCH_PPC64LE,
	.hook_len = HOOK_LEN,
	.ftrace_len = 4,
	.carried_cflags = "-fdata-sections -mcmodel=large -fno-optimize-sibling-calls",
	.layout = &v6_1,
	.refused_functions = om_ppc64le_refused_functions,
	.refused_units = om_ppc64le_refused_units,
	.refused_sections = om_ppc64le_refused_sections,
	.refused_assembly = om_ppc64le_refused_assembly,
	.reloc_size = om_ppc64le_reloc_size,
	.clear_field = om_ppc64le_clear_field,
	.reloc_pcrel = om_ppc64le_reloc_pcrel,
	.reloc_upper = om_ppc64le_reloc_upper,
	.reloc_runpre = om_ppc64le_reloc_runpre,
	.reloc_branch = reloc_branch,
	.branch_reloc = branch_reloc,
	.branch = branch,
	.indirect_entry = indirect_entry,
	.decode = decode,
	.hook_offset = hook_offset,
	.ftrace_offset = ftrace_offset,
	.filling = filling,
	.ends = ends,
	.jump = jump,
	.site = om_ppc64le_site,
	.rewritten = rewritten,
	.accesses = accesses,
	.follows = om_ppc64le_follows,
	.compares = compares,
	.read_instead = read_instead,
	.opcode = opcode,
	.elf_flags = 2,		/* ELFv2: ABI 4.1.1 */
	.emit_behind = om_ppc64le_emit_behind,
	.emit_begin = om_ppc64le_emit_begin,
	.emit_own = om_ppc64le_emit_own,
	.emit_rest = om_ppc64le_emit_rest,
	.wants_toc = om_ppc64le_returns_away,
	.hook_from_carried = om_ppc64le_hook_from_carried,
};
