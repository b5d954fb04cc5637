// SPDX-License-Identifier: GPL-2.0-or-later
/* What kbuild's .cmd files say an object was made from, and fingerprints of it. */
#include "ksplice-create/depend.h"

#include <string.h>
#include <sys/stat.h>

#include "common/sha256.h"
#include "ksplice-create/tree.h"

char *depend_cmd_path(const char *object)
{
	const char *slash = strrchr(object, '/');
	size_t dir = slash ? slash + 1 - object : 0;

	return xasprintf("%.*s.%s.cmd", (int)dir, object, object + dir);
}

static void add_source(const char *text, struct strv *ret)
{
	const char *p = strstr(text, "\nsource_");

	p = p ? strstr(p, ":= ") : NULL;
	if (p)
		strv_addf(ret, "%.*s", (int)strcspn(p + 3, " \n"), p + 3);
}

/*
 * "cmd_vclock_gettime-x32.o := objcopy ... vclock_gettime.o ...": made of what kbuild made before, which has its own.  What a compiler made (all
 * flags of kbuild's have -MMD) has a list, or was cut off.
 */
static bool is_made_of_objects(const char *text)
{
	if (!starts_with(text, "cmd_") && !starts_with(text, "savedcmd_"))
		return false;
	return ends_with(text, "\n") && !strstr(text, "\nsource_") && !strstr(text, "-MMD") && !strstr(text, "-MD");
}

/*
 * As scripts/basic/fixdep writes them, and scripts/kconfig its auto.conf.cmd:
 *
 *	source_fs/proc/cmdline.o := /home/me/linux/fs/proc/cmdline.c
 *
 *	deps_fs/proc/cmdline.o := \
 *	    $(wildcard include/config/SMP) \
 *	  /home/me/linux/include/linux/kconfig.h \
 *	...
 *	<empty line>
 */
struct error *depend_files(const char *cmd_path, struct strv *ret)
{
	_cleanup_free_ char *text = NULL;
	struct error *err = file_read(cmd_path, TEXT_MAX, &text, NULL);
	char *p, *save = NULL;

	if (err)
		return err;
	add_source(text, ret);
	p = starts_with(text, "deps_") ? text : strstr(text, "\ndeps_");
	p = p ? strstr(p, ":=") : NULL;
	if (!p && is_made_of_objects(text))
		return NULL;
	if (!p)
		return error_new(ERROR_BAD_FILE, "%s: no list of dependencies", cmd_path);
	for (p = strtok_r(p + 2, "\n", &save); p; p = strtok_r(NULL, "\n", &save)) {
		size_t start = strspn(p, " \t"), len = strcspn(p + start, " \t\\");
		bool last = !strchr(p, '\\');

		/* A rule: strtok_r() has passed over the empty line. */
		if (!start)
			break;
		if (len && p[start] != '$')
			strv_addf(ret, "%.*s", (int)len, p + start);
		if (last)
			break;
	}
	return NULL;
}

/* Is the path of @len bytes at @path, which may have "/..", that of @file below @root? */
static bool is_path(const char *path, size_t len, const char *root, const char *file)
{
	_cleanup_free_ char *out = xstrndup(path, len);
	size_t n = 0, top = strlen(root);

	for (const char *p = out; *p;) {
		size_t part = strcspn(p, "/");

		if (part == 2 && !strncmp(p, "..", 2))
			while (n && out[--n] != '/')
				;
		else if (part && !(part == 1 && *p == '.')) {
			out[n++] = '/';
			memmove(out + n, p, part);
			n += part;
		}
		p += part + (p[part] == '/');
	}
	return n == top + 1 + strlen(file) && !strncmp(out, root, top) && out[top] == '/' && !strncmp(out + top + 1, file, n - top - 1);
}

bool depend_names(const struct create *c, const char *text, const char *file)
{
	const char *slash = strrchr(file, '/'), *base = slash ? slash + 1 : file;

	for (const char *p = strstr(text, base); p; p = strstr(p + 1, base)) {
		const char *start = p, *end = p + strlen(base);

		if (!strchr(" \t\n\\'\"", *end)) /* also at the end: NUL */
			continue;
		while (start > text && !strchr(" \t\n'\"", start[-1]))
			start--;
		if (*start == '/' && is_path(start, end - start, c->ws.view, file))
			return true;
	}
	return false;
}

struct error *depend_unpatched(const struct create *c, const char *cmd_path, char **ret)
{
	_cleanup_strv_ struct strv files = STRV_INIT;
	struct error *err = depend_files(cmd_path, &files);
	size_t root = strlen(c->kernel.source);

	*ret = NULL;
	for (size_t i = 0; !err && !*ret && i < files.n; i++) {
		_cleanup_free_ char *path = *files.v[i] == '/' ? realpath(files.v[i], NULL) : NULL;

		if (path && starts_with(path, c->kernel.source) && path[root] == '/' && strv_has(&c->patches.files, path + root + 1))
			*ret = xstrdup(path + root + 1);
	}
	return err;
}

char *depend_locate(const struct create *c, const char *name)
{
	size_t view = strlen(c->ws.view);
	char *path;

	if (starts_with(name, c->ws.view) && name[view] == '/')
		return xasprintf("%s%s", c->kernel.source, name + view);
	if (*name == '/')
		return xstrdup(name);
	path = xasprintf("%s/%s", c->ws.build, name);
	if (path_exists(path))
		return path;
	free(path);
	return xasprintf("%s/%s", c->kernel.source, name);
}

void fingerprint_add(struct fingerprint *f, const char *path)
{
	struct stat st;

	if (stat(path, &st))
		str_addf(&f->text, "%s absent\n", path);
	else
		str_addf(&f->text, "%s %lld %lld.%09ld\n", path, (long long)st.st_size,
			 (long long)st.st_mtim.tv_sec, st.st_mtim.tv_nsec);
}

void fingerprint_add_text(struct fingerprint *f, const char *text)
{
	str_addf(&f->text, "%s\n", text);
}

struct error *fingerprint_add_cmd(struct fingerprint *f, const struct create *c, const char *cmd_path)
{
	_cleanup_strv_ struct strv files = STRV_INIT;
	_cleanup_free_ char *text = NULL;
	struct error *err = file_read(cmd_path, TEXT_MAX, &text, NULL);

	err = err ?: depend_files(cmd_path, &files);
	if (err)
		return err;
	fingerprint_add_text(f, text);
	for (size_t i = 0; i < files.n; i++) {
		_cleanup_free_ char *path = depend_locate(c, files.v[i]);

		fingerprint_add(f, path);
	}
	return NULL;
}

struct error *fingerprint_finish(struct fingerprint *f, char hex[SHA256_HEX_SIZE])
{
	struct error *err = sha256_hex(f->text.s ?: "", f->text.len, hex);

	str_free(&f->text);
	return err;
}

struct error *fingerprint_check(struct fingerprint *f, const char *path, bool *same)
{
	_cleanup_free_ char *old = NULL;
	char hex[SHA256_HEX_SIZE];
	struct error *err = fingerprint_finish(f, hex);

	*same = false;
	if (err || !path_exists(path))
		return err;
	err = file_read(path, 4096, &old, NULL);
	*same = !err && !strcmp(old, hex);
	return err;
}

struct error *fingerprint_save(struct fingerprint *f, const char *path)
{
	char hex[SHA256_HEX_SIZE];
	struct error *err = fingerprint_finish(f, hex);

	return err ?: tree_write(path, hex, strlen(hex));
}
