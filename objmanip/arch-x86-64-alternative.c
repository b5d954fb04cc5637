// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Alternatives on x86_64: what apply_alternatives() may have put in the place of the original instructions.  The functions of
 * Linux 6.1 or 6.12 that are named here are in arch/x86/kernel/alternative.c.
 */
#include "objmanip/arch-x86-64.h"

#include <stdlib.h>

#include "objmanip/special.h"

static const uint8_t int3s[] = { 0xcc, 0xcc, 0xcc };

/* The length of the run of one-byte nops from @off, inside [off, end): optimize_nops() rewrites such runs. */
static uint32_t nop_run(const uint8_t *code, uint32_t off, uint32_t end)
{
	uint32_t n = 0;

	while (off + n < end && code[off + n] == 0x90)
		n++;
	return n;
}

/* The original instructions of an alternative, sites inside of it in all their forms. */
static struct error *alternative_original(struct om_program *p, size_t first, size_t last, struct om_forms *forms)
{
	const struct om_span *span = p->span;
	struct error *err = NULL;

	if (!om_forms_new(forms))
		return NULL;
	for (size_t i = first; i < last && !err; i++) {
		const struct om_insn *insn = &span->insns[i];
		uint32_t end = span->insns[last - 1].off + span->insns[last - 1].len;
		uint32_t pad = nop_run(om_bytes(span), insn->off, end);
		struct om_forms *piece = calloc(1, sizeof(*piece));

		if (!piece) {
			p->mt->failed = true;
			return NULL;
		}
		if (pad) {
			om_ops_pad(om_forms_new(piece), pad);
			i += pad - 1;
		} else {
			err = om_x86_64_piece_forms(p, insn, piece);
		}
		om_forms_multiply(forms, piece);
		om_forms_free(piece);
	}
	return err;
}

static struct om_reloc *reloc_within(struct om_span *span, const struct om_insn *insn)
{
	om_for_each_reloc(rel, span)
		if (rel->offset >= span->start + insn->off && rel->offset < span->start + insn->off + insn->len)
			return rel;
	return NULL;
}

/* What insn_is_nop() of alternative.c takes for one (6.12); 6.1 only sees those of one byte. */
static bool is_nop(const uint8_t *p, unsigned len)
{
	unsigned i = 0;

	while (i + 1 < len && (p[i] == 0x66 || p[i] == 0x2e))
		i++;
	return p[i] == 0x90 || (i + 1 < len && p[i] == 0x0f && p[i + 1] == 0x1f);
}

static bool is_jump(const uint8_t *p)
{
	return *p == 0xe9;
}

/* One instruction of a replacement, as it is when it has been copied to its place. */
static struct error *replacement_insn(struct om_program *q, struct om_program *p, const struct om_insn *insn,
				      struct om_ops *f)
{
	struct om_reloc *rel = reloc_within(q->span, insn);
	const uint8_t *code = om_bytes(q->span) + insn->off;

	/* Without a relocation its bytes are copied as they are, short jumps inside the replacement included. */
	if (!rel)
		om_ops_lit(f, code, insn->len);
	else if (rel->target == p->span && is_jump(code))
		om_ops_jump(f, RUNPRE_CC_ALWAYS, om_program_label(p, rel->target_off));
	else
		return om_program_insn(q, f, insn);
	return NULL;
}

/* How a jmp that apply_alternatives() made short is filled up. */
enum filling {
	NONE,		/* it is as long as it was */
	WITH_INT3,	/* 6.12: at once, __apply_relocation() */
	WITH_NOPS,	/* 6.1: with the nops behind it, recompute_jump() */
};

/*
 * alternative.c: apply_alternatives(): the replacement's bytes; calls and jumps keep their targets (6.1: only a call that is
 * all of it, and a jmp at its start), a jmp is made as short as it can be; then nops.  @jump tells that there is one.
 */
static struct error *replacement_form(struct om_program *p, const struct om_alternative *alt, enum filling filling,
				      struct om_forms *forms, bool *jump)
{
	struct om_program q = { .mt = p->mt, .span = alt->repl, .collecting = p->collecting };
	struct om_ops *f = om_forms_new(forms);
	struct error *err = NULL;
	uint32_t end = alt->repl_off + alt->repllen, nops = alt->instrlen;
	const uint8_t *code = alt->repl ? om_bytes(alt->repl) : NULL;

	*jump = false;
	if (!f)
		return NULL;
	for (size_t i = 0, pad = 0; alt->repl && i < alt->repl->nr_insns && !err; i++) {
		const struct om_insn *insn = &alt->repl->insns[i];

		if (insn->off < alt->repl_off || insn->off >= end)
			continue;
		if (is_nop(code + insn->off, insn->len)) {
			pad += insn->len;
			continue;
		}
		om_ops_pad(f, pad);
		nops -= pad + insn->len;
		pad = 0;
		err = replacement_insn(&q, p, insn, f);
		*jump |= is_jump(code + insn->off);
		if (is_jump(code + insn->off) && filling == WITH_INT3)
			om_ops_lit(f, int3s, sizeof(int3s));
	}
	free(q.labels);
	if (filling == WITH_NOPS)
		om_ops_nops(f, alt->instrlen > 2 ? alt->instrlen - 2 : 0);
	else
		om_ops_pad(f, nops);
	return err;
}

static struct error *replacement_forms(struct om_program *p, const struct om_alternative *alt, struct om_forms *forms)
{
	bool jump;
	struct error *err = replacement_form(p, alt, NONE, forms, &jump);

	if (!err && jump)
		err = replacement_form(p, alt, WITH_INT3, forms, &jump);
	if (!err && jump)
		err = replacement_form(p, alt, WITH_NOPS, forms, &jump);
	return err;
}

/*
 * alternative.c: alt_replace_call() (6.12): the site has call *OPS(%rip) (ff 15 disp32); what OPS holds is called directly, or
 * BUG_func if that is nothing, or not even a call is left if it is nop_func.
 */
static struct error *direct_call_forms(struct om_program *p, uint32_t off, uint32_t len, struct om_forms *forms)
{
	struct om_reloc *ops = om_reloc_at(p->span, off + 2);
	const uint8_t *code = om_bytes(p->span) + off;
	struct om_ops *f;
	char where[256];

	if (!ops || len < 6 || code[0] != 0xff || code[1] != 0x15)
		return error_new(ERROR_REFUSED, "%s: a direct call that replaces no indirect one",
				 om_where(p->span, off, where, sizeof(where)));
	om_x86_64_branch_form(forms, 0xe8, om_match_pointee(p->mt, om_match_reloc(p->mt, ops), ops->target_off), len - 5);
	om_x86_64_branch_form(forms, 0xe8, om_match_extern(p->mt, "BUG_func", RUNPRE_SYM_CHECK), len - 5);
	f = om_forms_new(forms);
	if (f)
		om_ops_pad(f, len);
	return NULL;
}

/* All alternatives at one place are one site: the last one that applies has been written. */
struct error *om_x86_64_alternative_site(struct om_program *p, size_t *insn)
{
	const struct om_span *span = p->span;
	uint32_t off = span->insns[*insn].off, len = 0;
	size_t nr, first = om_program_entries(p, off, &nr), last = *insn;
	struct om_forms *forms = calloc(1, sizeof(*forms));
	struct error *err = NULL;
	char where[256];

	if (!forms) {
		p->mt->failed = true;
		return NULL;
	}
	for (size_t i = first; i < first + nr; i++) {
		struct om_alternative alt;

		if (span->entries[i].table->kind != OM_TABLE_ALT)
			continue;
		om_entry_alternative(&span->entries[i], &alt);
		len = alt.instrlen > len ? alt.instrlen : len;
	}
	while (last < span->nr_insns && span->insns[last].off < off + len)
		last++;
	if (last == *insn || span->insns[last - 1].off + span->insns[last - 1].len != off + len)
		err = error_new(ERROR_REFUSED, "%s: an alternative that ends inside of an instruction",
				om_where(span, off, where, sizeof(where)));
	err = err ?: alternative_original(p, *insn, last, forms);
	for (size_t i = first; i < first + nr && !err; i++) {
		struct om_alternative alt;

		if (span->entries[i].table->kind != OM_TABLE_ALT)
			continue;
		om_entry_alternative(&span->entries[i], &alt);
		if (alt.repllen > len)
			err = error_new(ERROR_BAD_FILE, "%s: a replacement that is longer than its place",
					om_where(span, off, where, sizeof(where)));
		alt.instrlen = len;
		if (!err && alt.direct_call)
			err = direct_call_forms(p, off, len, forms);
		else if (!err)
			err = replacement_forms(p, &alt, forms);
	}
	if (!err)
		om_forms_write(&p->ops, RUNPRE_SITE_ALTERNATIVE, len, forms);
	om_forms_free(forms);
	*insn = last;
	return err;
}
