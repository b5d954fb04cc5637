// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Which post span continues which pre span.  A ladder; what one rung has paired is a witness for the next:
 *
 *	name		cmdline_proc_show: the same name, once on each side
 *	plain name	do_sys_openat2.part.0: once on each side when numbers are left out
 *	entry		a table entry without a symbol: the same bytes, and a reference to the same name
 *	content		two clones foo.constprop.0 and .1: the one that has the same bytes, else the same name
 *	slot		__already_done.37: mentioned in the same field of two functions that are alike
 *	constant	names.4: read-only, the same plain name and the same bytes
 *	referrer	counter.2: mentioned by the same function, and by no other of the same plain name
 *	order		two static variables "last" in blocks of one function: as many on each side, by first mention, if the code
 *			around their mentions bears it out (witness.c)
 *	value		strings, constants, __func__: the same content
 *
 * Nothing is guessed: what is left is new or gone.  A wrong pair of functions would be harmless, since it makes their
 * callers differ; a wrong pair of static variables would be a silent exchange of state.
 */
#include "objmanip/correlate.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "objmanip/arch.h"
#include "objmanip/names.h"
#include "objmanip/refs.h"
#include "objmanip/sections.h"
#include "objmanip/witness.h"

struct key {
	char *text;		/* owned; not NUL-terminated */
	size_t len;
	enum om_class class;
	struct om_span *span;
};

struct keys {
	struct key *list;
	size_t nr;
};

/* Makes the key of a span: sets *text (malloc'd) and *len; leaves *text NULL for a span that the rung does not concern. */
typedef struct error *(*key_fn)(struct om_span *span, char **text, size_t *len);
/* Pairs spans with equal keys. */
struct ladder;
typedef struct error *(*group_fn)(struct ladder *l, struct key *pre, size_t nr_pre, struct key *post, size_t nr_post);

struct ladder {
	struct om_unit *unit;
	struct om_refs pre_refs, post_refs;
	bool progress;		/* something was paired since it was last cleared */
};

static void pair(struct ladder *l, struct om_span *pre, struct om_span *post)
{
	pre->twin = post;
	post->twin = pre;
	l->progress = true;
}

static struct error *no_memory(const struct om_span *span)
{
	return error_errno(ENOMEM, "%s", span->obj->path);
}

static int compare_keys(const void *a, const void *b)
{
	const struct key *x = a, *y = b;
	int cmp;

	if (x->class != y->class)
		return x->class < y->class ? -1 : 1;
	cmp = memcmp(x->text, y->text, x->len < y->len ? x->len : y->len);
	if (cmp || x->len != y->len)
		return cmp ? cmp : x->len < y->len ? -1 : 1;
	return 0;
}

/* Equal keys stay in the object's order. */
static int compare_keys_stable(const void *a, const void *b)
{
	const struct key *x = a, *y = b;
	int cmp = compare_keys(a, b);

	if (cmp)
		return cmp;
	if (x->span->section->index != y->span->section->index)
		return x->span->section->index < y->span->section->index ? -1 : 1;
	return x->span->start < y->span->start ? -1 : x->span->start > y->span->start;
}

static void free_keys(struct keys *keys)
{
	for (size_t i = 0; i < keys->nr; i++)
		free(keys->list[i].text);
	free(keys->list);
}

static struct error *make_keys(struct om_obj *obj, key_fn key, struct keys *ret)
{
	ret->nr = 0;
	ret->list = calloc(obj->nr_spans + 1, sizeof(*ret->list));
	if (!ret->list)
		return error_errno(ENOMEM, "%s", obj->path);
	om_for_each_span(span, obj) {
		struct key *k = &ret->list[ret->nr];
		struct error *err;

		if (span->twin || span->section->class == OM_CLASS_EXPORT)
			continue;
		k->text = NULL;
		err = key(span, &k->text, &k->len);
		if (err)
			return err;
		if (!k->text)
			continue;
		k->class = span->section->class;
		k->span = span;
		ret->nr++;
	}
	qsort(ret->list, ret->nr, sizeof(*ret->list), compare_keys_stable);
	return NULL;
}

static size_t run_length(const struct keys *keys, size_t i)
{
	size_t j = i + 1;

	while (j < keys->nr && !compare_keys(&keys->list[i], &keys->list[j]))
		j++;
	return j - i;
}

/* One rung: groups the unpaired spans of both objects by key, and lets @group pair each group. */
static struct error *rung(struct ladder *l, key_fn key, group_fn group)
{
	struct keys pre = { 0 }, post = { 0 };
	struct error *err = make_keys(l->unit->pre, key, &pre) ?: make_keys(l->unit->post, key, &post);
	size_t i = 0, j = 0;

	while (!err && i < pre.nr && j < post.nr) {
		size_t ni = run_length(&pre, i), nj = run_length(&post, j);
		int cmp = compare_keys(&pre.list[i], &post.list[j]);

		if (!cmp)
			err = group(l, &pre.list[i], ni, &post.list[j], nj);
		i += cmp <= 0 ? ni : 0;
		j += cmp >= 0 ? nj : 0;
	}
	free_keys(&pre);
	free_keys(&post);
	return err;
}

static struct error *text_key(struct om_span *span, char *name, char **text, size_t *len)
{
	if (!name)
		return no_memory(span);
	*text = name;
	*len = strlen(name);
	return NULL;
}

static struct error *key_name(struct om_span *span, char **text, size_t *len)
{
	if (!span->symbol || om_name_numbered(span->name))
		return NULL;
	return text_key(span, strdup(span->name), text, len);
}

static struct error *key_plain_code(struct om_span *span, char **text, size_t *len)
{
	if (!span->symbol || !(span->section->flags & SHF_EXECINSTR))
		return NULL;
	return text_key(span, om_name_plain(span->name), text, len);
}

static struct error *key_plain_data(struct om_span *span, char **text, size_t *len)
{
	if (!span->symbol || span->section->flags & SHF_EXECINSTR)
		return NULL;
	return text_key(span, om_name_plain(span->name), text, len);
}

/* ops.3 and its like without relocations: what they are called and what they hold. */
static struct error *key_numbered_constant(struct om_span *span, char **text, size_t *len)
{
	char *name;

	if (!span->symbol || !om_name_numbered(span->name) || span->section->class != OM_CLASS_RODATA ||
	    span->nr_relocs || !om_bytes(span) || span->symbol->bind != STB_LOCAL)
		return NULL;
	name = om_name_plain(span->name);
	*len = name ? strlen(name) + 1 + span->size : 0;
	*text = name ? realloc(name, *len) : NULL;
	if (!*text) {
		free(name);
		return no_memory(span);
	}
	memcpy(*text + *len - span->size, om_bytes(span), span->size);
	return NULL;
}

/* Data without a symbol, such as that of inline assembly: by its section and its place there. */
static struct error *key_section(struct om_span *span, char **text, size_t *len)
{
	if (span->symbol || om_by_content(span))
		return NULL;
	return text_key(span, strdup(span->section->name), text, len);
}

/* An entry of a table without symbols (.pci_fixup_final): by what it says and what it refers to. */
static struct error *key_entry(struct om_span *span, char **text, size_t *len)
{
	FILE *f;

	if (span->symbol || !om_section_entry(span->section) || !om_bytes(span))
		return NULL;
	f = open_memstream(text, len);
	if (!f)
		return no_memory(span);
	fprintf(f, "%s:", span->section->name);
	fwrite(om_bytes(span), 1, span->size, f);
	om_for_each_reloc(rel, span)
		fprintf(f, ":%s+%" PRId64, rel->target ? rel->target->name : rel->sym->name, rel->target_off);
	if (!fclose(f))
		return NULL;
	free(*text);
	*text = NULL;
	return no_memory(span);
}

/* What is no variable, so that order will do: .BTF_ids, tables of init code. Debug messages are told by their users. */
static struct error *key_plain_other(struct om_span *span, char **text, size_t *len)
{
	enum om_class class = span->section->class;

	if (!span->symbol || (class != OM_CLASS_OTHER && class != OM_CLASS_INIT) || om_debug_descriptor(span))
		return NULL;
	return text_key(span, om_name_plain(span->name), text, len);
}

static struct error *key_content(struct om_span *span, char **text, size_t *len)
{
	if (!om_by_content(span) || !om_bytes(span) || span->section->class == OM_CLASS_REPLACEMENT)
		return NULL;
	*len = span->size;
	*text = malloc(span->size + 1);
	if (!*text)
		return no_memory(span);
	memcpy(*text, om_bytes(span), span->size);
	return NULL;
}

static struct error *group_only(struct ladder *l, struct key *pre, size_t nr_pre, struct key *post, size_t nr_post)
{
	if (nr_pre == 1 && nr_post == 1)
		pair(l, pre->span, post->span);
	return NULL;
}

/* Any of them will do: first with first, second with second. */
static struct error *group_in_order(struct ladder *l, struct key *pre, size_t nr_pre, struct key *post, size_t nr_post)
{
	for (size_t i = 0; i < nr_pre && i < nr_post; i++)
		pair(l, pre[i].span, post[i].span);
	return NULL;
}

static struct error *group_same_number(struct ladder *l, struct key *pre, size_t nr_pre, struct key *post, size_t nr_post)
{
	return nr_pre == nr_post ? group_in_order(l, pre, nr_pre, post, nr_post) : NULL;
}

/* gas writes R_X86_64_PC32 for a call of a local function, R_X86_64_PLT32 for that of a global one: the same field. */
bool om_same_field(const struct om_arch *arch, const struct om_reloc *a, const struct om_reloc *b)
{
	return a->type == b->type || (arch->reloc_runpre(a->type) >= 0 &&
				      arch->reloc_runpre(a->type) == arch->reloc_runpre(b->type));
}

bool om_alike(const struct om_span *a, const struct om_span *b)
{
	uint64_t pos = 0;

	if (a->size != b->size || a->nr_relocs != b->nr_relocs || !om_bytes(a) != !om_bytes(b))
		return false;
	for (size_t i = 0; i <= a->nr_relocs; i++) {
		const struct om_reloc *x = &a->relocs[i], *y = &b->relocs[i];
		uint64_t end = i < a->nr_relocs ? x->offset - a->start : a->size;

		if (i < a->nr_relocs && (y->offset - b->start != end || !om_same_field(a->obj->arch, x, y)))
			return false;
		if (om_bytes(a) && end > pos && memcmp(om_bytes(a) + pos, om_bytes(b) + pos, end - pos))
			return false;
		if (i < a->nr_relocs)
			pos = end + a->obj->arch->reloc_size(x->type);
	}
	return true;
}

static struct om_span *only_alike(struct om_span *span, struct key *keys, size_t nr)
{
	struct om_span *found = NULL;

	for (size_t i = 0; i < nr; i++) {
		if (keys[i].span->twin || !om_alike(span, keys[i].span))
			continue;
		if (found)
			return NULL;
		found = keys[i].span;
	}
	return found;
}

/* Clones of one function: by content, then by their full names. */
static struct error *group_clones(struct ladder *l, struct key *pre, size_t nr_pre, struct key *post, size_t nr_post)
{
	if (nr_pre == 1 && nr_post == 1)
		return group_only(l, pre, nr_pre, post, nr_post);
	for (size_t i = 0; i < nr_pre; i++) {
		struct om_span *other = only_alike(pre[i].span, post, nr_post);

		if (other && only_alike(other, pre, nr_pre) == pre[i].span)
			pair(l, pre[i].span, other);
	}
	for (size_t i = 0; i < nr_pre; i++)
		for (size_t j = 0; j < nr_post; j++)
			if (!pre[i].span->twin && !post[j].span->twin && !strcmp(pre[i].span->name, post[j].span->name))
				pair(l, pre[i].span, post[j].span);
	return NULL;
}

/* Whether two spans without a twin could be the same thing, by all that does not change with a number. */
static struct error *same_kind(const struct om_span *a, const struct om_span *b, bool *ret)
{
	char *x, *y;

	*ret = false;
	if (!a || !b || a->twin || b->twin || a->section->class != b->section->class || !a->symbol != !b->symbol)
		return NULL;
	if (a->symbol && (a->symbol->bind != STB_LOCAL || b->symbol->bind != STB_LOCAL))
		return NULL;
	if (!a->symbol) {
		*ret = a->section->class == OM_CLASS_STRINGS ? !strcmp(om_string(a), om_string(b)) : om_alike(a, b);
		return NULL;
	}
	x = om_name_plain(a->name);
	y = om_name_plain(b->name);
	*ret = x && y && !strcmp(x, y);
	free(x);
	free(y);
	return x && y ? NULL : no_memory(a);
}

static struct error *pair_slot(struct ladder *l, const struct om_reloc *a, const struct om_reloc *b)
{
	bool same;
	struct error *err;

	if (a->target_off != b->target_off)
		return NULL;
	err = same_kind(a->target, b->target, &same);
	if (!err && same)
		pair(l, a->target, b->target);
	return err;
}

static struct error *pair_entry_slots(struct ladder *l, struct om_span *pre, struct om_span *post)
{
	struct error *err = NULL;

	if (pre->nr_entries != post->nr_entries)
		return NULL;
	for (size_t i = 0; i < pre->nr_entries && !err; i++) {
		struct om_reloc *a, *b;
		size_t na = om_entry_relocs(&pre->entries[i], &a), nb = om_entry_relocs(&post->entries[i], &b);

		if (pre->entries[i].table != post->entries[i].table ||
		    pre->entries[i].code_off != post->entries[i].code_off || na != nb)
			continue;
		for (size_t j = 0; j < na && !err; j++)
			if (a[j].offset - pre->entries[i].offset == b[j].offset - post->entries[i].offset)
				err = pair_slot(l, &a[j], &b[j]);
	}
	return err;
}

/* Until nothing changes: a string table found by its slot has slots of its own. */
static struct error *rung_slots(struct ladder *l)
{
	struct error *err = NULL;

	do {
		l->progress = false;
		om_for_each_span(pre, l->unit->pre) {
			struct om_span *post = pre->twin;

			if (!post || !om_alike(pre, post))
				continue;
			for (size_t i = 0; i < pre->nr_relocs && !err; i++)
				err = pair_slot(l, &pre->relocs[i], &post->relocs[i]);
			err = err ?: pair_entry_slots(l, pre, post);
			if (err)
				return err;
		}
	} while (l->progress);
	return NULL;
}

static bool same_root(const struct om_span *a, const struct om_span *b)
{
	size_t len = om_name_root_len(a->name);

	return a->symbol && b->symbol && len && len == om_name_root_len(b->name) && !strncmp(a->name, b->name, len);
}

/* Some function mentions both, before and after (or a clone or part of it: inlining may have changed). */
static bool share_referrer(const struct ladder *l, const struct om_span *pre, const struct om_span *post)
{
	struct om_ref *a, *b;
	size_t na = om_refs_to(&l->pre_refs, pre, &a), nb = om_refs_to(&l->post_refs, post, &b);

	for (size_t i = 0; i < na; i++)
		for (size_t j = 0; j < nb; j++)
			if (a[i].from->twin == b[j].from || same_root(a[i].from, b[j].from))
				return true;
	return false;
}

static struct om_span *only_sharing(const struct ladder *l, struct om_span *span, bool span_is_pre, struct key *keys, size_t nr)
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

static struct error *group_referrer(struct ladder *l, struct key *pre, size_t nr_pre, struct key *post, size_t nr_post)
{
	bool again;

	do {
		again = false;
		for (size_t i = 0; i < nr_pre; i++) {
			struct om_span *other;

			if (pre[i].span->twin)
				continue;
			other = only_sharing(l, pre[i].span, true, post, nr_post);
			if (!other || only_sharing(l, other, false, pre, nr_pre) != pre[i].span)
				continue;
			pair(l, pre[i].span, other);
			again = true;
		}
	} while (again);
	return NULL;
}

struct mentions {
	struct key *keys;
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

/* To confuse one variable with another is to exchange their values; of all else order is as good as anything. */
static bool has_state(const struct om_span *span)
{
	return (span->section->class == OM_CLASS_DATA || span->section->class == OM_CLASS_PERCPU) && !om_macro_static(span);
}

static struct error *pair_mentions(struct ladder *l, struct om_span *from, struct mentions *pre, struct mentions *post)
{
	struct error *err;

	pre->nr = post->nr = 0;
	err = om_walk_relocs(from, note_mention, pre) ?: om_walk_relocs(from->twin, note_mention, post);
	if (err || !pre->nr || pre->nr != post->nr)
		return err;
	if (pre->nr > 1 && has_state(pre->found[0]) && !om_order_is_witnessed(from, pre->found, post->found, pre->nr))
		return NULL;
	for (size_t i = 0; i < pre->nr; i++)
		if (pre->found[i]->size == post->found[i]->size)
			pair(l, pre->found[i], post->found[i]);
	return NULL;
}

static struct error *group_mentions(struct ladder *l, struct key *pre, size_t nr_pre, struct key *post, size_t nr_post)
{
	struct mentions a = { .keys = pre, .nr_keys = nr_pre }, b = { .keys = post, .nr_keys = nr_post };
	struct error *err = NULL;

	a.found = calloc(nr_pre, sizeof(*a.found));
	b.found = calloc(nr_post, sizeof(*b.found));
	if (!a.found || !b.found)
		err = no_memory(pre->span);
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

static struct error *climb(struct ladder *l)
{
	struct error *err;

	err = rung(l, key_name, group_only);
	err = err ?: rung(l, key_plain_code, group_clones);
	err = err ?: rung(l, key_entry, group_in_order);
	err = err ?: rung(l, key_section, group_same_number);
	err = err ?: rung_slots(l);
	err = err ?: rung(l, key_numbered_constant, group_in_order);
	do {
		l->progress = false;
		err = err ?: rung(l, key_plain_data, group_referrer);
		err = err ?: rung(l, key_plain_data, group_mentions);
		bool progress = l->progress;

		err = err ?: rung_slots(l);
		l->progress = progress;
	} while (!err && l->progress);
	err = err ?: rung(l, key_plain_other, group_same_number);
	return err ?: rung(l, key_content, group_in_order);
}

struct error *om_correlate(struct om_unit *unit)
{
	struct ladder l = { .unit = unit };
	struct error *err = om_refs_make(unit->pre, &l.pre_refs) ?: om_refs_make(unit->post, &l.post_refs);

	err = err ?: climb(&l);
	om_refs_free(&l.pre_refs);
	om_refs_free(&l.post_refs);
	return err;
}
