// SPDX-License-Identifier: GPL-2.0-or-later
/* The kernel's own build, called for what we need of it: preparation, units, modules. */
#include "ksplice-create/kbuild.h"

#include <stdlib.h>
#include <string.h>

#include "common/subprocess.h"
#include "ksplice-create/carried-as.h"
#include "ksplice-create/depend.h"
#include "ksplice-create/image.h"
#include "ksplice-create/kconfig.h"
#include "ksplice-create/report.h"
#include "ksplice-create/tree.h"
#include "ksplice-create/trials.h"

/*
 * Each function and object in a section of its own, so that spans can be told apart.  Of debug information the line tables
 * alone, whatever the configuration says: with them a message can tell the line of the source, and they cost 3 % of the
 * compiler's time (net/core/dev.c, gcc 12.2), where all of it costs 40 %.  They change no code.
 */
#define UNIT_CFLAGS "KCFLAGS=-ffunction-sections%s -g1 -I%s"
#define TOOLS "bc, bison, flex, libelf-dev and libssl-dev"
#define MODULE_CFLAGS "KCFLAGS=-g0"

/*
 * Run in the output directory with the view's Makefile: the same as O=, but without a second make.  Release and compiler
 * on each call: kbuild would rebuild what another value made.
 */
static void make_argv(const struct create *c, struct strv *argv)
{
	strv_add(argv, "make");
	strv_addf(argv, "-j%d", c->opt.jobs);
	/* Else the Makefile of 6.12 (need-sub-make) calls itself once more to have this, without the units.mk of ours. */
	strv_add(argv, "--no-print-directory");
	if (!c->opt.verbose)
		strv_add(argv, "-s");
	strv_addf(argv, "-f%s/Makefile", c->ws.view);
	strv_addf(argv, "ARCH=%s", c->kernel.srcarch);
	if (*c->kernel.cross)
		strv_addf(argv, "CROSS_COMPILE=%s", c->kernel.cross);
	strv_addf(argv, "CC=%s", c->kernel.cc);
	/* Debian's release is not what the source calls itself; modules must carry the running kernel's. */
	strv_addf(argv, "KERNELRELEASE=%s", c->kernel.release);
	if (c->kernel.distributor) {
		strv_add(argv, "DISTRIBUTION_OFFICIAL_BUILD=1");
		strv_addf(argv, "DISTRIBUTOR=%s", c->kernel.distributor);
		strv_addf(argv, "DISTRIBUTION_VERSION=%s", c->kernel.distribution_version);
	}
	/* Host programs that run for milliseconds are not worth the time of -O2. */
	strv_add(argv, "HOSTCFLAGS=-O1");
	/* kconfig notes what Rust compiler it finds, and C units do not need one. */
	if (!c->kernel.rust)
		strv_add(argv, "RUSTC=false");
}

/*
 * With IBT or LTO, kbuild runs objtool when vmlinux.o and modules are linked, on all code at once.  A unit is then not what
 * runs: jumps of jump labels have not become nops, and the tables of return thunks, retpolines, static calls and the
 * unwinder are missing.  So we have it run on each object, with the same options.  --link allows that; what it finds out
 * only from all code together is no part of what is spliced: warnings, and which functions are sealed (.ibt_endbr_seal).
 * In vmlinux.o there are also objects that have opted out (OBJECT_FILES_NON_STANDARD).
 */
static void objtool_argv(const struct create *c, struct strv *argv)
{
	if (!c->kernel.late_objtool)
		return;
	strv_add(argv, "delay-objtool=");
	strv_add(argv, "objtool-args=$(objtool-args-y) --link $(if $(part-of-module),--module)");
}

/*
 * What the tools said, for the user: without make's own lines, which name our directories and recipes, and with files of the
 * view called as in the tree.
 */
static char *readable(const struct create *c, const char *output)
{
	_cleanup_free_ char *prefix = xasprintf("%s/", c->ws.view);
	struct str text = STR_INIT;

	str_add(&text, "", 0);
	while (*output) {
		const char *end = output + strcspn(output, "\n") + 1, *view;

		if (!end[-1])
			end--;
		if (starts_with(output, "make[") || starts_with(output, "make:"))
			output = end;
		while (output < end && (view = memmem(output, end - output, prefix, strlen(prefix)))) {
			str_add(&text, output, view - output);
			output = view + strlen(prefix);
		}
		str_add(&text, output, end - output);
		output = end;
	}
	while (text.len && text.s[text.len - 1] == '\n')
		text.s[--text.len] = 0;
	return text.s;
}

/* When the tools said nothing, what make said must do. */
static struct error *make_failed(const struct create *c, const char *output)
{
	_cleanup_free_ char *text = readable(c, output);

	/* Lines of their own, below whatever error_prefix() puts before them. */
	return error_new(ERROR_OTHER, "\n%s", *text ? text : output);
}

/* @output: what it printed, owned by the caller; NULL when that is of no interest after success, but for -v. */
static struct error *run_make_in(struct create *c, const char *dir, const struct strv *argv, char **output)
{
	struct subprocess p = {.argv = (const char *const *)argv->v, .dir = dir};
	struct subprocess_result r;
	struct error *err = subprocess_run(&p, &r);

	if (err)
		return err;
	if (*r.out && !output)
		log_detail(&c->log, "%s", r.out);
	if (r.status)
		err = make_failed(c, r.out);
	else if (output)
		*output = readable(c, r.out);
	subprocess_result_free(&r);
	return err;
}

/* In the prepared build. */
static struct error *run_make(struct create *c, struct strv *argv, char **output)
{
	struct error *err = trials_begin(c, argv), *failed;

	if (err)
		return err;
	failed = run_make_in(c, c->ws.build, argv, output);
	err = trials_end(c, failed);
	if (failed)
		error_free(err);
	return failed ?: err;
}

static struct error *check_config(struct create *c)
{
	_cleanup_free_ char *path = xasprintf("%s/.config", c->ws.build), *text = NULL;
	struct kconfig kernel = {}, ours = {};
	struct error *err = file_read(path, TEXT_MAX, &text, NULL);

	err = err ?: kconfig_parse(c->kernel.config_text, c->kernel.config, &kernel);
	err = err ?: kconfig_parse(text, path, &ours);
	err = err ?: kconfig_check_drift(&kernel, &ours);
	kconfig_free(&kernel);
	kconfig_free(&ours);
	return err;
}

static struct error *make_config(struct create *c, const char *dir)
{
	_cleanup_free_ char *path = xasprintf("%s/.config", dir);
	_cleanup_strv_ struct strv argv = STRV_INIT;
	struct error *err = tree_write(path, c->kernel.config_text, strlen(c->kernel.config_text));

	make_argv(c, &argv);
	strv_add(&argv, "olddefconfig");
	return err ?: run_make_in(c, dir, &argv, NULL);
}

static struct error *configure(struct create *c)
{
	struct error *err = make_config(c, c->ws.build);

	if (err)
		return error_prefix(err, "the kernel's configuration (make olddefconfig) failed (are " TOOLS " installed?)");
	return check_config(c);
}

struct error *kbuild_configure(struct create *c, const char *dir, char **config)
{
	_cleanup_free_ char *path = xasprintf("%s/.config", dir);
	struct error *err = make_config(c, dir);

	return err ?: file_read(path, TEXT_MAX, config, NULL);
}

/* modpost looks for it in the output directory. */
static struct error *put_symvers(struct create *c)
{
	_cleanup_free_ char *path = xasprintf("%s/Module.symvers", c->ws.build);

	if (c->kernel.symvers)
		return tree_copy(c->kernel.symvers, path);
	return image_symvers(c->kernel.image, path);
}

static struct error *make_prepare(struct create *c)
{
	_cleanup_strv_ struct strv argv = STRV_INIT;
	struct error *err;

	make_argv(c, &argv);
	/*
	 * Two programs are left out that cost a third of it all: resolve_btfids, which the link of vmlinux needs, and
	 * genksyms, which makes the CRCs of what units export.  What make thinks of these options is of no
	 * consequence for generated headers, and units are compiled without them: kernel/Makefile has objects that they
	 * switch off.
	 */
	strv_add(&argv, "CONFIG_DEBUG_INFO_BTF=");
	strv_add(&argv, "CONFIG_MODVERSIONS=");
	strv_add(&argv, "modules_prepare");
	err = run_make_in(c, c->ws.build, &argv, NULL);
	if (err)
		return error_prefix(err, "preparing the kernel's build (make modules_prepare) failed (are " TOOLS " installed?)");
	return NULL;
}

/* All that configuration and preparation were made from, as far as it can change: the user may edit the tree. */
static struct error *prepare_fingerprint(struct create *c, struct fingerprint *f)
{
	static const char *const lists[] = {
		"include/config/auto.conf.cmd", "kernel/.bounds.s.cmd", "scripts/mod/.devicetable-offsets.s.cmd",
	};
	static const char *const makefiles[] = {
		"Makefile", "Kbuild", "scripts/Kbuild.include", "scripts/Makefile.build", "scripts/Makefile.compiler",
		"scripts/Makefile.lib", "scripts/Makefile.modfinal", "scripts/Makefile.modpost",
	};
	_cleanup_free_ char *asm_offsets = xasprintf("%s/arch/%s/kernel/.asm-offsets.s.cmd", c->ws.build,
						     c->kernel.srcarch);
	_cleanup_free_ char *arch = xasprintf("%s/arch/%s/Makefile", c->kernel.source, c->kernel.srcarch);
	struct error *err = fingerprint_add_cmd(f, c, asm_offsets);

	for (size_t i = 0; !err && i < ARRAY_SIZE(lists); i++) {
		_cleanup_free_ char *path = xasprintf("%s/%s", c->ws.build, lists[i]);

		err = fingerprint_add_cmd(f, c, path);
	}
	for (size_t i = 0; i < ARRAY_SIZE(makefiles); i++) {
		_cleanup_free_ char *path = xasprintf("%s/%s", c->kernel.source, makefiles[i]);

		fingerprint_add(f, path);
	}
	fingerprint_add(f, arch);
	return err;
}

static char *prepared_path(const struct create *c)
{
	return xasprintf("%s/ksplice-prepared", c->ws.build);
}

static bool is_prepared(struct create *c)
{
	_cleanup_free_ char *path = prepared_path(c);
	struct fingerprint f = FINGERPRINT_INIT;
	bool same = false;
	struct error *err;

	if (!path_exists(path))
		return false;
	err = prepare_fingerprint(c, &f);
	err = err ?: fingerprint_check(&f, path, &same);
	/* What cannot be read was not prepared as it should. */
	error_free(err);
	str_free(&f.text);
	return same;
}

struct error *kbuild_prepare(struct create *c)
{
	_cleanup_free_ char *path = prepared_path(c);
	struct fingerprint f = FINGERPRINT_INIT;
	struct error *err;

	/* The user's Module.symvers may be another one by now; it costs nothing. */
	if (is_prepared(c))
		return put_symvers(c);
	/*
	 * Never was, or something changed, or it was interrupted.  From nothing: make's time stamps are not to be trusted
	 * with half-written files and a source tree that was another version a minute ago.
	 */
	err = tree_empty(c->ws.build);
	err = err ?: configure(c);
	err = err ?: make_prepare(c);
	err = err ?: put_symvers(c);
	err = err ?: prepare_fingerprint(c, &f);
	return err ?: fingerprint_save(&f, path);
}

struct error *kbuild_prepared(struct create *c, char **ret)
{
	_cleanup_free_ char *path = prepared_path(c);

	return file_read(path, 4096, ret, NULL);
}

/*
 * How units are built: by kbuild's own makefiles and from directory to directory as kbuild itself goes, since
 * directories hand flags down (subdir-ccflags-y).  But not by its single targets ("make arch/x86/pci/fixup.o"): these
 * compile a file that no list has, and go every way that leads to a file: arch/x86/pci/ is reached from the top and lies
 * below arch/x86/, so two makes would compile into one object at a time, one of them with flags that the kernel's build
 * does not use.
 *
 * units.mk is read behind the tree's Makefile, so that all variables are there; descend.mk behind
 * scripts/Makefile.build, once for each directory: it compiles what this directory's lists have, and hands the rest to
 * the directories below, to the one with the longest name where several fit (subdir-ym is sorted).  A unit that no list
 * has is not compiled.  fs/xfs/Makefile also has libxfs/xfs_alloc.o.  Where the way begins, the top Kbuild says since
 * v6.1, and build-dirs before.
 */
static const char units_mk[] =
	"include $(ksplice-list)\n"
	/* As stack_protector_prepare in arch/powerpc/Makefile does, which is a part of "make prepare" and would begin with all of that. */
	"ifeq ($(SRCARCH)$(CONFIG_STACKPROTECTOR),powerpcy)\n"
	"KBUILD_CFLAGS += -mstack-protector-guard-offset=$(shell awk '$$2 == \"$(if $(CONFIG_PPC64),PACA_CANARY,TASK_CANARY)\" "
	"{ print $$3 }' include/generated/asm-offsets.h)\n"
	"endif\n"
	"ksplice-top := $(or $(filter-out $(build-dir),$(build-dirs)),.)\n"
	"ksplice-of = $(if $(filter .,$(1)),$(ksplice-units),$(filter $(1)/%,$(ksplice-units)))\n"
	"ksplice-top := $(foreach d,$(ksplice-top),$(if $(call ksplice-of,$(d)),$(d)))\n"
	"ksplice-part-of = $(ksplice-list)-$(subst /,~,$(1))\n"
	"PHONY += ksplice-build $(addprefix ksplice-in-,$(ksplice-top))\n"
	"ksplice-build: $(addprefix ksplice-in-,$(ksplice-top))\n"
	"$(addprefix ksplice-in-,$(ksplice-top)): ksplice-in-%:\n"
	"\t$(file >$(call ksplice-part-of,$*),ksplice-units := $(call ksplice-of,$*))"
	"$(Q)$(MAKE) -f $(srctree)/scripts/Makefile.build -f $(ksplice-descend) obj=$* need-builtin=1 need-modorder=1 \\\n"
	"\t\tksplice-part=$(call ksplice-part-of,$*) ksplice-build\n"
	".PHONY: $(PHONY)\n";

/* What is made of a unit: the object, or, of those in ksplice-i and ksplice-s, preprocessed C and assembler. */
static const char descend_mk[] =
	"include $(ksplice-list) $(ksplice-part)\n"
	/* Objects of assembler files are not told which module they belong to: scripts/Makefile.lib has it for C only. */
	"a_flags += $(modname_flags)\n"
	"ksplice-here := $(filter $(ksplice-units),$(real-obj-y) $(real-obj-m) $(lib-y) $(extra-y))\n"
	"ksplice-made := $(filter-out $(ksplice-i) $(ksplice-s),$(ksplice-here)) \\\n"
	"\t$(patsubst %.o,%.i,$(filter $(ksplice-i),$(ksplice-here))) \\\n"
	"\t$(patsubst %.o,%.s,$(filter $(ksplice-s),$(ksplice-here)))\n"
	/*
	 * What preprocessed ones were made from is of no use, and in the way of a later run that looks for what kbuild makes from a
	 * file.  fixdep would also end it all where the compiler failed and so left it no list (an #include of
	 * security/apparmor/capability_names.h, which kbuild makes for the object alone).
	 */
	"ifneq ($(filter %.i %.s,$(ksplice-made)),)\n"
	"$(filter %.i %.s,$(ksplice-made)): private cmd_and_fixdep = $(cmd)\n"
	"endif\n"
	"ksplice-rest := $(filter-out $(ksplice-here),$(ksplice-units))\n"
	"ksplice-dir-of = $(lastword $(foreach d,$(subdir-ym),$(if $(filter $(d)/%,$(1)),$(d))))\n"
	"ksplice-of = $(foreach u,$(ksplice-rest),$(if $(filter $(1),$(call ksplice-dir-of,$(u))),$(u)))\n"
	"ksplice-below := $(sort $(foreach u,$(ksplice-rest),$(call ksplice-dir-of,$(u))))\n"
	"ksplice-part-of = $(ksplice-list)-$(subst /,~,$(1))\n"
	"PHONY += ksplice-build $(addprefix ksplice-in-,$(ksplice-below))\n"
	"ksplice-build: $(ksplice-made) $(addprefix ksplice-in-,$(ksplice-below))\n"
	"\t@:\n"
	"$(addprefix ksplice-in-,$(ksplice-below)): ksplice-in-%:\n"
	"\t$(file >$(call ksplice-part-of,$*),ksplice-units := $(call ksplice-of,$*))"
	"$(Q)$(MAKE) -f $(srctree)/scripts/Makefile.build -f $(ksplice-descend) obj=$* need-builtin=1 need-modorder=1 \\\n"
	"\t\tksplice-part=$(call ksplice-part-of,$*) ksplice-build\n"
	".PHONY: $(PHONY)\n";

static void add_list(struct str *text, const char *name, const struct strv *words)
{
	str_addf(text, "%s :=", name);
	for (size_t i = 0; i < words->n; i++)
		str_addf(text, " %s", words->v[i]);
	str_add(text, "\n", 1);
}

static struct error *move_unit(struct create *c, const char *unit, const char *dest, struct strv *built)
{
	_cleanup_free_ char *from = xasprintf("%s/%s", c->ws.build, unit), *to = xasprintf("%s/%s", dest, unit);
	_cleanup_free_ char *from_cmd = depend_cmd_path(from), *to_cmd = depend_cmd_path(to);
	struct error *err;

	if (!path_exists(from))
		return NULL;
	strv_add(built, unit);
	err = tree_move(from_cmd, to_cmd);
	return err ?: tree_move(from, to);
}

static struct error *drop_units(struct create *c, const struct strv *units)
{
	struct error *err = NULL;

	for (size_t i = 0; !err && i < units->n; i++) {
		_cleanup_free_ char *object = xasprintf("%s/%s", c->ws.build, units->v[i]);

		err = tree_unlink(object);
	}
	return err;
}

/* The lists of a few thousand units do not fit in a command line: they go through files in @lists. */
static struct error *write_lists(struct create *c, const char *lists, const struct strv *objects, const struct strv *c_units,
				 const struct strv *asm_units)
{
	_cleanup_free_ char *top = xasprintf("%s/units.mk", c->ws.dir), *below = xasprintf("%s/descend.mk", c->ws.dir);
	_cleanup_free_ char *list = xasprintf("%s/all", lists);
	_cleanup_strv_ struct strv all = STRV_INIT;
	_cleanup_str_ struct str text = STR_INIT;
	const struct strv *const parts[] = {objects, c_units, asm_units};
	struct error *err = tree_empty(lists);

	for (size_t i = 0; i < ARRAY_SIZE(parts); i++)
		for (size_t k = 0; parts[i] && k < parts[i]->n; k++)
			strv_add(&all, parts[i]->v[k]);
	/* The parts that a directory gets replace ksplice-units, and only that. */
	add_list(&text, "ksplice-units", &all);
	if (c_units)
		add_list(&text, "ksplice-i", c_units);
	if (asm_units)
		add_list(&text, "ksplice-s", asm_units);
	err = err ?: tree_write(list, text.s, text.len);
	err = err ?: tree_write(top, units_mk, strlen(units_mk));
	return err ?: tree_write(below, descend_mk, strlen(descend_mk));
}

/* Is there more in it than what kbuild tells of its steps with -v ("  CC      fs/open.o"), which begins with blanks? */
static bool has_messages(const char *output)
{
	for (; *output; output += strcspn(output, "\n"), output += *output == '\n')
		if (!starts_with(output, "  ") && *output != '\n')
			return true;
	return false;
}

static struct error *make_units(struct create *c, const struct strv *objects, const struct strv *c_units,
				const struct strv *asm_units, const struct strv *more, bool *warned)
{
	_cleanup_free_ char *lists = xasprintf("%s/lists", c->ws.dir);
	_cleanup_strv_ struct strv argv = STRV_INIT;
	_cleanup_free_ char *output = NULL;
	struct error *err = write_lists(c, lists, objects, c_units, asm_units);

	make_argv(c, &argv);
	strv_addf(&argv, "-f%s/units.mk", c->ws.dir);
	strv_addf(&argv, UNIT_CFLAGS, c->kernel.carried_cflags ? "" : " -fdata-sections", c->ws.include);
	objtool_argv(c, &argv);
	if (c->kernel.late_objtool)
		strv_add(&argv, "is-standard-object=$(if $(filter undefined,$(origin is-kernel-object)),y,$(is-kernel-object))");
	/*
	 * genksyms would preprocess each unit again for the CRCs of its exports, which are Module.symvers' business: since
	 * 7b4537199a4a ("kbuild: link symbol CRCs at final link, removing CONFIG_MODULE_REL_CRCS", v5.19), and before.
	 */
	strv_add(&argv, "cmd_gen_symversions_c=");
	strv_add(&argv, "cmd_modversions_c=");
	strv_add(&argv, "cmd_gen_symversions_S=");
	strv_addf(&argv, "ksplice-descend=%s/descend.mk", c->ws.dir);
	strv_addf(&argv, "ksplice-list=%s/all", lists);
	for (size_t i = 0; more && i < more->n; i++)
		strv_add(&argv, more->v[i]);
	strv_add(&argv, "ksplice-build");
	err = err ?: run_make(c, &argv, &output);
	/* Warnings of the compiler. */
	*warned = !err && has_messages(output);
	if (!err && *output)
		log_info(&c->log, "%s", output);
	return err;
}

static struct error *make_and_move(struct create *c, const struct strv *units, const struct strv *more, const char *dest,
				   struct strv *built, bool *warned)
{
	struct error *err = drop_units(c, units);

	err = err ?: make_units(c, units, NULL, NULL, more, warned);
	for (size_t i = 0; !err && i < units->n; i++)
		err = move_unit(c, units->v[i], dest, built);
	return err;
}

struct error *kbuild_units(struct create *c, const struct strv *units, const char *dest, struct strv *built, bool *warned)
{
	return make_and_move(c, units, NULL, dest, built, warned);
}

/* Behind -ffunction-sections; empty where it is compiled as the kernel was. */
static char *carried_flags(const struct create *c)
{
	return c->kernel.carried_cflags ? xasprintf(" %s -B%s/", c->kernel.carried_cflags, c->ws.assembler) : xstrdup("");
}

struct error *kbuild_carried(struct create *c, const struct strv *units, const char *dest, struct strv *built, bool *warned)
{
	_cleanup_free_ char *flags = carried_flags(c);
	_cleanup_strv_ struct strv more = STRV_INIT;
	struct error *err;

	if (!*flags)
		return kbuild_units(c, units, dest, built, warned);
	strv_addf(&more, UNIT_CFLAGS, flags, c->ws.include);
	err = carried_as_write(c);
	return err ?: make_and_move(c, units, &more, dest, built, warned);
}

char *kbuild_without_carried(const struct create *c, const char *command)
{
	_cleanup_free_ char *flags = carried_flags(c);
	const char *at = *flags ? strstr(command, flags) : NULL;

	return at ? xasprintf("%.*s%s", (int)(at - command), command, at + strlen(flags)) : xstrdup(command);
}

struct error *kbuild_plain(struct create *c, const struct strv *units, const char *dest, struct strv *built)
{
	_cleanup_strv_ struct strv more = STRV_INIT;
	bool warned;

	/* The 32-bit vDSO has its own flags, which KCFLAGS does not reach; scripts/Makefile.debug adds these to all. */
	strv_add(&more, "DEBUG_CFLAGS=");
	strv_add(&more, "debug-flags-y=");
	strv_addf(&more, "KCFLAGS=-g0 -I%s", c->ws.include);
	return make_and_move(c, units, &more, dest, built, &warned);
}

char *kbuild_preprocessed(const struct create *c, const char *unit, bool assembler)
{
	return xasprintf("%s/%.*s%c", c->ws.build, (int)strlen(unit) - 1, unit, assembler ? 's' : 'i');
}

/*
 * __LINE__ and __COUNTER__ stand still: a line that moved, or a macro with a unique name that was used once more, would make
 * everything behind it another text, and means nothing.
 */
#define STILL "-w -U__COUNTER__ -D__COUNTER__=0 -D__LINE__=0"

/*
 * kbuild has a rule for foo.i where there is a foo.c.  What it makes itself or has elsewhere (kernel/bpf/relo_core.o, from
 * tools/lib/bpf/) has one for the object alone.
 */
static void sort_by_rule(const struct create *c, const struct strv *c_units, struct strv *plain, struct strv *special)
{
	for (size_t i = 0; i < c_units->n; i++) {
		const char *unit = c_units->v[i];
		_cleanup_free_ char *source = xasprintf("%s/%.*sc", c->ws.view, (int)strlen(unit) - 1, unit);

		strv_add(path_exists(source) ? plain : special, unit);
	}
}

struct error *kbuild_preprocess(struct create *c, const char *what, const struct strv *c_units, const struct strv *asm_units)
{
	_cleanup_free_ char *self = realpath("/proc/self/exe", NULL);
	_cleanup_strv_ struct strv more = STRV_INIT, plain = STRV_INIT, special = STRV_INIT;
	struct error *err = NULL;
	bool warned;

	for (size_t i = 0; !err && i < c_units->n + asm_units->n; i++) {
		bool s = i >= c_units->n;
		_cleanup_free_ char *path = kbuild_preprocessed(c, s ? asm_units->v[i - c_units->n] : c_units->v[i], s);

		err = tree_unlink(path);
	}
	/*
	 * In place of the output, which would be megabytes for each.  gcc need not remember for its messages through which macros
	 * each token came: a quarter of the time.
	 */
	strv_addf(&more, "cmd_cpp_i_c=KSPLICE_PROGRESS=%s/progress %s %s $(basename $@).i $(CPP) $(c_flags) " STILL
		  " $(if $(CONFIG_CC_IS_GCC),-ftrack-macro-expansion=0) $<", c->ws.dir, self, what);
	strv_addf(&more, "cmd_cpp_s_S=KSPLICE_PROGRESS=%s/progress %s %s $@ $(CPP) $(a_flags) " STILL " $<", c->ws.dir, self,
		  what);
	strv_add(&more, "rule_cc_o_c=$(call cmd,cpp_i_c)");
	sort_by_rule(c, c_units, &plain, &special);
	err = err ?: drop_units(c, &special);
	return err ?: make_units(c, &special, &plain, asm_units, &more, &warned);
}

struct error *kbuild_modules(struct create *c, const char *dir, bool has_tables)
{
	_cleanup_strv_ struct strv argv = STRV_INIT;

	make_argv(c, &argv);
	strv_add(&argv, MODULE_CFLAGS);
	strv_addf(&argv, "M=%s", dir);
	if (has_tables)
		objtool_argv(c, &argv);
	/* No vmlinux is here to make their BTF from. */
	strv_add(&argv, "CONFIG_DEBUG_INFO_BTF_MODULES=");
	/* What the core publishes is in nobody's Module.symvers; modules.c checks the undefined symbols. */
	strv_add(&argv, "KBUILD_MODPOST_WARN=1");
	strv_add(&argv, "modules");
	return run_make(c, &argv, NULL);
}

struct error *kbuild_make(struct create *c, const struct strv *words, char **output)
{
	_cleanup_strv_ struct strv argv = STRV_INIT;

	make_argv(c, &argv);
	for (size_t i = 0; i < words->n; i++)
		strv_add(&argv, words->v[i]);
	return run_make(c, &argv, output);
}
