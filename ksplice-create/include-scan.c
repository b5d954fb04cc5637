// SPDX-License-Identifier: GPL-2.0-or-later
/* Reads the #include lines of files, and what may be meant by those that name a macro. */
#include "ksplice-create/include-graph.h"

#include <string.h>

#include "ksplice-create/directives.h"
#include "ksplice-create/tree.h"

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

struct error *include_scan_file(struct includes *in, size_t n, struct fingerprint *f)
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
struct error *include_follow_definitions(struct includes *in)
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

void include_take_computed(struct includes *in)
{
	for (size_t i = 0; i < in->computed.nr; i++) {
		const struct possible_include *p = &in->computed.possible[i];

		if (computed_includes_has(&in->computed, p->name))
			include_edge_add(&in->includers[p->to], p->from);
	}
}
