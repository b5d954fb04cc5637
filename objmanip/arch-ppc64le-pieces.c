// SPDX-License-Identifier: GPL-2.0-or-later
/* Calls and returns of carried code, as emit-ppc64le.c writes them and the module loader leaves them, in second programs. */
#include "objmanip/arch-ppc64le.h"

#include <stdlib.h>
#include <string.h>

#include "objmanip/arch.h"

#define LINK	1u
#define B	0x48000000u
#define BC	0x40000000u
#define BLR	0x4e800020u

static const struct om_span *whole(const struct om_span *span)
{
	return span->part_of ?: span;
}

bool om_ppc64le_leaves(const struct om_program *p, const struct om_reloc *rel)
{
	enum om_ppc_field field = om_ppc64le_field(rel->type);

	if (field != OM_PPC_BRANCH24 && field != OM_PPC_BRANCH14)
		return false;
	if (!rel->target)
		return strcmp(rel->sym->name, OM_PPC_TRACER);
	return whole(rel->target) != whole(p->span) || (!rel->target_off && !rel->target->part_of);
}

/* By the emitter's piece; or by the loader's stub, where there are so many imports that not all pointers to them are near (NEAR_ENTRIES). */
static void call_forms(struct om_program *p, struct om_forms *forms, uint32_t insn, uint32_t sym)
{
	static const uint8_t types[] = { RUNPRE_STUB_PIECE, RUNPRE_STUB_CALL };
	const uint32_t restore = OM_PPC_LD_R2_24_R1;

	for (size_t i = 0; i < sizeof(types); i++) {
		struct om_ops *f = om_forms_new(forms);

		om_ops_stub(f, types[i], insn, om_ppc64le_toc_symbol(p), sym);
		om_ops_lit(f, &restore, sizeof(restore));
	}
}

struct error *om_ppc64le_piece_site(struct om_program *p, size_t *at)
{
	struct om_reloc *rel = om_reloc_at(p->span, p->span->insns[*at].off);
	uint32_t insn = om_ppc64le_word(om_bytes(p->span) + p->span->insns[*at].off);
	struct om_forms *forms;
	char where[256];

	if (om_ppc64le_field(rel->type) != OM_PPC_BRANCH24 || !(insn & LINK) || rel->target_off ||
	    om_ppc64le_plain_word(p, *at + 1) != OM_PPC_NOP)
		return error_new(ERROR_REFUSED, "%s: leaves the function otherwise than by a call with a nop behind it",
				 om_where(p->span, p->span->insns[*at].off, where, sizeof(where)));
	*at += 2;
	forms = calloc(1, sizeof(*forms));
	if (!forms) {
		p->mt->failed = true;
		return NULL;
	}
	call_forms(p, forms, insn, om_program_symbol(p, rel));
	om_forms_write(&p->ops, RUNPRE_SITE_STUB, 8, forms);
	om_forms_free(forms);
	return NULL;
}

/* A function that sets r2 up comes back with the target's if it was replaced, and as it is if it was new. */
bool om_ppc64le_return_site(struct om_program *p, size_t *at)
{
	uint32_t word = om_ppc64le_plain_word(p, *at), of_target;
	bool always = word == BLR;
	struct om_forms *forms;
	struct om_ops *f;

	if (!p->carried || !om_ppc64le_local_entry(whole(p->span)) || !om_ppc64le_is_return(word))
		return false;
	++*at;
	forms = calloc(1, sizeof(*forms));
	f = forms ? om_forms_new(forms) : NULL;
	if (!f) {
		p->mt->failed = true;
		return true;
	}
	of_target = om_match_extern(p->mt, OM_PPC_TOC, RUNPRE_SYM_TARGET | RUNPRE_SYM_PERCPU);
	om_ops_stub(f, always ? RUNPRE_STUB_RETURN : RUNPRE_STUB_RETURN_IF, always ? B : BC | (word & 0x03ff0000),
		    om_ppc64le_toc_symbol(p), of_target);
	om_forms_lit(forms, (const uint8_t *)&word, sizeof(word));
	om_forms_write(&p->ops, RUNPRE_SITE_RETURN, 4, forms);
	om_forms_free(forms);
	return true;
}
