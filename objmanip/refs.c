// SPDX-License-Identifier: GPL-2.0-or-later
/* Walks the relocations of a span and its table entries, and finds who refers to whom. */
#include "objmanip/refs.h"

#include <errno.h>
#include <stdlib.h>

#include "objmanip/arch.h"
#include "objmanip/islands.h"

static size_t first_at(const struct om_section *sec, uint64_t off)
{
	size_t lo = 0, hi = sec->nr_relocs;

	while (lo < hi) {
		size_t mid = (lo + hi) / 2;

		if (sec->relocs[mid].offset < off)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

size_t om_entry_relocs(const struct om_entry *entry, struct om_reloc **first)
{
	size_t i = first_at(entry->section, entry->offset);

	*first = entry->section->relocs + i;
	return first_at(entry->section, (uint64_t)entry->offset + entry->size) - i;
}

struct error *om_walk_relocs(struct om_span *span, om_reloc_fn fn, void *ctx)
{
	struct error *err = NULL;

	for (size_t i = 0; i < span->nr_relocs && !err; i++)
		err = fn(span, NULL, &span->relocs[i], ctx);
	for (size_t i = 0; i < span->nr_entries && !err; i++) {
		struct om_reloc *rel;
		size_t nr = om_entry_relocs(&span->entries[i], &rel);

		for (size_t j = 0; j < nr && !err; j++)
			err = fn(span, &span->entries[i], &rel[j], ctx);
	}
	return err;
}

static bool is_own(const struct om_span *span, const struct om_reloc *rel)
{
	return rel >= span->relocs && rel < span->relocs + span->nr_relocs;
}

bool om_is_pointer(const struct om_span *from, const struct om_reloc *rel)
{
	const struct om_arch *arch = from->obj->arch;

	if (!is_own(from, rel) || om_short_jump(from, rel))
		return false;
	/* Init code is not taken apart; but a distance in it is that of a branch (-mcmodel=kernel: an address is absolute). */
	if (from->section->class == OM_CLASS_INIT && from->section->flags & SHF_EXECINSTR)
		return !arch->reloc_pcrel(rel->type);
	return !(om_is_code(from) && arch->reloc_branch(from, rel));
}

struct collection {
	struct om_refs *refs;
	size_t room;
};

static struct error *collect(struct om_span *span, const struct om_entry *entry, struct om_reloc *rel, void *ctx)
{
	struct collection *c = ctx;

	if (!rel->target || rel->target == span)
		return NULL;
	if (c->refs->nr == c->room) {
		struct om_ref *grown = realloc(c->refs->list, (c->room * 2 + 64) * sizeof(*grown));

		if (!grown)
			return error_errno(ENOMEM, "%s", span->obj->path);
		c->refs->list = grown;
		c->room = c->room * 2 + 64;
	}
	c->refs->list[c->refs->nr++] = (struct om_ref){ .to = rel->target, .from = span };
	return NULL;
}

static int compare_spans(const struct om_span *a, const struct om_span *b)
{
	if (a->section->index != b->section->index)
		return a->section->index < b->section->index ? -1 : 1;
	if (a->start != b->start)
		return a->start < b->start ? -1 : 1;
	return a->size < b->size ? -1 : a->size > b->size;
}

static int compare_refs(const void *a, const void *b)
{
	const struct om_ref *x = a, *y = b;
	int cmp = compare_spans(x->to, y->to);

	return cmp ? cmp : compare_spans(x->from, y->from);
}

struct error *om_refs_make(struct om_obj *obj, struct om_refs *ret)
{
	struct collection c = { .refs = ret };
	size_t kept = 0;

	*ret = (struct om_refs){ 0 };
	om_for_each_span(span, obj) {
		struct error *err = om_walk_relocs(span, collect, &c);

		if (err) {
			om_refs_free(ret);
			return err;
		}
	}
	if (ret->nr)
		qsort(ret->list, ret->nr, sizeof(*ret->list), compare_refs);
	for (size_t i = 0; i < ret->nr; i++)
		if (!kept || compare_refs(&ret->list[kept - 1], &ret->list[i]))
			ret->list[kept++] = ret->list[i];
	ret->nr = kept;
	return NULL;
}

void om_refs_free(struct om_refs *refs)
{
	free(refs->list);
	*refs = (struct om_refs){ 0 };
}

size_t om_refs_to(const struct om_refs *refs, const struct om_span *to, struct om_ref **first)
{
	size_t lo = 0, hi = refs->nr, end;

	while (lo < hi) {
		size_t mid = (lo + hi) / 2;

		if (compare_spans(refs->list[mid].to, to) < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	for (end = lo; end < refs->nr && refs->list[end].to == to; end++)
		;
	*first = refs->list + lo;
	return end - lo;
}
