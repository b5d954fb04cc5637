// SPDX-License-Identifier: GPL-2.0-or-later
/* Finds who includes what, and answers for it. */
#include "ksplice-create/includes.h"

#include <string.h>

#include "ksplice-create/include-graph.h"
#include "ksplice-create/tree.h"

void include_edge_add(struct include_edges *e, size_t to)
{
	e->v = xrealloc(e->v, (e->n + 1) * sizeof(*e->v));
	e->v[e->n++] = to;
}

size_t include_file_add(struct includes *in, const char *file)
{
	size_t n = strmap_add(&in->files, file);

	if (n == in->nr_includers) {
		in->includers = xrealloc(in->includers, ++in->nr_includers * sizeof(*in->includers));
		in->includers[n] = (struct include_edges){};
	}
	return n;
}

struct error *includes_read(struct create *c, const struct survey *s, struct includes **ret, char **fingerprint)
{
	struct includes *in = xrealloc(NULL, sizeof(*in));
	struct fingerprint f = FINGERPRINT_INIT;
	char hex[SHA256_HEX_SIZE];
	struct error *err = NULL;

	*in = (struct includes){.c = c, .s = s};
	*ret = in;
	fingerprint_add_text(&f, s->fingerprint);
	fingerprint_add_text(&f, c->kernel.cc_version);
	include_roots(in);
	/* The list grows while it is gone through. */
	for (size_t i = 0; !err && i < in->files.names.n; i++)
		err = include_scan_file(in, i, &f);
	err = err ?: include_follow_definitions(in);
	include_take_computed(in);
	err = err ?: fingerprint_finish(&f, hex);
	if (!err)
		*fingerprint = xstrdup(hex);
	str_free(&f.text);
	return err;
}

void includes_free(struct includes *in)
{
	if (!in)
		return;
	for (size_t i = 0; i < in->nr_includers; i++)
		free(in->includers[i].v);
	for (size_t i = 0; in->always && i < in->s->flag_sets.names.n; i++)
		free(in->always[i].v);
	for (size_t i = 0; i < in->nr_found; i++)
		free(in->found[i].v);
	for (size_t i = 0; i < in->nr_ways; i++)
		free(in->ways[i].dir);
	free(in->ways);
	computed_includes_free(&in->computed);
	free(in->always);
	free(in->includers);
	free(in->sources);
	free(in->there);
	strmap_free(&in->files);
	free(in->found);
	strmap_free(&in->searched);
	strmap_free(&in->asked);
	for (size_t i = 0; i < in->nr_listings; i++)
		strmap_free(&in->listings[i].names);
	free(in->listings);
	strmap_free(&in->listed);
	strv_free(&in->dirs);
	strv_free(&in->early);
	strv_free(&in->late);
	free(in);
}

/* Who includes @n, and who includes these, ... */
static void spread(const struct includes *in, size_t n, bool *seen)
{
	_cleanup_free_ size_t *todo = xrealloc(NULL, (in->nr_includers + 1) * sizeof(*todo));
	size_t nr = 0;

	todo[nr++] = n;
	seen[n] = true;
	while (nr) {
		const struct include_edges *e = &in->includers[todo[--nr]];

		for (size_t i = 0; i < e->n; i++) {
			if (seen[e->v[i]])
				continue;
			seen[e->v[i]] = true;
			todo[nr++] = e->v[i];
		}
	}
}

void includes_reached(const struct includes *in, const char *file, bool *reached)
{
	_cleanup_free_ bool *seen = calloc(in->nr_includers + 1, sizeof(*seen));
	size_t n = strmap_find(&in->files, file);

	if (n != STRMAP_NONE)
		spread(in, n, seen);
	for (size_t i = 0; i < in->s->units.names.n; i++) {
		const struct include_edges *e = &in->always[in->s->flags[i]];

		reached[i] = in->sources[i] == STRMAP_NONE || seen[in->sources[i]];
		for (size_t k = 0; k < e->n; k++)
			reached[i] |= seen[e->v[k]];
	}
}

bool includes_source(const struct includes *in, size_t unit, const char **source)
{
	if (in->sources[unit] == STRMAP_NONE)
		return false;
	*source = in->files.names.v[in->sources[unit]];
	return true;
}

size_t includes_nr_files(const struct includes *in)
{
	return in->files.names.n;
}

struct error *includes_text(const struct includes *in, size_t n, char **ret)
{
	_cleanup_free_ char *path = include_path(in->c, in->files.names.v[n]);

	*ret = NULL;
	return path_exists(path) ? file_read(path, TEXT_MAX, ret, NULL) : NULL;
}

void includes_ways_up(const struct includes *in, struct strv *ret)
{
	_cleanup_free_ bool *seen = calloc(in->nr_includers + 1, sizeof(*seen));

	for (size_t i = 0; i < in->c->patches.files.n; i++) {
		size_t n = strmap_find(&in->files, in->c->patches.files.v[i]);

		if (n != STRMAP_NONE)
			spread(in, n, seen);
	}
	for (size_t i = 0; i < in->nr_ways; i++)
		if (seen[in->ways[i].to])
			strv_add_new(ret, in->ways[i].dir);
}
