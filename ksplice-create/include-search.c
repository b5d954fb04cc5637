// SPDX-License-Identifier: GPL-2.0-or-later
/* Looks for files as the compiler would, wherever any unit does. */
#include "ksplice-create/include-graph.h"

#include <string.h>

#include "ksplice-create/tree.h"

bool include_is_there(struct includes *in, const char *file)
{
	size_t n = strmap_add(&in->asked, file);

	if (n == in->nr_there) {
		_cleanup_free_ char *path = include_path(in->c, file);

		in->there = xrealloc(in->there, ++in->nr_there * sizeof(*in->there));
		in->there[n] = strv_has(&in->c->patches.files, file) || (path_exists(path) && !path_is_dir(path));
	}
	return in->there[n];
}

/* @dir/@name without what is behind the last "..". */
void include_way_up_add(struct includes *in, const char *dir, const char *name, size_t to)
{
	_cleanup_free_ char *full = xasprintf("%s/%s", dir, name);

	for (char *p = strstr(full, "/.."); p; p = strstr(p + 1, "/..")) {
		_cleanup_free_ char *before = xstrndup(full, p - full), *plain = include_join("", before);

		if (!plain || starts_with(before, "."))
			continue;
		in->ways = xrealloc(in->ways, (in->nr_ways + 1) * sizeof(*in->ways));
		in->ways[in->nr_ways++] = (struct include_way_up){.dir = xstrdup(plain), .to = to};
	}
}

/* The file @name in @dir; STRMAP_NONE: there is none. */
static size_t look_in(struct includes *in, const char *dir, const char *name)
{
	_cleanup_free_ char *file = include_join(dir, name);
	size_t to;

	if (!file || !include_is_there(in, file))
		return STRMAP_NONE;
	to = include_file_add(in, file);
	if (starts_with(name, "../") || strstr(name, "/../") || strstr(dir, "/.."))
		include_way_up_add(in, dir, name, to);
	return to;
}

bool include_add_if_there(struct includes *in, size_t from, const char *dir, const char *name)
{
	size_t to = look_in(in, dir, name);

	if (to != STRMAP_NONE)
		include_edge_add(&in->includers[to], from);
	return to != STRMAP_NONE;
}

/* Of the tree or the output directory, and what the diff brings. */
static struct include_listing list_dir(const struct includes *in, const char *dir)
{
	_cleanup_free_ char *path = include_path(in->c, dir), *prefix = xasprintf("%s%s", dir, *dir && !ends_with(dir, "/") ? "/" : "");
	_cleanup_strv_ struct strv names = STRV_INIT;
	struct include_listing list = {};
	struct error *err = path_is_dir(path) ? tree_list(path, &names) : NULL;

	list.known = !err;
	error_free(err);
	for (size_t i = 0; i < names.n; i++)
		strmap_add(&list.names, names.v[i]);
	for (size_t i = 0; i < in->c->patches.files.n; i++) {
		const char *file = in->c->patches.files.v[i];
		_cleanup_free_ char *name = NULL;

		if (!starts_with(file, prefix))
			continue;
		file += strlen(prefix);
		name = xstrndup(file, strcspn(file, "/"));
		strmap_add(&list.names, name);
	}
	return list;
}

/* Can @dir have @name?  Else 300000 files would be looked for that are not there: two thirds of the time. */
static bool may_have(struct includes *in, const char *dir, const char *name)
{
	_cleanup_free_ char *first = xstrndup(name, strcspn(name, "/"));
	struct include_listing *list;
	size_t n;

	if (*first == '.' || !*first || !strcmp(dir, ".") || strstr(dir, ".."))
		return true;
	n = strmap_add(&in->listed, dir);
	if (n == in->nr_listings) {
		in->listings = xrealloc(in->listings, ++in->nr_listings * sizeof(*in->listings));
		in->listings[n] = list_dir(in, dir);
	}
	list = &in->listings[n];
	return !list->known || strmap_find(&list->names, first) != STRMAP_NONE;
}

/* Those of @dirs that have it; or the first alone. */
static void search(struct includes *in, const struct strv *dirs, const char *name, bool first, struct include_edges *ret)
{
	size_t before = ret->n;

	for (size_t i = 0; i < dirs->n && !(first && ret->n > before); i++) {
		size_t to = may_have(in, dirs->v[i], name) ? look_in(in, dirs->v[i], name) : STRMAP_NONE;

		if (to != STRMAP_NONE)
			include_edge_add(ret, to);
	}
}

/* What <@name> may be, whoever includes it.  Most names are in hundreds of files, and looked for in hundreds of directories. */
const struct include_edges *include_find(struct includes *in, const char *name)
{
	size_t n = strmap_add(&in->searched, name), before;
	struct include_edges e = {};

	if (n < in->nr_found)
		return &in->found[n];
	search(in, &in->early, name, false, &e);
	before = e.n;
	search(in, &in->dirs, name, true, &e);
	if (e.n == before)
		search(in, &in->late, name, false, &e);
	in->found = xrealloc(in->found, ++in->nr_found * sizeof(*in->found));
	in->found[n] = e;
	return &in->found[n];
}
