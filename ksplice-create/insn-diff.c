// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Aligns the instructions of pre and post by what they are and refer to, not where; then each pair is looked at once more: a
 * jump must go to instructions that are a pair themselves.
 */
#include "ksplice-create/insn-diff.h"

#include <string.h>

#include "ksplice-create/align.h"
#include "ksplice-create/util.h"
#include "objmanip/arch.h"
#include "objmanip/compare.h"
#include "objmanip/names.h"

static const uint8_t *bytes_of(const struct om_span *span, const struct om_insn *insn)
{
	return om_bytes(span) + insn->off;
}

/* The first relocation inside of the instruction, and how many there are. */
static size_t relocs_of(const struct om_span *span, const struct om_insn *insn, const struct om_reloc **first)
{
	uint64_t start = span->start + insn->off, end = start + insn->len;
	size_t n = 0;

	*first = NULL;
	om_for_each_reloc(rel, span) {
		if (rel->offset < start || rel->offset >= end)
			continue;
		if (!n++)
			*first = rel;
	}
	return n;
}

/* A branch inside of the function? */
static bool inner_branch(const struct om_span *span, const struct om_insn *insn, struct om_branch *ret)
{
	const struct om_reloc *first;

	return !relocs_of(span, insn, &first) && span->obj->arch->branch(bytes_of(span, insn), insn->len, ret);
}

static bool is_inner_branch(const struct om_span *span, const struct om_insn *insn)
{
	struct om_branch b;

	return inner_branch(span, insn, &b);
}

/* By condition, not encoding: short and near jumps are the same.  And without where it goes. */
static uint64_t hash_branch(uint64_t key, const struct om_span *span, const struct om_insn *insn, const struct om_branch *b)
{
	const struct om_arch *arch = span->obj->arch;
	uint8_t bytes[sizeof(uint32_t)];
	struct om_jump jump;

	if (arch->jump(bytes_of(span, insn), insn->len, &jump))
		return align_hash(key, &jump.cc, sizeof(jump.cc));
	if (!arch->clear_field)
		return align_hash(key, bytes_of(span, insn), b->field);
	/* There, each instruction that has such a field is a word. */
	memcpy(bytes, bytes_of(span, insn), sizeof(bytes));
	arch->clear_field(b->reloc, bytes);
	return align_hash(key, bytes, sizeof(bytes));
}

/* What is the same before and after, however it is called, gets the same number: that of the one after. */
static uint64_t hash_target(uint64_t key, const struct om_reloc *rel, bool is_post)
{
	const struct om_span *to = rel->target, *same;
	char buf[256];

	if (to && !om_by_content(to)) {
		same = is_post ? to : to->twin ?: to;
		key = align_hash(key, &same, sizeof(same));
		return align_hash(key, &rel->target_off, sizeof(rel->target_off));
	}
	if (to && to->section->class != OM_CLASS_STRINGS && om_bytes(to))
		return align_hash(key, om_bytes(to), to->size);
	om_describe_target(rel, buf, sizeof(buf));
	return align_hash(key, buf, strlen(buf));
}

static bool in_field(const struct om_span *span, const struct om_reloc *rels, size_t nr, uint64_t at)
{
	for (size_t i = 0; i < nr; i++)
		if (at >= rels[i].offset && at < rels[i].offset + span->obj->arch->reloc_size(rels[i].type))
			return true;
	return false;
}

static uint64_t key_of(const struct om_span *span, const struct om_insn *insn, bool is_post)
{
	const struct om_reloc *rels;
	struct om_branch b;
	size_t nr = relocs_of(span, insn, &rels);
	uint64_t key = ALIGN_START;

	if (inner_branch(span, insn, &b))
		return hash_branch(key, span, insn, &b);
	for (unsigned i = 0; i < insn->len; i++)
		if (!in_field(span, rels, nr, span->start + insn->off + i))
			key = align_hash(key, bytes_of(span, insn) + i, 1);
	for (size_t i = 0; i < nr; i++)
		key = hash_target(key, &rels[i], is_post);
	return key;
}

/* Owned by the caller. */
static uint64_t *make_keys(const struct om_span *span, bool is_post)
{
	uint64_t *keys = xrealloc(NULL, (span->nr_insns + 1) * sizeof(*keys));

	for (size_t i = 0; i < span->nr_insns; i++)
		keys[i] = key_of(span, &span->insns[i], is_post);
	return keys;
}

static bool same_bytes(const struct om_span *a, const struct om_insn *x, const struct om_span *b, const struct om_insn *y)
{
	const struct om_reloc *ra, *rb;
	size_t na = relocs_of(a, x, &ra), nb = relocs_of(b, y, &rb);

	if (x->len != y->len || na != nb)
		return false;
	for (unsigned i = 0; i < x->len; i++)
		if (!in_field(a, ra, na, a->start + x->off + i) && bytes_of(a, x)[i] != bytes_of(b, y)[i])
			return false;
	return true;
}

/* The same instruction with the same meaning? @to: the pairs. */
static bool same_insn(const struct om_span *base, size_t i, const struct om_span *post, size_t j, const size_t *to)
{
	const struct om_insn *x = &base->insns[i], *y = &post->insns[j], *goal;
	const struct om_reloc *ra, *rb;
	size_t nr = relocs_of(base, x, &ra);
	struct om_branch a, b;

	if (inner_branch(base, x, &a) && inner_branch(post, y, &b)) {
		int64_t from = (int64_t)x->off + a.to, there = (int64_t)y->off + b.to;

		goal = from < 0 ? NULL : om_insn_at(base, from);
		if (!goal || goal->off != from)
			return from - (int64_t)x->off == there - (int64_t)y->off;
		return to[goal - base->insns] != ALIGN_NONE && post->insns[to[goal - base->insns]].off == there;
	}
	if (!same_bytes(base, x, post, y))
		return false;
	relocs_of(post, y, &rb);
	for (size_t k = 0; k < nr; k++)
		if (!om_same_target(&ra[k], &rb[k]))
			return false;
	return true;
}

static void add(struct insn_diff *d, size_t pre, size_t post, enum insn_mark mark)
{
	d->v = xrealloc(d->v, (d->n + 1) * sizeof(*d->v));
	d->v[d->n++] = (struct insn_pair){pre, post, mark};
}

/* What lies between two pairs: side by side as far as both have something. */
static void add_gap(struct insn_diff *d, size_t *i, size_t i_end, size_t *j, size_t j_end)
{
	while (*i < i_end || *j < j_end) {
		size_t pre = *i < i_end ? (*i)++ : INSN_NONE, post = *j < j_end ? (*j)++ : INSN_NONE;

		add(d, pre, post, INSN_CHANGED);
	}
}

static void make_pairs(const struct om_span *pre, const struct om_span *base, const struct om_span *post, const size_t *to,
		       struct insn_diff *ret)
{
	size_t i = 0, j = 0;

	for (size_t k = 0; k < base->nr_insns; k++) {
		enum insn_mark mark = INSN_SAME;

		if (to[k] == ALIGN_NONE)
			continue;
		add_gap(ret, &i, k, &j, to[k]);
		if (!same_insn(base, k, post, to[k], to))
			mark = INSN_CHANGED;
		else if (base != pre && !same_bytes(pre, &pre->insns[k], base, &base->insns[k]) &&
			 !is_inner_branch(pre, &pre->insns[k]))
			mark = INSN_LINE_NUMBER;
		add(ret, i++, j++, mark);
	}
	add_gap(ret, &i, base->nr_insns, &j, post->nr_insns);
}

/* What post was compared with: the twin, or it with the new line numbers if that is instruction by instruction the same. */
static const struct om_span *base_of(const struct om_span *pre)
{
	/* Where it is compiled with other flags, it is another function instruction by instruction. */
	if (!pre->stand_in || pre->obj->arch->carried_cflags || pre->stand_in->nr_insns != pre->nr_insns)
		return pre;
	return pre->stand_in;
}

void insn_diff_make(const struct om_span *post, struct insn_diff *ret)
{
	const struct om_span *pre = post->twin, *base = base_of(pre);
	_cleanup_free_ uint64_t *a = make_keys(base, false), *b = make_keys(post, true);
	_cleanup_free_ size_t *to = xrealloc(NULL, (base->nr_insns + 1) * sizeof(*to));

	align(a, base->nr_insns, b, post->nr_insns, to);
	make_pairs(pre, base, post, to, ret);
}

void insn_diff_free(struct insn_diff *d)
{
	free(d->v);
	*d = (struct insn_diff){};
}
