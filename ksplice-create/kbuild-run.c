// SPDX-License-Identifier: GPL-2.0-or-later
/* Runs make, and makes what it says readable. */
#include "ksplice-create/kbuild-run.h"

#include <string.h>

#include "common/subprocess.h"
#include "ksplice-create/kbuild.h"
#include "ksplice-create/trials.h"

#define MODULE_CFLAGS "KCFLAGS=-g0"

/*
 * Run in the output directory with the view's Makefile: the same as O=, but without a second make.  Release and compiler
 * on each call: kbuild would rebuild what another value made.
 */
void kbuild_argv(const struct create *c, struct strv *argv)
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
void kbuild_objtool_argv(const struct create *c, struct strv *argv)
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
struct error *kbuild_run_in(struct create *c, const char *dir, const struct strv *argv, char **output)
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
struct error *kbuild_run(struct create *c, struct strv *argv, char **output)
{
	struct error *err = trials_begin(c, argv);

	if (err)
		return err;
	err = kbuild_run_in(c, c->ws.build, argv, output);
	return error_first(err, trials_end(c, err));
}

struct error *kbuild_modules(struct create *c, const char *dir, bool has_tables)
{
	_cleanup_strv_ struct strv argv = STRV_INIT;

	kbuild_argv(c, &argv);
	strv_add(&argv, MODULE_CFLAGS);
	strv_addf(&argv, "M=%s", dir);
	if (has_tables)
		kbuild_objtool_argv(c, &argv);
	/* No vmlinux is here to make their BTF from. */
	strv_add(&argv, "CONFIG_DEBUG_INFO_BTF_MODULES=");
	/* What the core publishes is in nobody's Module.symvers; modules.c checks the undefined symbols. */
	strv_add(&argv, "KBUILD_MODPOST_WARN=1");
	strv_add(&argv, "modules");
	return kbuild_run(c, &argv, NULL);
}

struct error *kbuild_make(struct create *c, const struct strv *words, char **output)
{
	_cleanup_strv_ struct strv argv = STRV_INIT;

	kbuild_argv(c, &argv);
	for (size_t i = 0; i < words->n; i++)
		strv_add(&argv, words->v[i]);
	return kbuild_run(c, &argv, output);
}
