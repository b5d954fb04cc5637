// SPDX-License-Identifier: GPL-2.0-or-later
/* Looks whether what the kernel's build is prepared with depends on the diff. */
#include "ksplice-create/prepared.h"

#include <string.h>

#include "common/subprocess.h"
#include "ksplice-create/depend.h"
#include "ksplice-create/tree.h"
#include "ksplice-create/workspace.h"

/* Compiled to assembler, and a script takes the numbers in it (Kbuild: asm-offsets.h, bounds.h). */
static const char *const numbers[] = {"kernel/bounds.s", "arch/%s/kernel/asm-offsets.s"};

/* Where else kbuild leaves .cmd files of what it made. */
static const char *const made[] = {"include", "scripts", "arch/%s/include", "security"};

/* Of what is made there, this has no part in the code of units: the kernel's images, modules' tables and signatures. */
static const char *const harmless[] = {
	"scripts/mod/", "scripts/kconfig/", "scripts/basic/", "scripts/.sorttable.cmd", "scripts/.kallsyms.cmd",
	"scripts/.sign-file.cmd", "scripts/.extract-cert.cmd", "scripts/.insert-sys-cert.cmd", "scripts/.module.lds.cmd",
	"scripts/.bin2c.cmd", "scripts/.asn1_compiler.cmd", "scripts/selinux/mdp/", "include/config/",
};

static char *with_arch(const struct create *c, const char *format)
{
	const char *at = strstr(format, "%s");

	return at ? xasprintf("%.*s%s%s", (int)(at - format), format, c->kernel.srcarch, at + 2) : xstrdup(format);
}

static struct error *named_file(const struct create *c, const char *text, const struct strv *touched, const char **ret)
{
	*ret = NULL;
	for (size_t i = 0; !*ret && i < touched->n; i++)
		if (depend_names(c, text, touched->v[i]))
			*ret = touched->v[i];
	return NULL;
}

/* @text with every @from replaced by @to. Owned by the caller. */
static char *replaced(const char *text, const char *from, const char *to)
{
	struct str out = STR_INIT;
	const char *at;

	for (; (at = strstr(text, from)); text = at + strlen(from)) {
		str_add(&out, text, at - text);
		str_add(&out, to, strlen(to));
	}
	str_add(&out, text, strlen(text));
	return out.s;
}

/* The lines with numbers: .ascii "->TASK_threadsp $2776 offsetof(struct task_struct, thread.sp)". */
static struct error *read_numbers(const char *path, struct strv *ret)
{
	_cleanup_free_ char *text = NULL;
	struct error *err = file_read(path, TEXT_MAX, &text, NULL);
	char *save = NULL;

	for (char *line = err ? NULL : strtok_r(text, "\n", &save); line; line = strtok_r(NULL, "\n", &save))
		if (strstr(line, "\"->"))
			strv_add(ret, strstr(line, "\"->") + 3);
	return err;
}

static struct error *compare_numbers(const char *name, const char *file, const struct strv *pre, const struct strv *post)
{
	for (size_t i = 0; i < pre->n || i < post->n; i++) {
		const char *a = i < pre->n ? pre->v[i] : "", *b = i < post->n ? post->v[i] : "";

		if (strcmp(a, b))
			return error_new(ERROR_REFUSED, "%s: changes what assembler code knows about C structures (%s: '%.*s' becomes "
					 "'%.*s'): the running kernel has been built with the old value; keep the layout of what "
					 "exists", file, name, (int)strcspn(a, "\""), a, (int)strcspn(b, "\""), b);
	}
	return NULL;
}

/* The command by which kbuild made it, with another output. */
static struct error *remake(struct create *c, const char *name, const char *cmd, const char *output)
{
	_cleanup_free_ char *line = xstrndup(cmd, strcspn(cmd, "\n"));
	const char *start = strstr(line, " := ");
	_cleanup_free_ char *old = xasprintf(" -o %s ", name), *new = xasprintf(" -o %s ", output);
	_cleanup_free_ char *command = replaced(start ? start + 4 : "", old, new);
	_cleanup_free_ char *slash = xasprintf("/.%s.d", strrchr(name, '/') + 1);
	_cleanup_free_ char *quiet = replaced(command, slash, "/.ksplice-numbers.d");
	const char *const argv[] = {"sh", "-c", quiet, NULL};
	const struct subprocess p = {.argv = argv, .dir = c->ws.build};
	struct subprocess_result r;
	struct error *err;

	if (!start || !strstr(command, new))
		return error_new(ERROR_BAD_FILE, "%s: no command that makes it", name);
	err = subprocess_run(&p, &r);
	if (err)
		return err;
	if (r.status)
		err = error_new(ERROR_OTHER, "the patched source does not compile: %s:\n%s", name, r.out);
	subprocess_result_free(&r);
	return err;
}

static struct error *check_numbers(struct create *c, const char *name, const struct strv *touched)
{
	_cleanup_free_ char *path = xasprintf("%s/%s", c->ws.build, name), *cmd = depend_cmd_path(path), *text = NULL;
	_cleanup_free_ char *post = xasprintf("%s/numbers.s", c->ws.dir);
	_cleanup_strv_ struct strv before = STRV_INIT, after = STRV_INIT;
	struct error *err = file_read(cmd, TEXT_MAX, &text, NULL);
	const char *file = NULL;

	err = err ?: named_file(c, text, touched, &file);
	if (err || !file)
		return err;
	err = workspace_patched(c);
	err = err ?: remake(c, name, text, post);
	err = error_first(err, workspace_unpatched(c));
	err = err ?: read_numbers(path, &before);
	err = err ?: read_numbers(post, &after);
	return err ?: compare_numbers(name, file, &before, &after);
}

static bool is_harmless(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(harmless); i++)
		if (starts_with(name, harmless[i]))
			return true;
	return false;
}

/* Of a unit that was looked at by an earlier run (digests.c), and not of what kbuild made before: no host program lives in security/. */
static bool is_of_unit(const char *name)
{
	return ends_with(name, ".i.cmd") ||
	       (starts_with(name, "security/") && (ends_with(name, ".o.cmd") || ends_with(name, ".s.cmd")));
}

static struct error *check_made(struct create *c, const char *dir, const struct strv *touched)
{
	_cleanup_free_ char *path = xasprintf("%s/%s", c->ws.build, dir);
	_cleanup_strv_ struct strv files = STRV_INIT;
	struct error *err = path_is_dir(path) ? tree_files(path, &files) : NULL;

	for (size_t i = 0; !err && i < files.n; i++) {
		_cleanup_free_ char *name = xasprintf("%s/%s", dir, files.v[i]), *cmd = NULL, *text = NULL;
		const char *file = NULL;

		if (!ends_with(name, ".cmd") || is_harmless(name) || is_of_unit(name))
			continue;
		cmd = xasprintf("%s/%s", path, files.v[i]);
		err = file_read(cmd, TEXT_MAX, &text, NULL);
		err = err ?: named_file(c, text, touched, &file);
		if (!err && file)
			err = error_new(ERROR_REFUSED, "%s: is used by the kernel's build to make sources (%s); not supported: "
					"change the .c files that need it", file, name);
	}
	return err;
}

struct error *prepared_check(struct create *c, const struct strv *touched)
{
	struct error *err = NULL;

	for (size_t i = 0; !err && i < ARRAY_SIZE(numbers); i++) {
		_cleanup_free_ char *name = with_arch(c, numbers[i]);

		err = check_numbers(c, name, touched);
	}
	for (size_t i = 0; !err && i < ARRAY_SIZE(made); i++) {
		_cleanup_free_ char *dir = with_arch(c, made[i]);

		err = check_made(c, dir, touched);
	}
	return err;
}
