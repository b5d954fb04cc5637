// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Alternatives on x86_64: what apply_alternatives() may have put in the place of the original instructions.  The functions of
 * Linux 6.1 or 6.12 that are named here are in arch/x86/kernel/alternative.c.
 */
#include "objmanip/arch-x86-64.h"

#include <stdlib.h>
#include <string.h>

#include "objmanip/arch.h"
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

/*
 * A jump whose destination is in the same site: nothing in between can have another length, so its bytes are what they are, and there
 * is no label in the middle of a site.  RETPOLINE in arch/x86/lib/retpoline.S (6.1) has a loop.
 */
static bool stays_within(struct om_span *span, const struct om_insn *insn, uint32_t from, uint32_t to)
{
	const uint8_t *code = om_bytes(span) + insn->off;
	struct om_jump jump;
	int32_t distance;
	int64_t target;

	if (!span->obj->arch->jump(code, insn->len, &jump) || om_reloc_at(span, insn->off + jump.field))
		return false;
	distance = (int8_t)code[jump.field];
	if (insn->len - jump.field != 1)
		memcpy(&distance, code + jump.field, sizeof(distance));
	target = (int64_t)insn->off + insn->len + distance;
	return target > from && target < to;
}

/* The original instructions of an alternative, sites inside of it in all their forms. */
static struct error *alternative_original(struct om_program *p, size_t first, size_t last, struct om_forms *forms)
{
	struct om_span *span = p->span;
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
		} else if (stays_within(span, insn, span->insns[first].off, end)) {
			om_forms_lit(piece, om_bytes(span) + insn->off, insn->len);
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

/* What one instruction of a replacement may be when it has been copied to its place: a return in it is a site of its own. */
static struct error *replacement_insn(struct om_program *q, struct om_program *p, const struct om_insn *insn,
				      struct om_forms *piece)
{
	struct om_reloc *rel = reloc_within(q->span, insn);
	const uint8_t *code = om_bytes(q->span) + insn->off;

	/* Without a relocation its bytes are copied as they are, short jumps inside the replacement included. */
	if (!rel)
		om_forms_lit(piece, code, insn->len);
	else if (rel->target == p->span && is_jump(code))
		om_ops_jump(om_forms_new(piece), RUNPRE_CC_ALWAYS, om_program_label(p, rel->target_off));
	else
		return om_x86_64_piece_forms(q, insn, piece);
	return NULL;
}

/* How a jmp that apply_alternatives() made short is filled up. */
enum filling {
	NONE,		/* it is as long as it was */
	WITH_INT3,	/* 6.12: at once, __apply_relocation() */
	WITH_NOPS,	/* 6.1: with the nops behind it, recompute_jump() */
};

/* A jmp that apply_alternatives() may have made short: not that of a return, whose thunk is far away (6.12: vmlinux.lds.S, .text..__x86). */
static bool may_be_short(const struct om_program *q, const struct om_insn *insn)
{
	size_t nr;

	om_program_entries(q, insn->off, &nr);
	return is_jump(om_bytes(q->span) + insn->off) && !nr;
}

static void pad_all(struct om_forms *forms, uint32_t len)
{
	for (uint32_t i = 0; i < forms->nr; i++)
		om_ops_pad(&forms->list[i], len);
}

/* Appends an instruction, in all that it may be. */
static struct error *append_insn(struct om_program *q, struct om_program *p, const struct om_insn *insn, enum filling filling,
				 struct om_forms *forms)
{
	struct om_forms *piece = calloc(1, sizeof(*piece));
	struct error *err;

	if (!piece) {
		p->mt->failed = true;
		return NULL;
	}
	err = replacement_insn(q, p, insn, piece);
	om_forms_multiply(forms, piece);
	om_forms_free(piece);
	for (uint32_t i = 0; i < forms->nr && filling == WITH_INT3 && may_be_short(q, insn); i++)
		om_ops_lit(&forms->list[i], int3s, sizeof(int3s));
	return err;
}

/*
 * alternative.c: apply_alternatives(): the replacement's bytes; calls and jumps keep their targets (6.1: only a call that is
 * all of it, and a jmp at its start), a jmp is made as short as it can be; then nops.  @jump tells that there is one.
 */
static struct error *replacement_ops(struct om_program *p, const struct om_alternative *alt, enum filling filling,
				     struct om_forms *forms, bool *jump)
{
	struct om_program q = { .mt = p->mt, .span = alt->repl, .collecting = p->collecting };
	struct error *err = NULL;
	uint32_t end = alt->repl_off + alt->repllen, nops = alt->instrlen;
	const uint8_t *code = alt->repl ? om_bytes(alt->repl) : NULL;

	*jump = false;
	for (size_t i = 0, pad = 0; alt->repl && i < alt->repl->nr_insns && !err; i++) {
		const struct om_insn *insn = &alt->repl->insns[i];

		if (insn->off < alt->repl_off || insn->off >= end)
			continue;
		if (is_nop(code + insn->off, insn->len)) {
			pad += insn->len;
			continue;
		}
		pad_all(forms, pad);
		nops -= pad + insn->len;
		pad = 0;
		err = append_insn(&q, p, insn, filling, forms);
		*jump |= may_be_short(&q, insn);
	}
	free(q.labels);
	if (filling != WITH_NOPS)
		pad_all(forms, nops);
	for (uint32_t i = 0; i < forms->nr && filling == WITH_NOPS; i++)
		om_ops_nops(&forms->list[i], alt->instrlen > 2 ? alt->instrlen - 2 : 0);
	return err;
}

/* The same, as further forms of the site. */
static struct error *replacement_form(struct om_program *p, const struct om_alternative *alt, enum filling filling,
				      struct om_forms *forms, bool *jump)
{
	struct om_forms *more = calloc(1, sizeof(*more));
	struct error *err;

	if (!more) {
		p->mt->failed = true;
		return NULL;
	}
	om_forms_new(more);
	err = replacement_ops(p, alt, filling, more, jump);
	for (uint32_t i = 0; i < more->nr; i++) {
		struct om_ops *f = om_forms_new(forms);

		if (f)
			om_ops_append(f, &more->list[i]);
	}
	om_forms_free(more);
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

/*
 * static_cpu_has(): "jmp 6f", which leads to the test in .altinstr_aux, is patched to "jmp t_no" where the processor has not the feature
 * (do_mprotect_pkey() of 6.1, and t_no is too far away for a short one).  Where that leads is known, and where the test is, is not: any
 * jump could go there.
 */
static bool leads_to_test(struct om_span *span, const struct om_insn *insn)
{
	struct om_reloc *rel = is_jump(om_bytes(span) + insn->off) ? om_reloc_at(span, insn->off + 1) : NULL;

	return rel && rel->target && om_match_is_test(rel->target);
}

/* The first form that fits, counts: puts the first @nr behind the others. */
static void put_last(struct om_forms *forms, uint32_t nr)
{
	for (; nr; nr--) {
		struct om_ops first = forms->list[0];

		memmove(&forms->list[0], &forms->list[1], (forms->nr - 1) * sizeof(first));
		forms->list[forms->nr - 1] = first;
	}
}

/* All alternatives at one place are one site: the last one that applies has been written. */
struct error *om_x86_64_alternative_site(struct om_program *p, size_t *insn)
{
	const struct om_span *span = p->span;
	uint32_t off = span->insns[*insn].off, len = 0, nr_original;
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
	nr_original = forms->nr;
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
	if (!err && leads_to_test(p->span, &span->insns[*insn]))
		put_last(forms, nr_original);
	if (!err)
		om_forms_write(&p->ops, RUNPRE_SITE_ALTERNATIVE, len, forms);
	om_forms_free(forms);
	*insn = last;
	return err;
}
