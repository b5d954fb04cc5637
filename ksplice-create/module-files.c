// SPDX-License-Identifier: GPL-2.0-or-later
#include "ksplice-create/module-files.h"

#include <string.h>

#include "common/subprocess.h"
#include "ksplice-create/tree.h"

/* How modules are compressed (CONFIG_MODULE_COMPRESS_*), and what uncompresses them in place. */
static const struct {
	const char *suffix, *program;
} forms[] = {
	{".ko", NULL},
	{".ko.xz", "xz"},
	{".ko.zst", "zstd"},
	{".ko.gz", "gzip"},
};

struct error *module_files_open(const char *dir, const char *scratch, struct module_files *ret)
{
	*ret = (struct module_files){ .dir = xstrdup(dir), .scratch = xstrdup(scratch) };
	return tree_files(dir, &ret->paths);
}

void module_files_close(struct module_files *f)
{
	free(f->dir);
	free(f->scratch);
	strv_free(&f->paths);
	*f = (struct module_files){};
}

/* Whether the file at @path is module @name; the modules' files may have "-" where their names have "_". */
static bool is_module(const char *path, const char *name, size_t form)
{
	const char *base = strrchr(path, '/') ? strrchr(path, '/') + 1 : path;
	size_t len = strlen(name);

	for (size_t i = 0; i < len; i++)
		if ((base[i] == '-' ? '_' : base[i]) != (name[i] == '-' ? '_' : name[i]))
			return false;
	return !strcmp(base + len, forms[form].suffix);
}

/* Of a copy: the tools leave the file without the suffix, and remove the other. */
static struct error *uncompress(const struct module_files *f, const char *path, const char *name, size_t form, char **ret)
{
	_cleanup_free_ char *copy = xasprintf("%s/%s%s", f->scratch, name, forms[form].suffix);
	_cleanup_free_ char *plain = xasprintf("%s/%s.ko", f->scratch, name);
	const char *argv[] = {forms[form].program, "-d", "-q", "-f", copy, NULL};
	struct subprocess p = {.argv = argv};
	struct subprocess_result r;
	struct error *err = tree_copy(path, copy);

	err = err ?: subprocess_run(&p, &r);
	if (err)
		return err;
	if (r.status)
		err = error_new(ERROR_OTHER, "%s: %s cannot uncompress it: %s", path, forms[form].program, r.out);
	else
		*ret = xstrdup(plain);
	subprocess_result_free(&r);
	return err;
}

struct error *module_files_get(const struct module_files *f, const char *name, char **ret)
{
	*ret = NULL;
	for (size_t i = 0; i < f->paths.n; i++) {
		for (size_t form = 0; form < ARRAY_SIZE(forms); form++) {
			_cleanup_free_ char *path = NULL;

			if (!is_module(f->paths.v[i], name, form))
				continue;
			path = xasprintf("%s/%s", f->dir, f->paths.v[i]);
			if (forms[form].program)
				return uncompress(f, path, name, form, ret);
			*ret = xstrdup(path);
			return NULL;
		}
	}
	return NULL;
}
