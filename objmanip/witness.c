// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Two blocks of a function have a static variable "last" each.  Order alone does not tell which is which: the diff may have
 * exchanged the blocks.  What a block does with its variable goes along with it; so the witness is how much is alike in the
 * instructions around its mentions, before and after.  Registers, distances and the order of blocks count for little: they
 * change when the function changes anywhere.
 */
#include "objmanip/witness.h"

#include <string.h>

#include "kmodsrc/runpre/runpre.h"
#include "objmanip/alike.h"
#include "objmanip/arch.h"
#include "objmanip/compare.h"
#include "objmanip/refs.h"

#define WINDOW 4	/* instructions looked at on either side of a mention */

struct question {
	const struct om_span *f, *g;	/* the function, before and after; or two */
	const struct om_span *x, *y;	/* is x of f y of g? */
};

static const uint8_t *insn_bytes(const struct om_span *f, size_t i)
{
	return om_bytes(f) + f->insns[i].off;
}

/* The relocations of instruction @i. */
static size_t insn_relocs(const struct om_span *f, size_t i, const struct om_reloc **first)
{
	uint64_t start = f->start + f->insns[i].off;
	size_t lo = 0, hi = f->nr_relocs, nr = 0;

	while (lo < hi) {
		size_t mid = (lo + hi) / 2;

		if (f->relocs[mid].offset < start)
			lo = mid + 1;
		else
			hi = mid;
	}
	*first = f->relocs + lo;
	while (lo + nr < f->nr_relocs && f->relocs[lo + nr].offset < start + f->insns[i].len)
		nr++;
	return nr;
}

static bool same_reference(const struct question *q, const struct om_reloc *a, const struct om_reloc *b)
{
	if ((a->target == q->x) != (b->target == q->y))
		return false;
	if (a->target == q->x)
		return a->target_off == b->target_off;
	/* What is not paired yet is no witness against. */
	if (a->target && b->target && !a->target->twin && !b->target->twin &&
	    a->target->section->class == b->target->section->class && a->target->symbol && b->target->symbol)
		return true;
	return om_same_target(a, b);
}

static bool same_opcode(const struct question *q, size_t i, size_t j)
{
	const uint8_t *a = insn_bytes(q->f, i), *b = insn_bytes(q->g, j);
	unsigned la = q->f->insns[i].len, lb = q->g->insns[j].len, na, nb, oa, ob;
	const struct om_arch *arch = q->f->obj->arch;
	struct om_jump x, y;

	/* A condition is the other one's opposite when blocks are laid out otherwise. */
	if (arch->jump(a, la, &x) && arch->jump(b, lb, &y))
		return (x.cc == RUNPRE_CC_ALWAYS) == (y.cc == RUNPRE_CC_ALWAYS);
	oa = arch->opcode(a, la, &na);
	ob = arch->opcode(b, lb, &nb);
	return na == nb && !memcmp(a + oa, b + ob, na);
}

static bool same_bytes(const struct question *q, size_t i, size_t j, const struct om_reloc *a, const struct om_reloc *b,
		       size_t nr)
{
	uint64_t start = q->f->start + q->f->insns[i].off, other = q->g->start + q->g->insns[j].off, pos = 0;
	const uint8_t *x = insn_bytes(q->f, i), *y = insn_bytes(q->g, j);
	unsigned len = q->f->insns[i].len;

	if (len != q->g->insns[j].len)
		return false;
	for (size_t k = 0; k < nr; k++) {
		uint64_t at = a[k].offset - start;

		if (at != b[k].offset - other || at < pos || memcmp(x + pos, y + pos, at - pos))
			return false;
		pos = at + om_reloc_own_bytes(q->f->obj->arch, a[k].type);
	}
	return pos >= len || !memcmp(x + pos, y + pos, len - pos);
}

/* 0: another instruction; 1: of the same kind; 2: with the same operands; 4: about the same function or data. */
static unsigned alike(const struct question *q, size_t i, size_t j)
{
	const struct om_reloc *a, *b;
	size_t nr = insn_relocs(q->f, i, &a);
	bool own = false;

	if (insn_relocs(q->g, j, &b) != nr || !same_opcode(q, i, j))
		return 0;
	for (size_t k = 0; k < nr; k++) {
		if (!same_reference(q, &a[k], &b[k]))
			return 0;
		own |= a[k].target && !a[k].target->twin && a[k].target->symbol;
	}
	return nr && !own ? 4 : same_bytes(q, i, j, a, b, nr) ? 2 : 1;
}

/*
 * How much is alike, in order, in the instructions behind (@step 1) or before (@step -1) @i and @j: the weight of their
 * longest common subsequence.
 */
static unsigned common(const struct question *q, size_t i, size_t j, int step)
{
	unsigned best[WINDOW + 1][WINDOW + 1] = { 0 };

	for (unsigned m = 1; m <= WINDOW; m++) {
		for (unsigned n = 1; n <= WINDOW; n++) {
			size_t a = i + step * (int)m, b = j + step * (int)n;	/* below zero is beyond the last one */
			unsigned w = best[m - 1][n] > best[m][n - 1] ? best[m - 1][n] : best[m][n - 1];
			unsigned both = a < q->f->nr_insns && b < q->g->nr_insns ? alike(q, a, b) : 0;

			both = both ? both + best[m - 1][n - 1] : 0;
			best[m][n] = both > w ? both : w;
		}
	}
	return best[WINDOW][WINDOW];
}

static size_t insn_with(const struct om_span *f, uint64_t off)
{
	size_t lo = 0, hi = f->nr_insns;

	while (lo < hi) {
		size_t mid = (lo + hi) / 2;

		if (f->insns[mid].off + f->insns[mid].len <= off)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

/* How much the mention of x at instruction @i is like the one of y that is most like it. */
static unsigned best_mention(const struct question *q, size_t i)
{
	unsigned best = 0;

	om_for_each_reloc(rel, q->g) {
		size_t j = rel->target == q->y ? insn_with(q->g, rel->offset - q->g->start) : q->g->nr_insns;
		unsigned w = 0;

		if (j < q->g->nr_insns)
			w = alike(q, i, j) + common(q, i, j, 1) + common(q, i, j, -1);
		best = w > best ? w : best;
	}
	return best;
}

/* 0: not at all; their content is known to differ. */
static unsigned likeness(const struct question *q)
{
	unsigned sum = 1;

	if (!om_alike(q->x, q->y))
		return 0;
	om_for_each_reloc(rel, q->f) {
		size_t i = rel->target == q->x ? insn_with(q->f, rel->offset - q->f->start) : q->f->nr_insns;

		if (i < q->f->nr_insns)
			sum += best_mention(q, i);
	}
	return sum;
}

unsigned om_use_likeness(const struct om_span *f, const struct om_span *x, const struct om_span *g, const struct om_span *y)
{
	const struct question q = { .f = f, .g = g, .x = x, .y = y };

	return likeness(&q);
}

static unsigned likeness_of(const struct om_span *from, const struct om_span *x, const struct om_span *y)
{
	return om_use_likeness(from, x, from->twin, y);
}

bool om_order_is_witnessed(const struct om_span *from, struct om_span *const *pre, struct om_span *const *post, size_t nr)
{
	for (size_t i = 0; i < nr; i++) {
		for (size_t j = 0; j < i; j++) {
			unsigned one = likeness_of(from, pre[i], post[i]), two = likeness_of(from, pre[j], post[j]);
			unsigned exchanged = likeness_of(from, pre[i], post[j]) + likeness_of(from, pre[j], post[i]);

			/* By a quarter: what surrounds a block is near to both. */
			if (!one || !two || (one + two) * 4 <= exchanged * 5)
				return false;
		}
	}
	return true;
}
