// SPDX-License-Identifier: GPL-2.0-or-later
/* Reads the diffs, and applies them to copies of the files that they touch. */
#include "ksplice-create/patchset.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "common/subprocess.h"
#include "ksplice-create/hunk-places.h"
#include "ksplice-create/report.h"
#include "ksplice-create/tree.h"

static const char *next_line(const char *p)
{
	p += strcspn(p, "\n");
	return *p ? p + 1 : p;
}

/* "-12,7" or "-12": moves behind it and gives the number of lines. */
static bool parse_range(const char **p, char sign, unsigned long *count)
{
	char *end;

	if (**p != sign || !isdigit((unsigned char)(*p)[1]))
		return false;
	strtoul(*p + 1, &end, 10);
	*count = 1;
	if (*end == ',')
		*count = strtoul(end + 1, &end, 10);
	*p = end;
	return true;
}

/*
 * Behind the hunk that begins at @p; NULL if it is none or is cut off.  Lines are counted as the hunk's head says, for
 * "--- x" in a hunk is a removed line "-- x" and no file name.
 */
static const char *skip_hunk(const char *p)
{
	const char *head = p + 3;
	unsigned long old, new;

	if (!starts_with(p, "@@ ") || !parse_range(&head, '-', &old) || *head++ != ' ' ||
	    !parse_range(&head, '+', &new))
		return NULL;
	for (p = next_line(p); old || new || *p == '\\'; p = next_line(p)) {
		if (!*p)
			return NULL;
		if (*p == '\\') /* "\ No newline at end of file" */
			continue;
		/* Mailers strip the blank of an empty context line. */
		if (*p != ' ' && *p != '-' && *p != '+' && *p != '\n')
			return NULL;
		if (*p != '+' && !old--)
			return NULL;
		if (*p != '-' && !new--)
			return NULL;
	}
	return p;
}

static bool name_is_safe(const char *name)
{
	while (*name) {
		size_t len = strcspn(name, "/");

		if (!len || (len == 1 && *name == '.') || (len == 2 && !strncmp(name, "..", 2)))
			return false;
		name += len;
		if (*name && !*++name)
			return false;
	}
	return true;
}

/* As patch(1) does: removes the shortest prefix with @strip slashes, several in a row being one. */
static const char *strip_name(const char *name, int strip)
{
	while (strip-- > 0) {
		name = strchr(name, '/');
		if (!name)
			return NULL;
		name += strspn(name, "/");
	}
	return *name ? name : NULL;
}

/* @line: what follows "--- " or "+++ ". */
static struct error *add_name(const char *line, const char *diff, int strip, struct strv *ret)
{
	_cleanup_free_ char *full = xstrndup(line, strcspn(line, "\t\r\n"));
	const char *name;

	if (starts_with(full, "/dev/null")) {
		strv_add(ret, "/dev/null");
		return NULL;
	}
	/* "--- a/x.c 2020-01-01 ..." of a diff whose tabs got lost. */
	full[strcspn(full, " ")] = 0;
	if (*full == '"')
		return error_new(ERROR_OTHER, "%s: quoted file name %s: no such file can be in a kernel", diff, full);
	name = strip_name(full, strip);
	if (!name)
		return error_new(ERROR_OTHER, "%s: file name %s has fewer than %d directories to strip: give another -p by "
				 "--patch-opt=-pN", diff, full, strip);
	if (!name_is_safe(name))
		return error_new(ERROR_OTHER, "%s: file name %s points out of the kernel source", diff, full);
	strv_add(ret, name);
	return NULL;
}

/*
 * git's lines about a file that is more than changed lines.  What cannot be in a kernel's source is refused; renamed, copied and
 * empty files have no "---" and "+++" that name them all, so these lines do.
 */
static struct error *extended_line(const char *line, const char *diff, int strip, struct strv *ret, struct str *from)
{
	static const char *const refused[] = {"GIT binary patch", "Binary files "};
	static const char *const modes[] = {"new file mode ", "old mode ", "new mode ", "deleted file mode "};
	static const char *const froms[] = {"rename from ", "copy from "}, *const tos[] = {"rename to ", "copy to "};
	size_t len = strcspn(line, "\r\n");
	struct error *err;

	for (size_t i = 0; i < ARRAY_SIZE(refused); i++)
		if (starts_with(line, refused[i]))
			return error_new(ERROR_REFUSED, "%s: binary files are not supported: %.*s", diff, (int)len, line);
	for (size_t i = 0; i < ARRAY_SIZE(modes); i++)
		if (starts_with(line, modes[i]) && strncmp(line + strlen(modes[i]), "100", 3))
			return error_new(ERROR_REFUSED, "%s: symbolic links and modules of git are not supported: %.*s", diff, (int)len,
					 line);
	for (size_t i = 0; i < ARRAY_SIZE(froms); i++) {
		if (starts_with(line, froms[i])) {
			str_free(from);
			str_add(from, line + strlen(froms[i]), len - strlen(froms[i]));
		}
		if (!starts_with(line, tos[i]) || !from->len)
			continue;
		/* These names have no "a/" before them: patch(1) strips one directory less. */
		err = add_name(from->s, diff, strip ? strip - 1 : 0, ret);
		err = err ?: add_name(line + strlen(tos[i]), diff, strip ? strip - 1 : 0, ret);
		str_free(from);
		if (err)
			return err;
	}
	return NULL;
}

/* diff -N gives a file that is not there the time 0, in the local zone; the hunk has none of its lines (@range). */
static bool is_absent(const char *line, const char *hunk, const char *range)
{
	const char *tab = memchr(line, '\t', strcspn(line, "\n")), *at = strstr(hunk, range);

	return tab && (starts_with(tab, "\t1970-01-01 ") || starts_with(tab, "\t1969-12-31 ")) && at &&
	       at < hunk + strcspn(hunk, "\n");
}

static bool is_blank(const char *line)
{
	return line[strspn(line, " \t\r")] == '\n';
}

/*
 * Behind a hunk.  patch(1) passes over what does not begin with "@@" there, and over all up to the next file's name, in silence: lines that the
 * hunk's head does not count, and a second hunk behind a blank line.  "-- " begins git's signature, "--- " the next file.
 */
static bool has_more_lines(const char *p)
{
	while (is_blank(p))
		p = next_line(p);
	if (starts_with(p, "--- ") || (starts_with(p, "--") && (is_blank(p + 2) || !p[2])))
		return false;
	return *p && strchr(" +-", *p);
}

struct error *patchset_names(const char *text, const char *diff, int strip, struct strv *ret, struct strv *renames)
{
	_cleanup_str_ struct str from = STR_INIT;
	const char *p = text;

	while (*p) {
		const char *after = next_line(p);
		struct error *err = extended_line(p, diff, strip, renames, &from);

		if (err)
			return err;
		if (starts_with(p, "@@"))
			return error_new(ERROR_OTHER, "%s: the hunk '%.*s' stands neither behind another one nor behind '--- a/file', "
					 "'+++ b/file', so patch(1) would pass over it", diff, (int)strcspn(p, "\n"), p);
		if (!starts_with(p, "--- ") || !starts_with(after, "+++ ")) {
			p = after;
			continue;
		}
		err = add_name(is_absent(p, next_line(after), "@@ -0,0 ") ? "/dev/null" : p + 4, diff, strip, ret);
		err = err ?: add_name(is_absent(after, next_line(after), " +0,0 @@") ? "/dev/null" : after + 4, diff, strip, ret);
		if (err)
			return err;
		for (p = next_line(after); starts_with(p, "@@ ");) {
			const char *hunk = p;

			p = skip_hunk(p);
			if (!p)
				return error_new(ERROR_OTHER, "%s: malformed or cut off in the hunk '%.*s' of %s", diff,
						 (int)strcspn(hunk, "\n"), hunk, ret->v[ret->n - 1]);
			if (has_more_lines(p))
				return error_new(ERROR_OTHER, "%s: the hunk '%.*s' of %s has more lines than it says", diff,
						 (int)strcspn(hunk, "\n"), hunk, ret->v[ret->n - 1]);
		}
	}
	return NULL;
}

static bool in_source(const struct create *c, const char *name)
{
	_cleanup_free_ char *path = xasprintf("%s/%s", c->kernel.source, name);

	return path_exists(path);
}

/* The file that is meant, as patch(1) would choose.  Earlier diffs may have added or removed it. */
static struct error *choose(struct create *c, const char *diff, const char *old, const char *new)
{
	bool has_old = in_source(c, old) || strv_has(&c->patches.files, old);
	bool has_new = in_source(c, new) || strv_has(&c->patches.files, new);
	bool adds = !strcmp(old, "/dev/null"), removes = !strcmp(new, "/dev/null");

	if (adds && removes)
		return error_new(ERROR_BAD_FILE, "%s: from /dev/null to /dev/null", diff);
	if (adds && in_source(c, new) && !strv_has(&c->patches.files, new))
		return error_new(ERROR_OTHER, "%s: adds %s, which is in the kernel source already", diff, new);
	if (adds || removes) {
		if (removes && !has_old)
			return error_new(ERROR_OTHER, "%s: removes %s, which is not in the kernel source", diff, old);
		strv_add_new(&c->patches.files, adds ? new : old);
		return NULL;
	}
	if (!has_new && !has_old)
		return error_new(ERROR_OTHER, "%s: %s is not in the kernel source; is the diff for this version, and is "
				 "its -p right (--patch-opt=-pN)?", diff, new);
	if (strcmp(old, new) && strv_has(&c->patches.renamed, new)) {
		/* The changed lines of a file that the lines before said to be renamed or copied. */
		return NULL;
	}
	/* patch(1) has rules of its own which of the two it takes. */
	if (strcmp(old, new) && has_new && has_old)
		return error_new(ERROR_OTHER, "%s: is it %s or %s? Both are there; let the diff name one", diff, old, new);
	strv_add_new(&c->patches.files, has_new ? new : old);
	return NULL;
}

/* A file that git calls renamed or copied. */
static struct error *choose_renamed(struct create *c, const char *diff, const char *old, const char *new)
{
	if (!in_source(c, old) && !strv_has(&c->patches.files, old))
		return error_new(ERROR_OTHER, "%s: renames or copies %s, which is not in the kernel source", diff, old);
	if (in_source(c, new))
		return error_new(ERROR_OTHER, "%s: renames or copies %s to %s, which is there already", diff, old, new);
	strv_add_new(&c->patches.files, old);
	strv_add_new(&c->patches.files, new);
	strv_add(&c->patches.renamed, old);
	strv_add(&c->patches.renamed, new);
	return NULL;
}

/* A symlink on the way could lead out of the tree, or give one file two names. What the diff adds may not be there. */
static struct error *check_no_links(const struct create *c, const char *name)
{
	_cleanup_free_ char *path = xasprintf("%s/%s", c->kernel.source, name);
	size_t root = strlen(c->kernel.source) + 1;
	struct stat st;

	for (char *p = path + root;; p++) {
		char end = *p;

		if (end && end != '/')
			continue;
		*p = 0;
		if (lstat(path, &st) && errno == ENOENT)
			return NULL;
		if (lstat(path, &st))
			return error_errno(errno, "%s", path);
		if (end ? !S_ISDIR(st.st_mode) : !S_ISREG(st.st_mode))
			return error_new(ERROR_OTHER, "%s: %s is not a regular file and reached by directories only; give "
					 "its true name", name, path + root);
		*p = end;
		if (!end)
			return NULL;
	}
}

/* Other options would make patch(1) write elsewhere, ask questions or leave files behind. */
static struct error *check_patch_opt(const char *opt, int *strip)
{
	static const char *const plain[] = {"-l", "--ignore-whitespace", "-R", "--reverse", "--binary", "-u", "--unified"};
	const char *digits = starts_with(opt, "--strip=") ? opt + 8
			   : starts_with(opt, "--fuzz=") ? opt + 7
			   : starts_with(opt, "-p") || starts_with(opt, "-F") ? opt + 2 : NULL;

	for (size_t i = 0; i < ARRAY_SIZE(plain); i++)
		if (!strcmp(opt, plain[i]))
			return NULL;
	if (!digits || !*digits || digits[strspn(digits, "0123456789")] || strlen(digits) > 3)
		return error_new(ERROR_USAGE, "--patch-opt=%s: only -pN, -FN, -l, -R, -u, --binary and their long forms", opt);
	if (starts_with(opt, "-p") || starts_with(opt, "--strip"))
		*strip = atoi(digits);
	return NULL;
}

static struct error *read_diff(struct create *c, const char *diff, int strip)
{
	_cleanup_strv_ struct strv names = STRV_INIT, renames = STRV_INIT;
	_cleanup_free_ char *text = NULL;
	struct error *err;
	size_t size;

	err = file_read(diff, TEXT_MAX, &text, &size);
	if (err)
		return err;
	if (strlen(text) != size)
		return error_new(ERROR_BAD_FILE, "%s: has NUL bytes: not a diff", diff);
	str_add(&c->patches.text, text, size);
	err = patchset_names(text, diff, strip, &names, &renames);
	if (!err && !names.n && !renames.n)
		err = error_new(ERROR_BAD_FILE, "%s: no unified diff in it (lines '--- a/file', '+++ b/file', '@@ ...')",
				diff);
	for (size_t i = 0; !err && i < renames.n; i += 2)
		err = choose_renamed(c, diff, renames.v[i], renames.v[i + 1]);
	for (size_t i = 0; !err && i < names.n; i += 2)
		err = choose(c, diff, names.v[i], names.v[i + 1]);
	return err;
}

struct error *patchset_read(struct create *c)
{
	struct error *err = NULL;
	int strip = 1;

	for (size_t i = 0; !err && i < c->opt.patch_opts.n; i++)
		err = check_patch_opt(c->opt.patch_opts.v[i], &strip);
	for (size_t i = 0; !err && i < c->opt.patches.n; i++)
		err = read_diff(c, c->opt.patches.v[i], strip);
	strv_sort(&c->patches.files);
	for (size_t i = 0; !err && i < c->patches.files.n; i++)
		err = check_no_links(c, c->patches.files.v[i]);
	return err;
}

/* patch(1) says "Hunk #1 succeeded at 31 with fuzz 2.": the context was not quite what the diff's author saw. */
static void note_fuzz(struct create *c, const char *diff, const char *output)
{
	for (const char *p = output; *p; p = next_line(p)) {
		_cleanup_free_ char *line = xstrndup(p, strcspn(p, "\n"));

		if (starts_with(line, "Hunk ") && strstr(line, "with fuzz"))
			report_note(c, "%s: %s: see that it does what it is meant to", diff, line);
	}
}

static bool is_reversed(const struct create *c)
{
	return strv_has(&c->opt.patch_opts, "-R") || strv_has(&c->opt.patch_opts, "--reverse");
}

/* A hunk that went elsewhere than it says, and that fits at more than one place of the source. */
static struct error *note_places(struct create *c, const char *diff, const char *file, size_t nth, const char *line)
{
	_cleanup_free_ char *path = xasprintf("%s/%s", c->kernel.source, file), *hunks = NULL, *text = NULL;
	size_t number = hunk_moved(line), places = 0;
	struct error *err = number && path_exists(path) ? file_read(diff, TEXT_MAX, &hunks, NULL) : NULL;

	if (!err && hunks)
		err = file_read(path, TEXT_MAX, &text, NULL);
	if (!err && text)
		places = hunk_places(hunks, file, nth, number, is_reversed(c) ? '+' : '-', text);
	if (places > 1)
		report_note(c, "%s: %s: %.*s What it looks for is there %zu times: see that it is in the right function", diff, file,
			    (int)strcspn(line, "\n"), line, places);
	return err;
}

/* patch(1) says "patching file fs/open.c", or "patching file fs/open.c (renamed from fs/close.c)", before what it says of its hunks. */
static struct error *note_moved(struct create *c, const char *diff, const char *output)
{
	static const char start[] = "patching file ";
	_cleanup_free_ char *file = NULL;
	_cleanup_strv_ struct strv seen = STRV_INIT;
	struct error *err = NULL;
	size_t nth = 0;

	for (const char *p = output; *p && !err; p = next_line(p)) {
		if (starts_with(p, start)) {
			free(file);
			file = xstrndup(p + strlen(start), strcspn(p + strlen(start), " \n"));
			nth = 0;
			for (size_t i = 0; i < seen.n; i++)
				nth += !strcmp(seen.v[i], file);
			strv_add(&seen, file);
		} else if (file) {
			err = note_places(c, diff, file, nth, p);
		}
	}
	return err;
}

static struct error *run_patch(struct create *c, const char *diff)
{
	_cleanup_strv_ struct strv argv = STRV_INIT;
	struct subprocess p = {.dir = c->ws.stage, .input_path = diff};
	struct subprocess_result r;
	struct error *err;

	/* --force: never ask. */
	strv_add(&argv, "patch");
	/* What patchset_names() has read; else patch(1) guesses, and takes ed scripts and context diffs, too. */
	strv_add(&argv, "--unified");
	strv_add(&argv, "--force");
	strv_add(&argv, "--no-backup-if-mismatch");
	strv_add(&argv, "--reject-file=-");
	strv_add(&argv, "-p1");
	for (size_t i = 0; i < c->opt.patch_opts.n; i++)
		strv_add(&argv, c->opt.patch_opts.v[i]);
	p.argv = (const char *const *)argv.v;
	err = subprocess_run(&p, &r);
	if (err)
		return err;
	log_detail(&c->log, "%s", r.out);
	if (r.status)
		err = error_new(ERROR_OTHER, "%s does not apply to this source:\n%s", diff, r.out);
	else
		note_fuzz(c, diff, r.out);
	err = err ?: note_moved(c, diff, r.out);
	subprocess_result_free(&r);
	return err;
}

static struct error *same_content(const char *a, const char *b, bool *ret)
{
	_cleanup_free_ char *ta = NULL, *tb = NULL;
	size_t na, nb;
	struct error *err = file_read(a, TEXT_MAX, &ta, &na);

	err = err ?: file_read(b, TEXT_MAX, &tb, &nb);
	*ret = !err && na == nb && !memcmp(ta, tb, na);
	return err;
}

/* Is @name as it was, also where it was not and is not? */
static struct error *is_unchanged(struct create *c, const char *name, bool *ret)
{
	_cleanup_free_ char *staged = xasprintf("%s/%s", c->ws.stage, name);
	_cleanup_free_ char *source = xasprintf("%s/%s", c->kernel.source, name);
	bool was = path_exists(source);
	struct stat st;

	*ret = false;
	if (lstat(staged, &st)) {
		*ret = errno == ENOENT && !was;
		return errno == ENOENT ? NULL : error_errno(errno, "%s", staged);
	}
	if (!S_ISREG(st.st_mode))
		return error_new(ERROR_REFUSED, "%s: the diff makes it something else than a file; not supported", name);
	return was ? same_content(staged, source, ret) : NULL;
}

/* Checks what patch(1) left, and drops the files that are as they were. */
static struct error *check_stage(struct create *c)
{
	struct strv changed = STRV_INIT;
	struct error *err = NULL;

	for (size_t i = 0; !err && i < c->patches.files.n; i++) {
		bool same;

		err = is_unchanged(c, c->patches.files.v[i], &same);
		if (!err && !same)
			strv_add(&changed, c->patches.files.v[i]);
	}
	strv_free(&c->patches.files);
	c->patches.files = changed;
	if (!err && !changed.n)
		err = error_new(ERROR_NO_CHANGE, "the diff leaves all files as they were");
	return err;
}

/*
 * patch(1) finds a diff where we see none: indented as in a mail, or in context format.  Whatever it made there, the files
 * that it was given must be all that there are.
 */
static struct error *check_no_others(struct create *c, const char *dir)
{
	_cleanup_free_ char *path = xasprintf("%s%s", c->ws.stage, dir);
	_cleanup_strv_ struct strv names = STRV_INIT;
	struct error *err = tree_list(path, &names);

	for (size_t i = 0; !err && i < names.n; i++) {
		_cleanup_free_ char *name = xasprintf("%s/%s", dir, names.v[i]);
		_cleanup_free_ char *full = xasprintf("%s%s", c->ws.stage, name);
		struct stat st;

		if (!lstat(full, &st) && S_ISDIR(st.st_mode))
			err = check_no_others(c, name);
		else if (!strv_has(&c->patches.files, name + 1))
			err = error_new(ERROR_REFUSED, "the diff makes %s, though it has no lines '--- a/file', '+++ b/file' for "
					"it", name + 1);
	}
	return err;
}

struct error *patchset_apply(struct create *c)
{
	struct error *err = tree_empty(c->ws.stage);

	for (size_t i = 0; !err && i < c->patches.files.n; i++) {
		_cleanup_free_ char *from = xasprintf("%s/%s", c->kernel.source, c->patches.files.v[i]);
		_cleanup_free_ char *to = xasprintf("%s/%s", c->ws.stage, c->patches.files.v[i]);

		if (path_exists(from))
			err = tree_copy(from, to);
	}
	for (size_t i = 0; !err && i < c->opt.patches.n; i++)
		err = run_patch(c, c->opt.patches.v[i]);
	err = err ?: check_no_others(c, "");
	return err ?: check_stage(c);
}

void patchset_free(struct patchset *p)
{
	strv_free(&p->files);
	strv_free(&p->renamed);
	str_free(&p->text);
}
