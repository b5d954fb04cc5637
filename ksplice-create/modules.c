// SPDX-License-Identifier: GPL-2.0-or-later
/* Builds the update's kernel modules, and the core. */
#include "ksplice-create/modules.h"

#include <string.h>

#include "common/subprocess.h"
#include "ksplice-create/check-module.h"
#include "ksplice-create/depend.h"
#include "ksplice-create/kbuild.h"
#include "ksplice-create/tree.h"

/* Are we the program in the build directory? Then nothing needs to be installed. */
static bool is_uninstalled(void)
{
	_cleanup_free_ char *self = realpath("/proc/self/exe", NULL), *built = realpath(BUILT_PROGRAM, NULL);

	return self && built && !strcmp(self, built);
}

/* The sources of the kernel side. */
static struct error *find_kmodsrc(char **ret)
{
	const char *given = getenv("KSPLICE_KMODSRC");
	_cleanup_free_ char *kbuild = NULL;

	if (given && *given)
		*ret = xstrdup(given);
	else
		*ret = xstrdup(is_uninstalled() ? BUILT_KMODSRC : PKGDATADIR "/kmodsrc");
	kbuild = xasprintf("%s/Kbuild", *ret);
	if (path_exists(kbuild))
		return NULL;
	return error_new(ERROR_OTHER, "%s: the sources of the kernel core are not there; is ksplice installed? Else set "
			 "KSPLICE_KMODSRC", *ret);
}

char *modules_core_path(const struct create *c)
{
	return xasprintf("%s/ksplice/ksplice.ko", c->ws.kmod);
}

char *modules_path(const struct create *c, const char *module)
{
	return xasprintf("%s/%s.ko", c->ws.update, module);
}

char *modules_packed_path(const struct create *c, const char *module)
{
	if (c->signing)
		return xasprintf("%s/signed/%s.ko", c->ws.update, module);
	return strcmp(module, "ksplice") ? modules_path(c, module) : modules_core_path(c);
}

/* The sources in it; somebody may have run kbuild there and left objects. */
static struct error *kmodsrc_files(const char *kmodsrc, struct strv *ret)
{
	static const char *const wanted[] = {".c", ".h", ".S", "Kbuild"};
	_cleanup_strv_ struct strv all = STRV_INIT;
	struct error *err = tree_files(kmodsrc, &all);

	for (size_t i = 0; !err && i < all.n; i++)
		for (size_t k = 0; k < ARRAY_SIZE(wanted); k++)
			if (ends_with(all.v[i], wanted[k]) && !ends_with(all.v[i], ".mod.c"))
				strv_add(ret, all.v[i]);
	return err;
}

/* By content: installed files and a checkout have time stamps that mean nothing. */
static struct error *core_fingerprint(struct create *c, const char *kmodsrc, struct fingerprint *f)
{
	_cleanup_strv_ struct strv files = STRV_INIT;
	_cleanup_free_ char *prepared = NULL;
	struct error *err = kbuild_prepared(c, &prepared);

	err = err ?: kmodsrc_files(kmodsrc, &files);
	if (err)
		return err;
	fingerprint_add_text(f, prepared);
	fingerprint_add_text(f, c->kernel.cc_version);
	for (size_t i = 0; !err && i < files.n; i++) {
		_cleanup_free_ char *path = xasprintf("%s/%s", kmodsrc, files.v[i]), *text = NULL;

		err = file_read(path, TEXT_MAX, &text, NULL);
		if (err)
			break;
		fingerprint_add_text(f, files.v[i]);
		fingerprint_add_text(f, text);
	}
	return err;
}

static struct error *copy_kmodsrc(const char *kmodsrc, const char *dest)
{
	_cleanup_strv_ struct strv files = STRV_INIT;
	struct error *err = kmodsrc_files(kmodsrc, &files);

	for (size_t i = 0; !err && i < files.n; i++) {
		_cleanup_free_ char *from = xasprintf("%s/%s", kmodsrc, files.v[i]);
		_cleanup_free_ char *to = xasprintf("%s/%s", dest, files.v[i]);

		err = tree_copy(from, to);
	}
	return err;
}

static struct error *strip_debug(struct create *c, const struct strv *modules)
{
	_cleanup_strv_ struct strv argv = STRV_INIT;
	struct subprocess p = {};
	struct subprocess_result r;
	struct error *err;

	strv_addf(&argv, "%sstrip", c->kernel.cross);
	strv_add(&argv, "--strip-debug");
	for (size_t i = 0; i < modules->n; i++)
		strv_add(&argv, modules->v[i]);
	p.argv = (const char *const *)argv.v;
	err = subprocess_run(&p, &r);
	if (err)
		return err;
	if (r.status)
		err = error_new(ERROR_OTHER, "strip failed: %s", r.out);
	subprocess_result_free(&r);
	return err;
}

/* Strips the modules and checks each. */
static struct error *finish(struct create *c, const struct strv *modules)
{
	_cleanup_free_ char *symvers = xasprintf("%s/Module.symvers", c->ws.build);
	struct exports exports = {};
	struct error *err = strip_debug(c, modules);

	err = err ?: exports_read(symvers, &exports);
	for (size_t i = 0; !err && i < modules->n; i++)
		err = check_module(modules->v[i], c->kernel.release, &exports);
	exports_free(&exports);
	return err;
}

static struct error *build_core(struct create *c, const char *kmodsrc)
{
	static const char kbuild[] = "obj-m := ksplice/\nalways-y := layout.o\n";
	_cleanup_free_ char *makefile = xasprintf("%s/Kbuild", c->ws.kmod), *core = modules_core_path(c);
	_cleanup_free_ char *copy = xasprintf("%s/ksplice", c->ws.kmod);
	_cleanup_free_ char *layout = xasprintf("%s/update/layout.c", kmodsrc);
	_cleanup_free_ char *layout_copy = xasprintf("%s/layout.c", c->ws.kmod);
	_cleanup_strv_ struct strv modules = STRV_INIT;
	struct error *err = tree_empty(c->ws.kmod);

	strv_add(&modules, core);
	err = err ?: copy_kmodsrc(kmodsrc, copy);
	err = err ?: tree_copy(layout, layout_copy);
	err = err ?: tree_write(makefile, kbuild, strlen(kbuild));
	err = err ?: kbuild_modules(c, c->ws.kmod, false);
	if (!err)
		err = finish(c, &modules);
	return err ? error_prefix(err, "the kernel core cannot be built for %s", c->kernel.release) : NULL;
}

struct error *modules_build_core(struct create *c)
{
	_cleanup_free_ char *done = xasprintf("%s/fingerprint", c->ws.kmod), *kmodsrc = NULL;
	_cleanup_free_ char *layout = xasprintf("%s/layout.o", c->ws.kmod), *core = modules_core_path(c);
	struct fingerprint f = FINGERPRINT_INIT;
	bool current = false;
	struct error *err = find_kmodsrc(&kmodsrc);

	err = err ?: core_fingerprint(c, kmodsrc, &f);
	err = err ?: fingerprint_check(&f, done, &current);
	if (!err && (!current || !path_exists(core))) {
		err = build_core(c, kmodsrc);
		err = err ?: core_fingerprint(c, kmodsrc, &f);
		err = err ?: fingerprint_save(&f, done);
	}
	return err ?: om_layout_read(layout, &c->layout);
}

struct error *modules_put_headers(struct create *c)
{
	static const char *const headers[] = {"ksplice-abi.h", "ksplice-patch.h"};
	_cleanup_free_ char *kmodsrc = NULL;
	struct error *err = find_kmodsrc(&kmodsrc);

	for (size_t i = 0; !err && i < ARRAY_SIZE(headers); i++) {
		_cleanup_free_ char *from = xasprintf("%s/%s", kmodsrc, headers[i]);
		_cleanup_free_ char *to = xasprintf("%s/%s", c->ws.include, headers[i]);

		err = tree_copy(from, to);
	}
	return err;
}

static struct error *copy_source(struct create *c, const char *name, size_t index)
{
	_cleanup_free_ char *from = xasprintf("%s/ksplice/update/%s-main.c", c->ws.kmod, name);
	_cleanup_free_ char *to = xasprintf("%s/%s-%zu.c", c->ws.update, name, index);

	return tree_copy(from, to);
}

/*
 * A match module is one object, which includes the match data; a code module is the carried object and its C source.
 * The names of the files are numbered, as a target may bear any name.
 *
 * The C source is behind, so that the last function of the module's text is one of its own.  Of the last one, kallsyms takes all memory
 * up to the end of the text's pages for a part; who sets a kprobe in it has all of that decoded, and since 6.4, where nothing is mapped
 * behind, the kernel can fault at the very end (arch/x86/kernel/kprobes/opt.c, can_optimize(), 6.12).
 */
static void add_rules(const struct target *t, struct str *text)
{
	size_t i = t->index;

	str_addf(text, "\nobj-m += %s.o %s.o\n", t->match_module, t->code_module);
	str_addf(text, "%s-y := match-%zu.o\n", t->match_module, i);
	str_addf(text, "%s-y := carried-%zu.o code-%zu.o\n", t->code_module, i, i);
	str_addf(text, "CFLAGS_match-%zu.o := -DKSPLICE_TARGET='\"%s\"' -DKSPLICE_MATCH_BIN='\"%s\"'\n", i, t->name,
		 t->match_data);
	str_addf(text, "CFLAGS_code-%zu.o := -DKSPLICE_TARGET='\"%s\"'\n", i, t->name);
}

/*
 * modpost reads each object's .cmd file, for CRCs of its exports (extract_crcs_for_object()) and for its sources, and
 * kbuild writes none for an object that it only copies.  Carried code exports nothing.
 */
static struct error *add_cmd_file(struct create *c, size_t i)
{
	_cleanup_free_ char *path = xasprintf("%s/.carried-%zu.o.cmd", c->ws.update, i);
	_cleanup_free_ char *text = xasprintf("cmd_%s/carried-%zu.o := true\n", c->ws.update, i);

	return tree_write(path, text, strlen(text));
}

struct error *modules_build_update(struct create *c)
{
	_cleanup_free_ char *makefile = xasprintf("%s/Kbuild", c->ws.update);
	_cleanup_strv_ struct strv modules = STRV_INIT;
	_cleanup_str_ struct str text = STR_INIT;
	struct error *err = NULL;

	/*
	 * The init functions have no ftrace entries: when a module's init is over and the last of these goes with it, the kernel waits for a grace
	 * period, 12 ms and more (kernel/trace/ftrace.c, ftrace_free_mem(), 6.1 and 6.12).
	 */
	str_addf(&text, "ccflags-y := -I%s/ksplice -DKSPLICE_ID='\"%s\"'\nccflags-remove-y := $(CC_FLAGS_FTRACE)\n", c->ws.kmod, c->opt.id);
	for (size_t i = 0; !err && i < c->nr_targets; i++) {
		_cleanup_free_ char *match = modules_path(c, c->targets[i].match_module);
		_cleanup_free_ char *code = modules_path(c, c->targets[i].code_module);

		add_rules(&c->targets[i], &text);
		strv_add(&modules, match);
		strv_add(&modules, code);
		err = copy_source(c, "match", c->targets[i].index);
		err = err ?: copy_source(c, "code", c->targets[i].index);
		err = err ?: add_cmd_file(c, c->targets[i].index);
	}
	err = err ?: tree_write(makefile, text.s, text.len);
	err = err ?: kbuild_modules(c, c->ws.update, true);
	err = err ?: finish(c, &modules);
	return err ? error_prefix(err, "the update's modules cannot be built") : NULL;
}
