// SPDX-License-Identifier: GPL-2.0-or-later
/* Reads #include lines, and finds by them who includes what. */
#include "ksplice-create/includes.h"

#include <string.h>

#include "ksplice-create/computed-includes.h"
#include "ksplice-create/depend.h"
#include "ksplice-create/directives.h"
#include "ksplice-create/strmap.h"
#include "ksplice-create/tree.h"

struct include_edges {
	size_t *v;
	size_t n;
};

/* From a file in directory @dir, "../" leads to file @to. */
struct include_way_up {
	char *dir;
	size_t to;
};

/* What is in a directory. */
struct include_listing {
	struct strmap names;
	bool known;
};

/*
 * Files are called as kbuild's output directory sees them: "./include/generated/autoconf.h" lies there, "include/linux/fs.h"
 * in the tree.
 */
struct includes {
	struct create *c;
	const struct survey *s;
	struct strmap files;
	struct include_edges *includers;	/* by number of the file: who includes it */
	size_t nr_includers;
	struct strv dirs;		/* where all units look for <x.h>, in this order */
	struct strv early;		/* where some units look before that */
	struct strv late;		/* and where some look after that */
	struct strmap searched;		/* names that were looked for in the directories of all units ... */
	struct include_edges *found;		/* ... by number: which files they are */
	size_t nr_found;
	struct strmap asked;		/* files that were looked for ... */
	bool *there;			/* ... by number */
	size_t nr_there;
	struct strmap listed;		/* directories that were searched ... */
	struct include_listing *listings;	/* ... by number */
	size_t nr_listings;
	size_t *sources;		/* by number of the unit: its file, or STRMAP_NONE */
	struct include_way_up *ways;
	size_t nr_ways;
	struct computed_includes computed;
	struct include_edges *always;		/* by number of the set of flags: files included by -include */
};

static void include_edge_add(struct include_edges *e, size_t to)
{
	e->v = xrealloc(e->v, (e->n + 1) * sizeof(*e->v));
	e->v[e->n++] = to;
}

static char *include_path(const struct create *c, const char *file)
{
	if (starts_with(file, "./"))
		return xasprintf("%s/%s", c->ws.build, file + 2);
	return xasprintf("%s/%s", c->kernel.source, file);
}

static bool include_is_there(struct includes *in, const char *file)
{
	size_t n = strmap_add(&in->asked, file);

	if (n == in->nr_there) {
		_cleanup_free_ char *path = include_path(in->c, file);

		in->there = xrealloc(in->there, ++in->nr_there * sizeof(*in->there));
		in->there[n] = strv_has(&in->c->patches.files, file) || (path_exists(path) && !path_is_dir(path));
	}
	return in->there[n];
}

/* @name as seen from @dir ("" for the tree), without "." and ".."; NULL if it leaves the tree. Owned by the caller. */
static char *include_join(const char *dir, const char *name)
{
	bool build = starts_with(dir, "./") || !strcmp(dir, ".") || (!*dir && starts_with(name, "./"));
	_cleanup_free_ char *full = xasprintf("%s/%s", dir, name);
	char *out = xstrdup(build ? "./" : "");
	size_t base = strlen(out), len = base;

	for (const char *p = full; *p;) {
		size_t n = strcspn(p, "/");

		if (n == 2 && !strncmp(p, "..", 2)) {
			if (len == base) {
				free(out);
				return NULL;
			}
			while (len > base && out[--len] != '/')
				;
		} else if (n && !(n == 1 && *p == '.')) {
			out = xrealloc(out, len + n + 2);
			if (len > base)
				out[len++] = '/';
			memcpy(out + len, p, n);
			len += n;
		}
		p += n + (p[n] == '/');
	}
	out[len] = 0;
	return out;
}

static char *include_dir_of(const char *file)
{
	const char *slash = strrchr(file, '/');

	return slash ? xstrndup(file, slash - file) : xstrdup("");
}

/* The number of a file. */
static size_t include_file_add(struct includes *in, const char *file)
{
	size_t n = strmap_add(&in->files, file);

	if (n == in->nr_includers) {
		in->includers = xrealloc(in->includers, ++in->nr_includers * sizeof(*in->includers));
		in->includers[n] = (struct include_edges){};
	}
	return n;
}

/* @dir/@name without what is behind the last "..". */
static void include_way_up_add(struct includes *in, const char *dir, const char *name, size_t to)
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

static bool include_add_if_there(struct includes *in, size_t from, const char *dir, const char *name)
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
static const struct include_edges *include_find(struct includes *in, const char *name)
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

/* kbuild makes some headers with the object, so they are not there to be read. */
static void add_made(struct includes *in, size_t from, const char *name)
{
	const char *stem = strrchr(name, '/') ? strrchr(name, '/') + 1 : name;

	/* Each that scripts/asn1_compiler.c makes includes this one. */
	if (ends_with(name, ".asn1.h"))
		include_add_if_there(in, from, "include/linux", "asn1_decoder.h");
	/*
	 * arch/x86/kvm/svm/vmenter.S: the numbers in kvm-asm-offsets.h are from kvm-asm-offsets.c.  When headers change them, they change
	 * structures whose objects live on, and layouts.h sees that.
	 */
	for (size_t i = 0; ends_with(stem, "-offsets.h") && i < in->c->patches.files.n; i++) {
		const char *file = in->c->patches.files.v[i], *base = strrchr(file, '/') ? strrchr(file, '/') + 1 : file;
		size_t len = strlen(stem) - 1;

		if (strlen(base) == len + 1 && !strncmp(base, stem, len) && base[len] == 'c')
			include_add_if_there(in, from, "", file);
	}
}

/*
 * As the compiler looks: beside the file, if quoted, then in the directories in their order.  Where units differ in them,
 * in all that any unit has.
 */
static void add_include(struct includes *in, size_t from, const char *name, bool quoted)
{
	_cleanup_free_ char *own = include_dir_of(in->files.names.v[from]);
	const struct include_edges *found;

	add_made(in, from, name);
	if (quoted && include_add_if_there(in, from, own, name))
		return;
	found = include_find(in, name);
	for (size_t i = 0; i < found->n; i++)
		include_edge_add(&in->includers[found->v[i]], from);
}

static void add_all_touched(struct includes *in, size_t from)
{
	for (size_t i = 0; i < in->c->patches.files.n; i++)
		include_add_if_there(in, from, "", in->c->patches.files.v[i]);
}

/* A name in quotes or angles at @p, else NULL. Owned by the caller. */
static char *quoted_name(const char *p)
{
	char end = *p == '<' ? '>' : '"';
	size_t n;

	if (*p != '<' && *p != '"')
		return NULL;
	n = strcspn(p + 1, end == '>' ? ">\n" : "\"\n");
	return n && p[n + 1] == end ? xstrndup(p + 1, n) : NULL;
}

/* "#define NAME <linux/drbd_genl.h>", or NAME as the "i915" of i915_trace.h without its directory and .h. */
static void take_define(struct includes *in, size_t from, const char *p)
{
	_cleanup_free_ char *macro = xstrndup(p, name_length(p)), *name = NULL, *body = NULL;
	size_t n;

	p += strlen(macro);
	p += strspn(p, " \t");
	name = quoted_name(p);
	if (name && strchr(name, '.'))
		add_include(in, from, name, *p == '"');
	n = strcspn(p, " \t\r\n(){}\"',;:+*&|<>=!?");
	if (!n)
		return;
	body = xstrndup(p, n);
	for (size_t i = 0; i < in->c->patches.files.n; i++) {
		const char *file = in->c->patches.files.v[i], *slash = strrchr(file, '/'), *last = strrchr(body, '/');
		const char *base = slash ? slash + 1 : file, *stem = last ? last + 1 : body;
		size_t len = strcspn(base, ".");

		if (len && !strncmp(base, stem, len) && (!stem[len] || stem[len] == '.') && include_is_there(in, file))
			computed_includes_possible(&in->computed, from, macro, include_file_add(in, file));
	}
}

/* Also where a condition leaves it out. */
static void scan(struct includes *in, size_t from, const char *text)
{
	const char *p = text;
	struct directive d;

	while (directive_next(text, &p, &d)) {
		_cleanup_free_ char *name = NULL;

		if (directive_is(&d, "define"))
			take_define(in, from, d.rest);
		if (!directive_is(&d, "include") && !directive_is(&d, "include_next") && !directive_is(&d, "import"))
			continue;
		name = quoted_name(d.rest);
		if (name)
			add_include(in, from, name, *d.rest == '"');
		else if (!computed_includes_line(&in->computed, d.rest))
			add_all_touched(in, from);
	}
}

/* A file as it is, and as the diff makes it; NULL where it is not there. */
static struct error *read_both(const struct includes *in, const char *file, char **text, char **patched)
{
	_cleanup_free_ char *path = include_path(in->c, file), *staged = xasprintf("%s/%s", in->c->ws.stage, file);
	struct error *err = NULL;

	if (path_exists(path))
		err = file_read(path, TEXT_MAX, text, NULL);
	if (!err && strv_has(&in->c->patches.files, file) && path_exists(staged))
		err = file_read(staged, TEXT_MAX, patched, NULL);
	return err;
}

static struct error *include_scan_file(struct includes *in, size_t n, struct fingerprint *f)
{
	_cleanup_free_ char *file = xstrdup(in->files.names.v[n]), *path = include_path(in->c, file), *text = NULL, *patched = NULL;
	struct error *err;

	/* What is generated comes and goes, and kbuild_prepare() has its own fingerprint. */
	if (!starts_with(file, "./"))
		fingerprint_add(f, path);
	err = read_both(in, file, &text, &patched);
	if (!err && text)
		scan(in, n, text);
	if (!err && patched)
		scan(in, n, patched);
	return err;
}

/* The words of definitions that name more definitions, until all is known: few diffs need it, and few rounds do. */
static struct error *include_follow_definitions(struct includes *in)
{
	size_t known = STRMAP_NONE;
	struct error *err = NULL;

	while (!err && computed_includes_open(&in->computed) && known != in->computed.words.names.n) {
		known = in->computed.words.names.n;
		for (size_t i = 0; !err && i < in->files.names.n; i++) {
			_cleanup_free_ char *text = NULL, *patched = NULL;

			err = read_both(in, in->files.names.v[i], &text, &patched);
			if (!err && text)
				computed_includes_bodies(&in->computed, text);
			if (!err && patched)
				computed_includes_bodies(&in->computed, patched);
		}
	}
	return err;
}

static void include_take_computed(struct includes *in)
{
	for (size_t i = 0; i < in->computed.nr; i++) {
		const struct possible_include *p = &in->computed.possible[i];

		if (computed_includes_has(&in->computed, p->name))
			include_edge_add(&in->includers[p->to], p->from);
	}
}

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

static void include_roots(struct includes *in)
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
