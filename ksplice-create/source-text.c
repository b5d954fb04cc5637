// SPDX-License-Identifier: GPL-2.0-or-later
/* Finds the files that line tables name, and keeps them cut into lines. */
#include "ksplice-create/source-text.h"

#include <string.h>

#include "ksplice-create/depend.h"
#include "ksplice-create/strmap.h"
#include "ksplice-create/tree.h"

struct source_text {
	const struct create *c;
	struct strmap paths;
	struct strv *lines;	/* by the path's number */
};

struct source_text *source_text_create(const struct create *c)
{
	struct source_text *t = xrealloc(NULL, sizeof(*t));

	*t = (struct source_text){.c = c, .paths = STRMAP_INIT};
	return t;
}

void source_text_destroy(struct source_text *t)
{
	if (!t)
		return;
	for (size_t i = 0; i < t->paths.names.n; i++)
		strv_free(&t->lines[i]);
	strmap_free(&t->paths);
	free(t->lines);
	free(t);
}

const char *source_text_name(const struct source_text *t, const char *path)
{
	const char *const roots[] = {t->c->ws.view, t->c->ws.build};

	for (size_t i = 0; i < ARRAY_SIZE(roots); i++)
		if (starts_with(path, roots[i]) && path[strlen(roots[i])] == '/')
			return path + strlen(roots[i]) + 1;
	return starts_with(path, "./") ? path + 2 : path;
}

/* Where the file is now; owned by the caller. */
static char *locate(const struct source_text *t, const char *path, bool patched)
{
	const char *name = source_text_name(t, path);

	if (patched && strv_has(&t->c->patches.files, name))
		return xasprintf("%s/%s", t->c->ws.stage, name);
	return depend_locate(t->c, path);
}

/* A file that cannot be read has no lines: what is missing is a help, and nothing depends on it. */
static void read_lines(const char *path, struct strv *ret)
{
	_cleanup_free_ char *text = NULL;
	struct error *err = file_read(path, TEXT_MAX, &text, NULL);

	for (char *p = text, *next; !err && p && *p; p = next) {
		char *end = p + strcspn(p, "\n");

		next = *end ? end + 1 : end;
		p += strspn(p, " \t");
		while (end > p && strchr(" \t\r", end[-1]))
			end--;
		strv_addf(ret, "%.*s", (int)(end - p), p);
	}
	error_free(err);
}

const char *source_text_line(struct source_text *t, const char *path, int line, bool patched)
{
	_cleanup_free_ char *file = locate(t, path, patched);
	size_t known = t->paths.names.n, i = strmap_add(&t->paths, file);

	if (i == known) {
		t->lines = xrealloc(t->lines, (i + 1) * sizeof(*t->lines));
		t->lines[i] = (struct strv)STRV_INIT;
		read_lines(file, &t->lines[i]);
	}
	return line > 0 && (size_t)line <= t->lines[i].n ? t->lines[i].v[line - 1] : NULL;
}
