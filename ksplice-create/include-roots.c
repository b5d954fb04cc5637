// SPDX-License-Identifier: GPL-2.0-or-later
/* Where reading begins: the units' sources, and what the compiler's flags name. */
#include "ksplice-create/include-graph.h"

#include <string.h>

/* Directory or file in a compiler's flag as we call it; NULL if it is neither in the tree nor in the output directory. */
static char *flag_path(const struct includes *in, const char *word)
{
	if (!strcmp(word, in->c->ws.view))
		return xstrdup("");
	if (*word == '/')
		return NULL;
	if (strstr(word, "/..") && !starts_with(word, "./"))
		return xstrdup(word);
	return include_join(starts_with(word, "./") ? "." : "", starts_with(word, "./") ? word + 2 : word);
}

/*
 * The directories of -I and files of -include in @flags.  Returns how many of the directories are before the "@", which
 * stands for what is common to all; SIZE_MAX without one.
 */
static size_t parse_flags(struct includes *in, const char *flags, struct strv *dirs, struct strv *files)
{
	_cleanup_free_ char *copy = xstrdup(flags);
	struct strv *next = NULL;
	size_t before = SIZE_MAX;
	char *save = NULL;

	for (char *w = strtok_r(copy, " ", &save); w; w = strtok_r(NULL, " ", &save)) {
		_cleanup_free_ char *path = NULL;
		struct strv *to = next;

		next = NULL;
		if (!strcmp(w, "@"))
			before = dirs->n;
		else if (!strcmp(w, "-I") || !strcmp(w, "-iquote") || !strcmp(w, "-isystem") || !strcmp(w, "-idirafter")) {
			next = dirs;
		} else if (!strcmp(w, "-include") || !strcmp(w, "-imacros")) {
			next = files;
		} else if (to || starts_with(w, "-I")) {
			path = flag_path(in, to ? w : w + 2);
			if (path)
				strv_add_new(to ?: dirs, path);
		}
	}
	return before;
}

/* The file that unit @n is made from; STRMAP_NONE when kbuild makes it, or it has another name. */
static size_t find_source(struct includes *in, size_t n)
{
	const char *unit = in->s->units.names.v[n];
	static const char *const suffixes[] = {"c", "S"};

	for (size_t i = 0; i < ARRAY_SIZE(suffixes); i++) {
		_cleanup_free_ char *name = xasprintf("%.*s%s", (int)strlen(unit) - 1, unit, suffixes[i]), *file = include_join("", name);
		size_t to;

		if (!file || !include_is_there(in, file))
			continue;
		to = include_file_add(in, file);
		/* usbcore-y += ../misc/onboard_usb_hub_pdevs.o */
		include_way_up_add(in, "", name, to);
		return to;
	}
	return STRMAP_NONE;
}

void include_roots(struct includes *in)
{
	const struct survey *s = in->s;
	_cleanup_strv_ struct strv common_files = STRV_INIT;

	parse_flags(in, s->common, &in->dirs, &common_files);
	in->always = xrealloc(NULL, (s->flag_sets.names.n + 1) * sizeof(*in->always));
	for (size_t i = 0; i < s->flag_sets.names.n; i++) {
		_cleanup_strv_ struct strv dirs = STRV_INIT, files = STRV_INIT;
		size_t before = parse_flags(in, s->flag_sets.names.v[i], &dirs, &files);

		in->always[i] = (struct include_edges){};
		for (size_t k = 0; k < dirs.n; k++)
			strv_add_new(k < before ? &in->early : &in->late, dirs.v[k]);
		for (size_t k = 0; k < files.n; k++)
			if (include_is_there(in, files.v[k]))
				include_edge_add(&in->always[i], include_file_add(in, files.v[k]));
		for (size_t k = 0; before != SIZE_MAX && k < common_files.n; k++)
			if (include_is_there(in, common_files.v[k]))
				include_edge_add(&in->always[i], include_file_add(in, common_files.v[k]));
	}
	in->sources = xrealloc(NULL, (s->units.names.n + 1) * sizeof(*in->sources));
	for (size_t i = 0; i < s->units.names.n; i++)
		in->sources[i] = find_source(in, i);
}
