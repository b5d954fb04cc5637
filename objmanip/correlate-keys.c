// SPDX-License-Identifier: GPL-2.0-or-later
/* By what the rungs of the ladder compare spans: keys, and the groups of both objects that have the same one. */
#include "objmanip/ladder.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "objmanip/arch.h"
#include "objmanip/names.h"
#include "objmanip/sections.h"

struct keys {
	struct om_key *list;
	size_t nr;
};

void om_pair(struct om_ladder *l, struct om_span *pre, struct om_span *post)
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
	const struct om_key *x = a, *y = b;
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
	const struct om_key *x = a, *y = b;
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

static struct error *make_keys(struct om_obj *obj, om_key_fn key, struct keys *ret)
{
	ret->nr = 0;
	ret->list = calloc(obj->nr_spans + 1, sizeof(*ret->list));
	if (!ret->list)
		return error_errno(ENOMEM, "%s", obj->path);
	om_for_each_span(span, obj) {
		struct om_key *k = &ret->list[ret->nr];
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

struct error *om_rung(struct om_ladder *l, om_key_fn key, om_group_fn group)
{
	struct keys pre = { 0 }, post = { 0 };
	struct error *err = make_keys(om_unit_before(l->unit), key, &pre) ?: make_keys(l->unit->post, key, &post);
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

struct error *om_key_name(struct om_span *span, char **text, size_t *len)
{
	if (!span->symbol || om_name_numbered(span->name))
		return NULL;
	return text_key(span, strdup(span->name), text, len);
}

struct error *om_key_plain_code(struct om_span *span, char **text, size_t *len)
{
	if (!span->symbol || span->part_of || !(span->section->flags & SHF_EXECINSTR))
		return NULL;
	return text_key(span, om_name_plain(span->name), text, len);
}

/* What the span is called, without numbers, and what it holds. */
static struct error *contents_key(const struct om_span *span, char **text, size_t *len)
{
	char *name = om_name_plain(span->name);

	*len = name ? strlen(name) + 1 + span->size : 0;
	*text = name ? realloc(name, *len) : NULL;
	if (!*text) {
		free(name);
		return no_memory(span);
	}
	memcpy(*text + *len - span->size, om_bytes(span), span->size);
	return NULL;
}

/*
 * A limit of messages with other numbers is another one, and begins anew: the _rs that took the place of printk_ratelimited()'s in
 * efivarfs_statfs(), 6.12.111.
 */
struct error *om_key_plain_data(struct om_span *span, char **text, size_t *len)
{
	if (!span->symbol || span->section->flags & SHF_EXECINSTR)
		return NULL;
	if (om_macro_static(span) && om_bytes(span))
		return contents_key(span, text, len);
	return text_key(span, om_name_plain(span->name), text, len);
}

/* ops.3 and its like without relocations: what they are called and what they hold. */
struct error *om_key_numbered_constant(struct om_span *span, char **text, size_t *len)
{
	if (!span->symbol || !om_name_numbered(span->name) || span->section->class != OM_CLASS_RODATA ||
	    span->nr_relocs || !om_bytes(span) || span->symbol->bind != STB_LOCAL)
		return NULL;
	return contents_key(span, text, len);
}

/* Data without a symbol, such as that of inline assembly: by its section and its place there. */
struct error *om_key_section(struct om_span *span, char **text, size_t *len)
{
	if (span->symbol || om_by_content(span))
		return NULL;
	return text_key(span, strdup(span->section->name), text, len);
}

/* An entry of a table without symbols (.pci_fixup_final): by what it says and what it refers to. */
struct error *om_key_entry(struct om_span *span, char **text, size_t *len)
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
struct error *om_key_plain_other(struct om_span *span, char **text, size_t *len)
{
	enum om_class class = span->section->class;

	if (!span->symbol || (class != OM_CLASS_OTHER && class != OM_CLASS_INIT) || om_debug_descriptor(span))
		return NULL;
	return text_key(span, om_name_plain(span->name), text, len);
}

struct error *om_key_content(struct om_span *span, char **text, size_t *len)
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
