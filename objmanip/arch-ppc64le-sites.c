// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * ppc64le instructions with relocations as ops of match programs, and the places of its code that the kernel rewrites.  Every form names
 * the function of Linux 6.1 that writes it; all of them are in arch/powerpc/ where nothing else is said.
 */
#include "objmanip/arch-ppc64le.h"

#include <stdlib.h>
#include <string.h>

#include "objmanip/arch.h"
#include "objmanip/special.h"

#define BRANCH		0x48000000u	/* b; with 1: bl */
#define LWSYNC		0x7c2004acu
#define ORI_31_31_0	0x63ff0000u	/* what stops speculation, kernel/security.c */
#define LOAD_DOUBLE	58		/* the opcode of ld */

/* Where the relocation is, in a buffer of the caller's. */
static const char *at(const struct om_span *span, const struct om_reloc *rel, char where[256])
{
	return om_where(span, rel->offset - span->start, where, 256);
}

static void branch_op(struct om_program *p, struct om_ops *ops, const struct om_reloc *rel, uint32_t word)
{
	bool far = om_ppc64le_field(rel->type) == OM_PPC_BRANCH24;
	uint8_t type = far ? RUNPRE_BRANCH_24 : RUNPRE_BRANCH_14;

	if (!rel->target_off)
		type |= RUNPRE_BRANCH_ENTRY;
	om_ops_branch(ops, type, word, om_program_symbol(p, rel), rel->target_off);
}

static uint32_t distance_symbol(struct om_program *p, const struct om_reloc *rel)
{
	if (rel->target)
		return om_program_symbol(p, rel);
	if (!strcmp(rel->sym->name, OM_PPC_TOC))
		return om_ppc64le_toc_symbol(p);
	return om_match_extern(p->mt, rel->sym->name, RUNPRE_SYM_TARGET | RUNPRE_SYM_PERCPU);
}

/* How a function finds its TOC pointer: the distance is from the instruction with the upper half. */
static struct error *toc_pointer_op(struct om_program *p, struct om_ops *ops, const struct om_span *span, const struct om_reloc *rel,
				    uint32_t word)
{
	const struct om_reloc *high = om_ppc64le_high_of(span, rel);
	char where[256];

	if (!high)
		return error_new(ERROR_REFUSED, "%s: the lower half of a distance, and no upper half of the same", at(span, rel, where));
	om_ops_low(ops, RUNPRE_LOW_PC, word, high->offset - span->start, 0, distance_symbol(p, rel), high->target_off);
	return NULL;
}

static struct error *low_op(struct om_program *p, struct om_ops *ops, const struct om_span *span, const struct om_reloc *rel, uint32_t word)
{
	const struct om_reloc *high = om_ppc64le_high_of(span, rel);
	uint8_t type = rel->via_toc ? RUNPRE_LOW_PTR : RUNPRE_LOW_TOC;
	char where[256];

	if (!high)
		return error_new(ERROR_REFUSED, "%s: the lower half of an address, and no upper half of the same", at(span, rel, where));
	if (rel->via_toc && (word >> 26 != LOAD_DOUBLE || word & 3))
		return error_new(ERROR_REFUSED, "%s: the TOC is used by another instruction than ld", at(span, rel, where));
	if (om_ppc64le_field(rel->type) == OM_PPC_LOW_DS)
		type |= RUNPRE_LOW_DS;
	om_ops_low(ops, type, word, high->offset - span->start, om_ppc64le_toc_symbol(p), om_program_symbol(p, rel), rel->target_off);
	return NULL;
}

static struct om_reloc *reloc_of(struct om_span *span, const struct om_insn *insn)
{
	return om_reloc_at(span, insn->off);
}

/* The instruction as the linker leaves it. */
static struct error *insn_ops(struct om_program *p, struct om_ops *ops, struct om_span *span, const struct om_insn *insn)
{
	uint32_t word = om_ppc64le_word(om_bytes(span) + insn->off);
	struct om_reloc *rel = reloc_of(span, insn);
	char where[256];

	if (!rel) {
		om_ops_lit(ops, om_bytes(span) + insn->off, insn->len);
		return NULL;
	}
	switch (om_ppc64le_field(rel->type)) {
	case OM_PPC_BRANCH24:
	case OM_PPC_BRANCH14:
		branch_op(p, ops, rel, word);
		return NULL;
	case OM_PPC_HIGH:
		om_ops_high(ops, word, om_ppc64le_first_high(span, rel)->offset - span->start);
		return NULL;
	case OM_PPC_PC_HIGH:
		om_ops_high(ops, word, insn->off);
		return NULL;
	case OM_PPC_LOW:
	case OM_PPC_LOW_DS:
		return low_op(p, ops, span, rel, word);
	case OM_PPC_PC_LOW:
		return toc_pointer_op(p, ops, span, rel, word);
	case OM_PPC_ENTRY:
		om_ops_lit(ops, &word, sizeof(word));
		return NULL;
	case OM_PPC_DATA:
		/* A distance among the instructions, as -mcmodel=large has before a function. */
		om_ops_reloc(ops, span->obj->arch->reloc_runpre(rel->type), om_program_symbol(p, rel), rel->target_off);
		return NULL;
	default:
		return error_new(ERROR_REFUSED, "%s: a relocation of -mcmodel=small, with which no kernel is built", at(span, rel, where));
	}
}

static void word_form(struct om_forms *forms, uint32_t word)
{
	om_forms_lit(forms, (const uint8_t *)&word, sizeof(word));
}

static void tracer_form(struct om_program *p, struct om_forms *forms, const char *name)
{
	struct om_ops *f;

	if (om_ppc64le_in_module(p)) {
		om_ppc64le_tracer_form(p, forms, name);
		return;
	}
	f = om_forms_new(forms);
	if (f)
		om_ops_branch(f, RUNPRE_BRANCH_24, BRANCH | 1, om_match_extern(p->mt, name, RUNPRE_SYM_CHECK), 0);
}

/* kernel/trace/ftrace.c: __ftrace_make_nop(), __ftrace_make_call(), ftrace_modify_call(). */
static void ftrace_forms(struct om_program *p, struct om_forms *forms)
{
	word_form(forms, OM_PPC_NOP);
	tracer_form(p, forms, "_mcount");
	tracer_form(p, forms, "ftrace_caller");
	tracer_form(p, forms, "ftrace_regs_caller");
}

/* kernel/jump_label.c: arch_jump_label_transform(). */
static struct error *jump_label_forms(struct om_program *p, const struct om_entry *e, struct om_forms *forms)
{
	struct om_reloc *to = om_entry_reloc(e, 4);
	char where[256];
	struct om_ops *f;

	if (!to || !to->target || !om_is_code(to->target))
		return error_new(ERROR_BAD_FILE, "%s: a jump label without a target",
				 om_where(p->span, e->code_off, where, sizeof(where)));
	word_form(forms, OM_PPC_NOP);
	if (to->target == p->span) {
		word_form(forms, BRANCH | ((to->target_off - e->code_off) & 0x03fffffc));
		return NULL;
	}
	f = om_forms_new(forms);
	if (f)
		om_ops_branch(f, RUNPRE_BRANCH_24, BRANCH, om_program_symbol(p, to), to->target_off);
	return NULL;
}

/* lib/feature-fixups.c: do_lwsync_fixups(): where the processor has it, in place of what does as well. */
static struct error *lwsync_forms(struct om_program *p, const struct om_insn *insn, struct om_forms *forms)
{
	struct om_ops *f = om_forms_new(forms);
	struct error *err = f ? insn_ops(p, f, p->span, insn) : NULL;

	word_form(forms, LWSYNC);
	return err;
}

/* do_barrier_nospec_fixups_range(). */
static void nospec_forms(struct om_forms *forms)
{
	word_form(forms, OM_PPC_NOP);
	word_form(forms, ORI_31_31_0);
}

/* The site of one instruction that begins at @insn; no forms: there is none. */
static struct error *simple_site(struct om_program *p, const struct om_insn *insn, struct om_forms *forms, uint8_t *kind)
{
	const struct om_entry *e;

	if (om_program_entry(p, insn->off, OM_TABLE_MCOUNT)) {
		*kind = RUNPRE_SITE_FTRACE;
		ftrace_forms(p, forms);
	} else if ((e = om_program_entry(p, insn->off, OM_TABLE_JUMP))) {
		*kind = RUNPRE_SITE_JUMP_LABEL;
		return jump_label_forms(p, e, forms);
	} else if (om_program_entry(p, insn->off, OM_TABLE_LWSYNC)) {
		*kind = RUNPRE_SITE_LWSYNC;
		return lwsync_forms(p, insn, forms);
	} else if (om_program_entry(p, insn->off, OM_TABLE_NOSPEC)) {
		*kind = RUNPRE_SITE_NOSPEC;
		nospec_forms(forms);
	}
	return NULL;
}

/* The instructions [first, last) as they are in pre, with what the sites among them may be. */
static struct error *original_forms(struct om_program *p, size_t first, size_t last, struct om_forms *forms)
{
	struct error *err = NULL;

	if (!om_forms_new(forms))
		return NULL;
	for (size_t i = first; i < last && !err; i++) {
		struct om_forms *piece = calloc(1, sizeof(*piece));
		uint8_t kind;

		if (!piece) {
			p->mt->failed = true;
			return NULL;
		}
		err = simple_site(p, &p->span->insns[i], piece, &kind);
		if (!err && !piece->nr)
			err = insn_ops(p, om_forms_new(piece), p->span, &p->span->insns[i]);
		om_forms_multiply(forms, piece);
		om_forms_free(piece);
	}
	return err;
}

/* Branches are made anew for their new place (patch_alt_instruction()); where halves of addresses would come to lie, LOW has no words for. */
static bool may_move(struct om_span *span, const struct om_insn *insn)
{
	const struct om_reloc *rel = reloc_of(span, insn);
	enum om_ppc_field field = rel ? om_ppc64le_field(rel->type) : OM_PPC_BRANCH24;

	return field == OM_PPC_BRANCH24 || field == OM_PPC_BRANCH14;
}

/* patch_feature_section(): the other code, then nops. */
static struct error *alternative_form(struct om_program *p, const struct om_alternative *alt, struct om_forms *forms)
{
	struct om_ops *f = om_forms_new(forms);
	const uint32_t nop = OM_PPC_NOP;
	struct error *err = NULL;
	char where[256];

	for (uint32_t off = 0; f && off < alt->instrlen && !err; off += 4) {
		const struct om_insn insn = { .off = alt->repl_off + off, .len = 4 };

		if (off < alt->repllen && !may_move(alt->repl, &insn))
			err = error_new(ERROR_REFUSED, "%s: code for one kind of processor has an address in it that is no branch's",
					om_where(alt->repl, insn.off, where, sizeof(where)));
		else if (off < alt->repllen)
			err = insn_ops(p, f, alt->repl, &insn);
		else
			om_ops_lit(f, &nop, sizeof(nop));
	}
	return err;
}

/* Another feature's code begins within it, or within what may be there instead. */
static bool is_nested(const struct om_program *p, const struct om_entry *e, const struct om_alternative *alt)
{
	uint32_t len = alt->instrlen;

	for (size_t i = 0; i < p->span->nr_entries; i++) {
		const struct om_entry *other = &p->span->entries[i];

		if (other != e && other->table->kind == OM_TABLE_FEATURE && other->code_off >= e->code_off && other->code_off < e->code_off + len)
			return true;
	}
	return alt->repl && alt->repl->nr_entries;
}

static struct error *feature_site(struct om_program *p, const struct om_entry *e, size_t *at)
{
	struct om_forms *forms = calloc(1, sizeof(*forms));
	struct om_alternative alt;
	struct error *err = NULL;
	char where[256];
	size_t last;

	if (!forms) {
		p->mt->failed = true;
		return NULL;
	}
	om_entry_alternative(e, &alt);
	for (last = *at; last < p->span->nr_insns && p->span->insns[last].off < e->code_off + alt.instrlen; last++)
		if (p->span->insns[last].len != 4)
			alt.instrlen = 0;
	if (is_nested(p, e, &alt) || !alt.instrlen || alt.instrlen % 4 || alt.repllen % 4)
		err = error_new(ERROR_REFUSED, "%s: code for one kind of processor within that for another",
				om_where(p->span, e->code_off, where, sizeof(where)));
	err = err ?: original_forms(p, *at, last, forms);
	err = err ?: alternative_form(p, &alt, forms);
	if (!err)
		om_forms_write(&p->ops, RUNPRE_SITE_FEATURE, alt.instrlen, forms);
	om_forms_free(forms);
	*at = last;
	return err;
}

static struct error *plain_site(struct om_program *p, size_t *at, bool *found)
{
	const struct om_insn *insn = &p->span->insns[*at];
	struct om_forms *forms = calloc(1, sizeof(*forms));
	struct error *err;
	uint8_t kind;

	if (!forms) {
		p->mt->failed = true;
		return NULL;
	}
	err = simple_site(p, insn, forms, &kind);
	*found = forms->nr > 0;
	if (*found && !err) {
		om_forms_write(&p->ops, kind, 4, forms);
		++*at;
	}
	om_forms_free(forms);
	return err;
}

static uint32_t word_of(const struct om_program *p, size_t at)
{
	return at < p->span->nr_insns ? om_ppc64le_word(om_bytes(p->span) + p->span->insns[at].off) : 0;
}

/* kernel/module_64.c: apply_relocate_add(), R_PPC64_ENTRY: where the TOC is near, as it is in each module. */
static bool entry_site(struct om_program *p, size_t *at)
{
	uint32_t off = p->span->insns[*at].off;
	struct om_forms *forms;
	struct om_ops *f;

	if (word_of(p, *at) != OM_PPC_LD_R2_R12 || word_of(p, *at + 1) != OM_PPC_ADD_R2_R12)
		return false;
	*at += 2;
	forms = calloc(1, sizeof(*forms));
	f = forms ? om_forms_new(forms) : NULL;
	if (!f) {
		p->mt->failed = true;
		return true;
	}
	om_ops_high(f, OM_PPC_ADDIS_R2_R12, off);
	om_ops_low(f, RUNPRE_LOW_PC, OM_PPC_ADDI_R2_R2, off, 0, om_ppc64le_toc_symbol(p), 0);
	f = om_forms_new(forms);
	om_ops_lit(f, om_bytes(p->span) + off, 8);
	om_forms_write(&p->ops, RUNPRE_SITE_ENTRY, 8, forms);
	om_forms_free(forms);
	return true;
}

struct error *om_ppc64le_site(struct om_program *p, size_t *at, bool *found)
{
	const struct om_insn *insn = &p->span->insns[*at];
	const struct om_entry *feature = om_program_entry(p, insn->off, OM_TABLE_FEATURE);
	struct om_reloc *rel = reloc_of(p->span, insn);
	struct error *err;

	if (feature) {
		*found = true;
		return feature_site(p, feature, at);
	}
	err = plain_site(p, at, found);
	if (err || *found)
		return err;
	*found = om_ppc64le_return_site(p, at);
	if (*found || !rel)
		return NULL;
	*found = true;
	if (om_ppc64le_field(rel->type) == OM_PPC_ENTRY && entry_site(p, at))
		return NULL;
	if (p->carried && om_ppc64le_leaves(p, rel))
		return om_ppc64le_piece_site(p, at);
	if (om_ppc64le_stub_site(p, at))
		return NULL;
	++*at;
	return insn_ops(p, &p->ops, p->span, insn);
}
