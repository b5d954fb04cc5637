// SPDX-License-Identifier: GPL-2.0-or-later
/* The rungs "referrer" and "order": static variables of one plain name, told by the functions that mention them. */
#include "objmanip/ladder.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "objmanip/names.h"
#include "objmanip/witness.h"

static bool same_root(const struct om_span *a, const struct om_span *b)
{
	size_t len = om_name_root_len(a->name);

	return a->symbol && b->symbol && len && len == om_name_root_len(b->name) && !strncmp(a->name, b->name, len);
}

/* Some function mentions both, before and after (or a clone or part of it: inlining may have changed). */
static bool share_referrer(const struct om_ladder *l, const struct om_span *pre, const struct om_span *post)
{
	struct om_ref *a, *b;
	size_t na = om_refs_to(&l->pre_refs, pre, &a), nb = om_refs_to(&l->post_refs, post, &b);

	for (size_t i = 0; i < na; i++)
		for (size_t j = 0; j < nb; j++)
			if (a[i].from->twin == b[j].from || same_root(a[i].from, b[j].from))
				return true;
	return false;
}

/* To confuse one variable with another is to exchange their values; of all else order is as good as anything. */
static bool has_state(const struct om_span *span)
{
	return (span->section->class == OM_CLASS_DATA || span->section->class == OM_CLASS_PERCPU) && !om_macro_static(span);
}

static struct om_span *first_user(const struct om_refs *refs, const struct om_span *span)
{
	struct om_ref *ref;
	size_t nr = om_refs_to(refs, span, &ref);

	for (size_t i = 0; i < nr; i++)
		if (om_is_code(ref[i].from))
			return ref[i].from;
	return NULL;
}

static unsigned likeness(const struct om_ladder *l, const struct om_span *pre, const struct om_span *post)
{
	struct om_span *f = first_user(&l->pre_refs, pre), *g = first_user(&l->post_refs, post);

	return f && g ? om_use_likeness(f, pre, g, post) : 0;
}

/* By a quarter. */
static bool is_more(unsigned a, unsigned b)
{
	return a * 4 > b * 5;
}

struct group {
	struct om_key *pre, *post;
	size_t nr_pre, nr_post;
};

/*
 * Two helpers with a variable "last" each are inlined, one into g and one into h; now it is the other way round.  By the functions
 * that mention them the two would be exchanged, so what these do with them must not say so.
 */
static bool seems_exchanged(const struct om_ladder *l, const struct group *all, const struct om_span *pre, const struct om_span *post)
{
	for (size_t i = 0; i < all->nr_pre && has_state(pre); i++) {
		for (size_t j = 0; j < all->nr_post; j++) {
			const struct om_span *a = all->pre[i].span, *b = all->post[j].span;

			if (a != pre && b != post && share_referrer(l, a, b) &&
			    is_more(likeness(l, pre, b), likeness(l, pre, post)) && is_more(likeness(l, a, post), likeness(l, a, b)))
				return true;
		}
	}
	return false;
}

static struct om_span *only_sharing(const struct om_ladder *l, struct om_span *span, bool span_is_pre, struct om_key *keys, size_t nr)
{
	struct om_span *found = NULL;

	for (size_t i = 0; i < nr; i++) {
		struct om_span *other = keys[i].span;

		if (other->twin || !share_referrer(l, span_is_pre ? span : other, span_is_pre ? other : span))
			continue;
		if (found)
			return NULL;
		found = other;
	}
	return found;
}

struct error *om_group_referrer(struct om_ladder *l, struct om_key *pre, size_t nr_pre, struct om_key *post, size_t nr_post)
{
	const struct group all = { .pre = pre, .nr_pre = nr_pre, .post = post, .nr_post = nr_post };
	bool again;

	do {
		again = false;
		for (size_t i = 0; i < nr_pre; i++) {
			struct om_span *other;

			if (pre[i].span->twin)
				continue;
			other = only_sharing(l, pre[i].span, true, post, nr_post);
			if (!other || only_sharing(l, other, false, pre, nr_pre) != pre[i].span ||
			    seems_exchanged(l, &all, pre[i].span, other))
				continue;
			om_pair(l, pre[i].span, other);
			again = true;
		}
	} while (again);
	return NULL;
}

struct mentions {
	struct om_key *keys;
	size_t nr_keys;
	struct om_span **found;	/* in order of first mention */
	size_t nr;
};

static struct error *note_mention(struct om_span *span, const struct om_entry *entry, struct om_reloc *rel, void *ctx)
{
	struct mentions *m = ctx;

	for (size_t i = 0; i < m->nr; i++)
		if (m->found[i] == rel->target)
			return NULL;
	for (size_t i = 0; i < m->nr_keys; i++)
		if (m->keys[i].span == rel->target && !rel->target->twin)
			m->found[m->nr++] = rel->target;
	return NULL;
}

static struct error *pair_mentions(struct om_ladder *l, struct om_span *from, struct mentions *pre, struct mentions *post)
{
	const struct group all = { .pre = pre->keys, .nr_pre = pre->nr_keys, .post = post->keys, .nr_post = post->nr_keys };
	struct error *err;

	pre->nr = post->nr = 0;
	err = om_walk_relocs(from, note_mention, pre) ?: om_walk_relocs(from->twin, note_mention, post);
	if (err || !pre->nr || pre->nr != post->nr)
		return err;
	if (pre->nr > 1 && has_state(pre->found[0]) && !om_order_is_witnessed(from, pre->found, post->found, pre->nr))
		return NULL;
	for (size_t i = 0; i < pre->nr; i++)
		if (pre->found[i]->size == post->found[i]->size && !seems_exchanged(l, &all, pre->found[i], post->found[i]))
			om_pair(l, pre->found[i], post->found[i]);
	return NULL;
}

struct error *om_group_mentions(struct om_ladder *l, struct om_key *pre, size_t nr_pre, struct om_key *post, size_t nr_post)
{
	struct mentions a = { .keys = pre, .nr_keys = nr_pre }, b = { .keys = post, .nr_keys = nr_post };
	struct error *err = NULL;

	a.found = calloc(nr_pre, sizeof(*a.found));
	b.found = calloc(nr_post, sizeof(*b.found));
	if (!a.found || !b.found)
		err = error_errno(ENOMEM, "%s", pre->span->obj->path);
	for (size_t i = 0; i < nr_pre && !err; i++) {
		struct om_ref *refs;
		size_t nr = pre[i].span->twin ? 0 : om_refs_to(&l->pre_refs, pre[i].span, &refs);

		for (size_t j = 0; j < nr && !err; j++)
			if (refs[j].from->twin)
				err = pair_mentions(l, refs[j].from, &a, &b);
	}
	free(a.found);
	free(b.found);
	return err;
}
