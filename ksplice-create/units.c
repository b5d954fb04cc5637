// SPDX-License-Identifier: GPL-2.0-or-later
/* Finds the object files that the diff reaches, and compiles them without and with it. */
#include "ksplice-create/units.h"

#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

#include "ksplice-create/depend.h"
#include "ksplice-create/kbuild.h"
#include "ksplice-create/kconfig.h"
#include "ksplice-create/makefile.h"
#include "ksplice-create/precache.h"
#include "ksplice-create/report.h"
#include "ksplice-create/tree.h"
#include "ksplice-create/workspace.h"

static void add_unit(struct create *c, const char *name, const char *source)
{
	c->units = xrealloc(c->units, (c->nr_units + 1) * sizeof(*c->units));
	c->units[c->nr_units++] = (struct unit){
		.name = xstrdup(name),
		.source = xstrdup(source),
		.pre = xasprintf("%s/%s", c->ws.pre, name),
		.post = xasprintf("%s/%s", c->ws.post, name),
	};
}

void units_free(struct create *c)
{
	for (size_t i = 0; i < c->nr_units; i++) {
		struct unit *u = &c->units[i];

		free(u->name);
		free(u->source);
		free(u->target);
		free(u->pre);
		free(u->post);
		free(u->renumbered);
	}
	free(c->units);
	c->units = NULL;
	c->nr_units = 0;
}

static const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

/* Code that is not in the kernel while it runs, though it may come with it; the pattern is for fnmatch(3). */
static const struct {
	const char *pattern, *what;
} outside[] = {
	{"Documentation/*", "not a part of the kernel"},
	{"LICENSES/*", "not a part of the kernel"},
	{"samples/*", "not a part of the kernel"},
	{"scripts/*", "not a part of the kernel"},
	{"tools/*", "not a part of the kernel"},
	{"usr/*", "not a part of the kernel"},
	{"*.rst", "not a part of the kernel"},
	{"*.txt", "not a part of the kernel"},
	{"*.yaml", "not a part of the kernel"},
	{"MAINTAINERS", "not a part of the kernel"},
	{"CREDITS", "not a part of the kernel"},
	{"arch/*/boot/*", "runs before the kernel, and is gone then"},
	{"drivers/firmware/efi/libstub/*", "runs before the kernel, and is gone then"},
	{"arch/*/purgatory/*", "runs between two kernels"},
	{"arch/x86/realmode/rm/*", "runs before the kernel"},
	{"arch/x86/entry/vdso/v[cdg]*.c", "runs in processes: code of the vDSO cannot be spliced"},
	{"lib/vdso/*", "runs in processes: code of the vDSO cannot be spliced"},
};

static const char *is_outside(const char *file)
{
	for (size_t i = 0; i < ARRAY_SIZE(outside); i++)
		if (!fnmatch(outside[i].pattern, file, 0))
			return outside[i].what;
	return NULL;
}

/* What kind of file is refused, and why; the first that fits counts. */
static const struct {
	bool (*fits)(const char *s, const char *pattern);
	const char *pattern;
	const char *reason;
} unsupported[] = {
	{ends_with, ".h", "changes to headers are not supported yet: they reach units that are not known "
			  "without building them all; change the .c files that need it"},
	{ends_with, ".lds.S", "a running kernel cannot be linked anew"},
	{ends_with, ".S", "assembler code cannot be spliced"},
	{starts_with, "Makefile", "the makefiles must stay the kernel's own, or the code would not be"},
	{starts_with, "Kbuild", "the makefiles must stay the kernel's own, or the code would not be"},
	{starts_with, "Kconfig", "the configuration must stay the kernel's own, or the code would not be"},
	{ends_with, ".rs", "Rust code is not supported yet"},
	{ends_with, "", "not a C file, and not known to be without influence on object code"},
};

static struct error *check_kind(const char *file)
{
	for (size_t i = 0; i < ARRAY_SIZE(unsupported); i++)
		if (unsupported[i].fits(base_name(file), unsupported[i].pattern))
			return error_new(ERROR_REFUSED, "%s: %s", file, unsupported[i].reason);
	return NULL;
}

/* Why @unit is not built: the options, or that nothing mentions it. */
static struct error *why_not_built(struct create *c, const char *unit, struct str *ret)
{
	_cleanup_strv_ struct strv options = STRV_INIT;
	struct kconfig config;
	struct error *err = kconfig_parse(c->kernel.config_text, c->kernel.config, &config);

	err = err ?: makefile_options_off(c->kernel.source, unit, &config, &options);
	kconfig_free(&config);
	if (err)
		return err;
	for (size_t i = 0; i < options.n; i++)
		str_addf(ret, "%s%s", i ? " and " : "", options.v[i]);
	if (options.n)
		str_addf(ret, " would build it, and %s not set in %s", options.n > 1 ? "are" : "is", c->kernel.config);
	else
		str_addf(ret, "no option is known that would build it");
	return NULL;
}

/* A touched .c file that is no unit of this kernel: an error, or a line in @unbuilt. */
static struct error *add_unbuilt(struct create *c, const char *unit, const char *file, struct str *unbuilt)
{
	_cleanup_free_ char *dir = xstrndup(file, base_name(file) - file - 1);
	_cleanup_strv_ struct strv includers = STRV_INIT;
	struct error *err = makefile_includers(c->kernel.source, dir, base_name(file), &includers);

	if (err)
		return err;
	if (includers.n)
		return error_new(ERROR_REFUSED, "%s: is included by %s; changes to included files are not supported yet",
				 file, includers.v[0]);
	str_addf(unbuilt, "\n%s: not built: ", file);
	return why_not_built(c, unit, unbuilt);
}

/* A unit whose source also is a part of other units would be spliced in one place and not in the others. */
static struct error *check_not_included(struct create *c, const struct unit *u)
{
	_cleanup_free_ char *dir = xstrndup(u->source, base_name(u->source) - u->source - 1);
	_cleanup_strv_ struct strv includers = STRV_INIT;
	struct error *err = makefile_includers(c->kernel.source, dir, base_name(u->source), &includers);

	if (!err && includers.n)
		err = error_new(ERROR_REFUSED, "%s: is included by %s as well; changes to included files are not supported "
				"yet", u->source, includers.v[0]);
	return err;
}

static char *unit_name(const char *file)
{
	return xasprintf("%.*s.o", (int)strlen(file) - 2, file);
}

/* The touched .c files, as units whether built or not. */
static struct error *candidates(struct create *c, struct strv *units, struct str *unbuilt)
{
	struct error *err = NULL;

	for (size_t i = 0; !err && i < c->patches.files.n; i++) {
		const char *file = c->patches.files.v[i];
		_cleanup_free_ char *unit = unit_name(file);

		const char *what = is_outside(file);

		if (what)
			str_addf(unbuilt, "\n%s: %s", file, what);
		else if (ends_with(file, ".c"))
			strv_add(units, unit);
		else
			err = check_kind(file);
	}
	return err;
}

static struct error *sort_out(struct create *c, const struct strv *units, const struct strv *built, struct str *unbuilt)
{
	struct error *err = NULL;

	for (size_t i = 0; !err && i < units->n; i++) {
		_cleanup_free_ char *file = xasprintf("%.*s.c", (int)strlen(units->v[i]) - 2, units->v[i]);

		if (strv_has(built, units->v[i])) {
			add_unit(c, units->v[i], file);
			err = check_not_included(c, &c->units[c->nr_units - 1]);
		} else {
			err = add_unbuilt(c, units->v[i], file, unbuilt);
		}
	}
	return err;
}

static void note_unbuilt(struct create *c, char *unbuilt)
{
	char *save = NULL;

	for (char *line = strtok_r(unbuilt, "\n", &save); line; line = strtok_r(NULL, "\n", &save))
		report_note(c, "%s; ignored", line);
}

/* The value of -DKBUILD_MODNAME='"name"' in the command; owned by the caller, NULL if there is none. */
static char *modname(const char *cmd)
{
	static const char flag[] = "-DKBUILD_MODNAME='\"";
	const char *p = strstr(cmd, flag);

	return p ? xstrndup(p + strlen(flag), strcspn(p + strlen(flag), "\"")) : NULL;
}

static struct error *find_target(struct unit *u)
{
	_cleanup_free_ char *path = depend_cmd_path(u->pre), *text = NULL;
	struct error *err = file_read(path, TEXT_MAX, &text, NULL);

	if (err)
		return err;
	text[strcspn(text, "\n")] = 0;
	free(u->target);
	u->target = strstr(text, " -DMODULE ") ? modname(text) : xstrdup("vmlinux");
	if (!u->target)
		return error_new(ERROR_BAD_FILE, "%s: no -DKBUILD_MODNAME: which module is it part of?", path);
	if (strchr(u->target, ':'))
		return error_new(ERROR_REFUSED, "%s: is a part of several modules (%s); not supported yet", u->source,
				 u->target);
	return NULL;
}

static struct error *build_pre(struct create *c, struct str *unbuilt)
{
	_cleanup_strv_ struct strv units = STRV_INIT, built = STRV_INIT;
	struct error *err = candidates(c, &units, unbuilt);

	err = err ?: precache_get(c, &units, &built);
	err = err ?: sort_out(c, &units, &built, unbuilt);
	if (!err && !c->nr_units)
		err = error_new(ERROR_OTHER, "the diff touches no file that this kernel is built from:%s", unbuilt->s);
	if (!err && unbuilt->len)
		note_unbuilt(c, unbuilt->s);
	for (size_t i = 0; !err && i < c->nr_units; i++)
		err = find_target(&c->units[i]);
	return err;
}

struct error *units_build_pre(struct create *c)
{
	struct str unbuilt = STR_INIT;
	struct error *err = build_pre(c, &unbuilt);

	str_free(&unbuilt);
	return err;
}

/*
 * A touched file that the unit also reaches by a way that does not lead through the view (a "../" behind a symlinked
 * directory) would be the unpatched one there.
 */
static struct error *check_dependencies(struct create *c, const struct unit *u)
{
	_cleanup_strv_ struct strv files = STRV_INIT;
	_cleanup_free_ char *cmd = depend_cmd_path(u->post);
	struct error *err = depend_files(cmd, &files);

	for (size_t i = 0; !err && i < files.n; i++) {
		_cleanup_free_ char *path = *files.v[i] == '/' ? realpath(files.v[i], NULL) : NULL;
		size_t root = strlen(c->kernel.source);

		if (path && starts_with(path, c->kernel.source) && path[root] == '/' &&
		    strv_has(&c->patches.files, path + root + 1))
			err = error_new(ERROR_REFUSED, "%s: includes %s by a way that leads to the unpatched file (%s)", u->name,
					path + root + 1, files.v[i]);
	}
	return err;
}

/* First line of a .cmd file: how it was compiled. */
static struct error *read_command(const char *object, char **ret)
{
	_cleanup_free_ char *path = depend_cmd_path(object);
	struct error *err = file_read(path, TEXT_MAX, ret, NULL);

	if (!err)
		(*ret)[strcspn(*ret, "\n")] = 0;
	return err;
}

static struct error *check_same_command(const struct unit *u)
{
	_cleanup_free_ char *pre = NULL, *post = NULL;
	struct error *err = read_command(u->pre, &pre);

	err = err ?: read_command(u->post, &post);
	if (!err && strcmp(pre, post))
		err = error_new(ERROR_OTHER, "%s: was not compiled in the same way before and after the diff\nbefore: %s\n"
				"after: %s", u->name, pre, post);
	return err;
}

static struct error *compile_post(struct create *c)
{
	_cleanup_strv_ struct strv names = STRV_INIT, built = STRV_INIT;
	struct error *err;

	for (size_t i = 0; i < c->nr_units; i++)
		strv_add(&names, c->units[i].name);
	err = kbuild_units(c, &names, c->ws.post, &built);
	return err ? error_prefix(err, "the patched source does not compile") : NULL;
}

struct error *units_build_post(struct create *c)
{
	struct error *err = tree_empty(c->ws.post), *back;

	err = err ?: workspace_patched(c);
	err = err ?: compile_post(c);
	back = workspace_unpatched(c);
	if (err)
		error_free(back);
	err = err ?: back;
	for (size_t i = 0; !err && i < c->nr_units; i++) {
		err = check_dependencies(c, &c->units[i]);
		err = err ?: check_same_command(&c->units[i]);
	}
	return err;
}
