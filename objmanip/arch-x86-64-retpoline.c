// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Branches through __x86_indirect_thunk_REG on x86_64, and what the kernel makes of them.  The functions of Linux 6.1 or 6.12
 * that are named here are in arch/x86/kernel/alternative.c.
 */
#include "objmanip/arch-x86-64.h"

#include <stdio.h>
#include <string.h>

static const uint8_t lfence[] = { 0x0f, 0xae, 0xe8 };

#define THUNK "__x86_indirect_thunk_"

/* The register of __x86_indirect_thunk_REG in the encoding of ModRM and REX.B (Intel SDM vol. 2, table 2-2), or -1. */
static int thunk_register(const char *name)
{
	static const char *const regs[] = { "rax", "rcx", "rdx", "rbx", "rsp", "rbp", "rsi", "rdi",
					    "r8",  "r9",  "r10", "r11", "r12", "r13", "r14", "r15" };

	if (strncmp(name, THUNK, strlen(THUNK)))
		return -1;
	for (int i = 0; i < 16; i++)
		if (!strcmp(name + strlen(THUNK), regs[i]))
			return i;
	return -1;
}

/*
 * alternative.c (6.12): emit_call_track_retpoline(), emit_its_trampoline(): the same branch to another thunk for that register.
 * An ITS thunk may also be one that its_allocate_thunk() made for this place; such have no names, and are no form yet.
 */
static void thunk_form(struct om_program *p, const struct om_insn *insn, const char *prefix, const char *reg,
		       struct om_forms *forms)
{
	char name[64];
	struct om_ops *f = om_forms_new(forms);

	if (!f)
		return;
	snprintf(name, sizeof(name), "__x86_indirect_%s_thunk_%s", prefix, reg);
	om_ops_lit(f, om_bytes(p->span) + insn->off, insn->len - 4);
	om_ops_reloc(f, RUNPRE_REL_PC32, om_match_extern(p->mt, name, RUNPRE_SYM_CHECK), -4);
}

/* An indirect call or jmp through @reg as emit_indirect() writes it. */
static size_t indirect(uint8_t *out, bool call, int reg)
{
	size_t n = 0;

	if (reg >= 8)
		out[n++] = 0x41;
	out[n++] = 0xff;
	out[n++] = (call ? 0xd0 : 0xe0) | (reg & 7);
	return n;
}

/*
 * alternative.c: patch_retpoline() for @len bytes of call, jmp or (@cc >= 0) jcc: an indirect branch, with an lfence before it
 * or not, an int3 behind a jmp where there is room, nops.
 */
static void retpoline_form(struct om_forms *forms, bool fence, bool call, int cc, int reg, uint32_t len)
{
	uint8_t out[32];
	struct om_ops *f;
	size_t n = 0;

	if (cc >= 0) {
		out[n++] = 0x70 + (cc ^ 1);
		out[n++] = len - 2;
	}
	if (fence) {
		memcpy(out + n, lfence, sizeof(lfence));
		n += sizeof(lfence);
	}
	n += indirect(out + n, call, reg);
	if (!call && n < len)
		out[n++] = 0xcc;
	f = n <= len ? om_forms_new(forms) : NULL;
	if (!f)
		return;
	om_ops_lit(f, out, n);
	om_ops_pad(f, len - n);
}

struct error *om_x86_64_retpoline_forms(struct om_program *p, const struct om_insn *insn, struct om_forms *forms)
{
	const uint8_t *b = om_bytes(p->span) + insn->off;
	uint32_t skip = 0;
	struct om_reloc *rel = om_reloc_at(p->span, insn->off + insn->len - 4);
	int reg = rel && !rel->target ? thunk_register(rel->sym->name) : -1, cc = -1;
	struct om_ops *f = om_forms_new(forms);
	char where[256];

	while (skip + 5 < insn->len && b[skip] == 0x2e) /* -mindirect-branch-cs-prefix */
		skip++;
	if (b[skip] == 0x0f)
		cc = b[skip + 1] & 0xf;
	if (reg < 0 || !f || (b[skip] != 0xe8 && b[skip] != 0xe9 && cc < 0))
		return error_new(ERROR_REFUSED, "%s: a retpoline site that is no branch to __x86_indirect_thunk_*",
				 om_where(p->span, insn->off, where, sizeof(where)));
	om_ops_lit(f, b, insn->len - 4);
	om_ops_reloc(f, RUNPRE_REL_PC32, om_match_extern(p->mt, rel->sym->name, RUNPRE_SYM_CHECK), -4);
	retpoline_form(forms, false, b[skip] == 0xe8, cc, reg, insn->len);
	retpoline_form(forms, true, b[skip] == 0xe8, cc, reg, insn->len);
	thunk_form(p, insn, b[skip] == 0xe8 ? "call" : "jump", rel->sym->name + strlen(THUNK), forms);
	thunk_form(p, insn, "its", rel->sym->name + strlen(THUNK), forms);
	return NULL;
}
