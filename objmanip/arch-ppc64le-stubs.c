// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Calls in modules of ppc64le.  What the module itself defines, its loader calls directly; all else lies too far away, and is called through a
 * stub: arch/powerpc/kernel/module_64.c, apply_relocate_add(), R_PPC_REL24, 6.1.  A unit does not tell which of the two it will be.
 */
#include "objmanip/arch-ppc64le.h"

#include <stdlib.h>
#include <string.h>

#include "objmanip/arch.h"

#define LINK		1u

uint32_t om_ppc64le_plain_word(struct om_program *p, size_t at)
{
	size_t nr;

	if (at >= p->span->nr_insns || om_reloc_at(p->span, p->span->insns[at].off))
		return 0;
	om_program_entries(p, p->span->insns[at].off, &nr);
	return nr ? 0 : om_ppc64le_word(om_bytes(p->span) + p->span->insns[at].off);
}

static void word(struct om_ops *f, uint32_t word)
{
	om_ops_lit(f, &word, sizeof(word));
}

void om_ppc64le_tracer_form(struct om_program *p, struct om_forms *forms, const char *name)
{
	struct om_ops *f = om_forms_new(forms);

	if (f)
		om_ops_stub(f, RUNPRE_STUB_TRACER, 0x48000000u | LINK, 0, om_match_extern(p->mt, name, RUNPRE_SYM_CHECK));
}

/* Directly, and the nop behind it stays one; or through a stub, and it becomes what restores r2 (restore_r2()). */
static void call_forms(struct om_program *p, struct om_forms *forms, const struct om_reloc *rel, uint32_t insn)
{
	uint32_t sym = om_program_symbol(p, rel);
	struct om_ops *f = om_forms_new(forms);

	om_ops_branch(f, RUNPRE_BRANCH_24 | RUNPRE_BRANCH_ENTRY, insn, sym, 0);
	if (insn & LINK)
		word(f, OM_PPC_NOP);
	f = om_forms_new(forms);
	om_ops_stub(f, RUNPRE_STUB_CALL, insn, om_ppc64le_toc_symbol(p), sym);
	if (insn & LINK)
		word(f, OM_PPC_LD_R2_24_R1);
}

bool om_ppc64le_stub_site(struct om_program *p, size_t *at)
{
	struct om_reloc *rel = om_reloc_at(p->span, p->span->insns[*at].off);
	uint32_t insn = om_ppc64le_word(om_bytes(p->span) + p->span->insns[*at].off);
	bool tracer = rel && !rel->target && !strcmp(rel->sym->name, OM_PPC_TRACER);
	uint32_t len = !tracer && insn & LINK ? 8 : 4;
	struct om_forms *forms;

	if (!om_ppc64le_in_module(p) || !rel || rel->target || rel->target_off || om_ppc64le_field(rel->type) != OM_PPC_BRANCH24)
		return false;
	/* The loader refuses a module that has no nop behind such a call; so this one is called directly. */
	if (len == 8 && om_ppc64le_plain_word(p, *at + 1) != OM_PPC_NOP)
		return false;
	*at += len / 4;
	forms = calloc(1, sizeof(*forms));
	if (!forms) {
		p->mt->failed = true;
		return true;
	}
	if (tracer)
		om_ppc64le_tracer_form(p, forms, OM_PPC_TRACER);
	else
		call_forms(p, forms, rel, insn);
	om_forms_write(&p->ops, RUNPRE_SITE_STUB, len, forms);
	om_forms_free(forms);
	return true;
}
