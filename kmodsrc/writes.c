// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the updates of one stop write.  Several may write at one place, as when two change the same object in place, the second
 * upon the first: what is written is what comes of all of them, in their order, and what must be there before is what the first
 * expects.  Where what one leaves is not what the next expects, they do not fit together.
 */
#include <linux/mm.h>
#include <linux/sort.h>
#include <linux/string.h>

#include "writes.h"

static void add(struct ksplice_writes *ws, struct ksplice_write w)
{
	w.nth = ws->nr;
	ws->w[ws->nr++] = w;
}

static void add_hook(struct ksplice_writes *ws, struct ksplice_move *m, const struct ksplice_splice *s)
{
	add(ws, (struct ksplice_write){
		.update = m->update,
		.addr = s->addr + s->hook_off,
		.len = KSPLICE_HOOK_LEN,
		.expect = m->reverse ? s->hook : s->old,
		.bytes = m->reverse ? s->old : s->hook,
		.text = true,
		.unit = s->unit,
		.name = s->name,
	});
}

static void add_object(struct ksplice_writes *ws, struct ksplice_move *m, const struct ksplice_object *o)
{
	add(ws, (struct ksplice_write){
		.update = m->update,
		.addr = o->addr,
		.len = o->len,
		.expect = m->reverse ? o->new : o->old,
		.bytes = m->reverse ? o->old : o->new,
		.unit = o->unit,
		.name = o->name,
	});
}

static void add_all(struct ksplice_writes *ws, struct ksplice_move *m)
{
	struct ksplice_target *t;
	size_t i;

	list_for_each_entry(t, &m->update->targets, list) {
		for (i = 0; i < t->nr_splices; i++)
			if (!t->splices[i].part && !t->splices[i].ftrace)
				add_hook(ws, m, &t->splices[i]);
		for (i = 0; i < t->nr_objects; i++)
			add_object(ws, m, &t->objects[i]);
	}
}

static size_t count(const struct ksplice_moves *m)
{
	struct ksplice_target *t;
	size_t i, nr = 0;

	for (i = 0; i < m->nr; i++)
		list_for_each_entry(t, &m->move[i].update->targets, list)
			nr += t->nr_splices + t->nr_objects;
	return nr;
}

/* Those at one address stay in the order of the moves. */
static int cmp(const void *a, const void *b)
{
	const struct ksplice_write *x = a, *y = b;

	if (x->addr != y->addr)
		return x->addr < y->addr ? -1 : 1;
	return x->nth < y->nth ? -1 : 1;
}

static int clash(struct ksplice_writes *ws, const struct ksplice_write *a, const struct ksplice_write *b)
{
	/* Of the two, the one that comes later in the stop. */
	const struct ksplice_write *later = a->nth > b->nth ? a : b;
	const struct ksplice_write *first = later == a ? b : a;

	ws->culprit = later->update;
	return ksplice_fail(later->update, KSPLICE_CLASH, -EINVAL, later->text ? "unit=%s function=%s update=%s" :
			    "unit=%s data=%s update=%s", later->unit, later->name, first->update->id);
}

static int join(struct ksplice_writes *ws)
{
	struct ksplice_write *last = ws->w, *w;

	if (!ws->nr)
		return 0;
	for (w = ws->w + 1; w < ws->w + ws->nr; w++) {
		if (w->addr >= last->addr + last->len) {
			*++last = *w;
			continue;
		}
		if (w->addr != last->addr || w->len != last->len || memcmp(last->bytes, w->expect, w->len))
			return clash(ws, last, w);
		last->bytes = w->bytes;
		last->update = w->update;
		last->nth = w->nth;
	}
	ws->nr = last + 1 - ws->w;
	return 0;
}

int ksplice_writes_make(const struct ksplice_moves *m, struct ksplice_writes *ret)
{
	size_t i;

	*ret = (struct ksplice_writes){ 0 };
	ret->w = kvcalloc(count(m) + 1, sizeof(*ret->w), GFP_KERNEL);
	if (!ret->w)
		return -ENOMEM;
	for (i = 0; i < m->nr; i++)
		add_all(ret, &m->move[i]);
	sort(ret->w, ret->nr, sizeof(*ret->w), cmp, NULL);
	return join(ret);
}

void ksplice_writes_free(struct ksplice_writes *ws)
{
	kvfree(ws->w);
	*ws = (struct ksplice_writes){ 0 };
}

size_t ksplice_writes_behind(const struct ksplice_writes *ws, unsigned long addr)
{
	size_t low = 0, high = ws->nr;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (ws->w[mid].addr + ws->w[mid].len > addr)
			high = mid;
		else
			low = mid + 1;
	}
	return low;
}

void ksplice_writes_show(const struct ksplice_writes *ws, unsigned long addr, void *buf, size_t len)
{
	size_t i;

	for (i = ksplice_writes_behind(ws, addr); i < ws->nr && ws->w[i].addr < addr + len; i++) {
		const struct ksplice_write *w = &ws->w[i];
		unsigned long from = max(addr, w->addr), to = min(addr + len, w->addr + w->len);

		memcpy(buf + (from - addr), w->bytes + (from - w->addr), to - from);
	}
}
