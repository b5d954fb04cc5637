// SPDX-License-Identifier: GPL-2.0-only
/*
 * All hooks that are in the kernel now: what leads to what.  A function that is hooked has a chain of replacements, one for each
 * update that is applied to it; the kernel's own pointers have the oldest, calls end in the newest.
 */
#include <linux/hash.h>

#include "core.h"

#define BITS	10	/* of the number of buckets: short with some thousand hooks */

enum direction { NEWER, OLDER };

/* All zero is empty. */
static struct hlist_head steps[2][1 << BITS];

static struct hlist_head *bucket(enum direction d, unsigned long from)
{
	return &steps[d][hash_long(from, BITS)];
}

static unsigned long follow(enum direction d, unsigned long addr)
{
	struct ksplice_step *s;

again:
	hlist_for_each_entry(s, bucket(d, addr), node) {
		if (s->from == addr) {
			addr = s->to;
			goto again;	/* ends: a replacement is younger than what it replaces */
		}
	}
	return addr;
}

unsigned long ksplice_newest(unsigned long addr)
{
	return follow(NEWER, addr);
}

unsigned long ksplice_oldest(unsigned long addr)
{
	return follow(OLDER, addr);
}

static void step_add(struct ksplice_step *s, enum direction d, unsigned long from, unsigned long to)
{
	s->from = from;
	s->to = to;
	hlist_add_head(&s->node, bucket(d, from));
}

/* Calls @fn for each splice of @u that has a hook. */
static void for_each_hooked(struct ksplice_update *u, void (*fn)(struct ksplice_splice *s))
{
	struct ksplice_target *t;
	size_t i;

	list_for_each_entry(t, &u->targets, list)
		for (i = 0; i < t->nr_splices; i++)
			if (!t->splices[i].part)
				fn(&t->splices[i]);
}

static void note(struct ksplice_splice *s)
{
	step_add(&s->newer, NEWER, s->addr, s->new);
	step_add(&s->older, OLDER, s->new, s->addr);
}

void ksplice_hooks_note(struct ksplice_update *u)
{
	for_each_hooked(u, note);
}

static void forget(struct ksplice_splice *s)
{
	hlist_del(&s->newer.node);
	hlist_del(&s->older.node);
}

void ksplice_hooks_forget(struct ksplice_update *u)
{
	for_each_hooked(u, forget);
}
