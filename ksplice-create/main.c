// SPDX-License-Identifier: GPL-2.0-or-later
/* ksplice-create: from a source diff to an update file. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "config.h"
#include "ksplice-create/carried-as.h"
#include "ksplice-create/desk-commands.h"
#include "ksplice-create/git.h"
#include "ksplice-create/kbuild.h"
#include "ksplice-create/kconfig-hunks.h"
#include "ksplice-create/kernel.h"
#include "ksplice-create/look-ahead.h"
#include "ksplice-create/modules.h"
#include "ksplice-create/pack.h"
#include "ksplice-create/patchset.h"
#include "ksplice-create/preprocessor.h"
#include "ksplice-create/renumber.h"
#include "ksplice-create/report.h"
#include "ksplice-create/review.h"
#include "ksplice-create/sign-update.h"
#include "ksplice-create/signing.h"
#include "ksplice-create/targets.h"
#include "ksplice-create/tree.h"
#include "ksplice-create/units.h"
#include "ksplice-create/workspace.h"

/*
 * All that programs we start, and we, get of the environment.  What else may be there stays out: kbuild takes ARCH, KCFLAGS,
 * MAKEFLAGS, CROSS_COMPILE and dozens more from it, gcc CPATH and GCC_*, patch POSIXLY_CORRECT, and each would silently
 * make other code than the kernel's.  sign-file alone gets it all (signing.c).
 */
static void clean_environment(struct strv *before)
{
	static const char *const kept[] = {"PATH",	"HOME", "TMPDIR",	 "TERM",	      "USER",
					   "LOGNAME", "XDG_CACHE_HOME", "KSPLICE_KMODSRC", "SOURCE_DATE_EPOCH"};
	char *values[ARRAY_SIZE(kept)];

	for (char **e = environ; e && *e; e++)
		strv_add(before, *e);
	for (size_t i = 0; i < ARRAY_SIZE(kept); i++)
		values[i] = getenv(kept[i]) ? xstrdup(getenv(kept[i])) : NULL;
	clearenv();
	for (size_t i = 0; i < ARRAY_SIZE(kept); i++) {
		if (values[i])
			setenv(kept[i], values[i], 1);
		free(values[i]);
	}
	setenv("LC_ALL", "C", 1);
}

static struct error *step(struct create *c, const char *name, struct error *(*func)(struct create *c))
{
	struct error *err;

	report_begin(c, name);
	err = func(c);
	report_end(c);
	return err;
}

/* The diff applied to copies, and the tree with them in it. */
static struct error *apply_patches(struct create *c)
{
	struct error *err = patchset_apply(c);

	err = err ?: desk_commands_check(c);
	return err ?: workspace_view(c);
}

static struct error *prepare(struct create *c)
{
	struct error *err = kbuild_prepare(c);

	/* Emptied once: what look_ahead() compiles is not compiled again, nor warned of twice. */
	return err ?: modules_put_headers(c) ?: kconfig_hunks_check(c) ?: tree_empty(c->ws.post);
}

/* The page that was asked for, before the update is there: who gets no page must not get an update to sign. */
static struct error *review_made(struct create *c)
{
	return review_write(c, NULL);
}

static struct error *make(struct create *c)
{
	struct error *err = signing_open(c);

	if (!err && c->opt.git)
		err = step(c, "taking the source out of git", git_open);
	err = err ?: kernel_find(c);
	err = err ?: signing_for_kernel(c);
	err = err ?: patchset_read(c);
	err = err ?: workspace_open(c);
	err = err ?: step(c, "applying the diff", apply_patches);
	err = err ?: step(c, "preparing the kernel's build", prepare);
	if (!err && c->signing)
		err = step(c, "trying the key", signing_try);
	err = err ?: look_ahead(c);
	err = err ?: step(c, "compiling the unpatched source", units_build_pre);
	err = err ?: step(c, "compiling the patched source", units_build_post);
	err = err ?: step(c, "building the core", modules_build_core);
	err = err ?: step(c, "compiling with the new line numbers", units_build_renumbered);
	err = err ?: step(c, "comparing", targets_diff);
	err = err ?: step(c, "writing match data and code", targets_emit);
	if (!err && c->kernel.image)
		err = step(c, "matching against the image", targets_check);
	err = err ?: step(c, "building the modules", modules_build_update);
	if (!err && c->signing)
		err = step(c, "signing the modules", signing_run);
	if (!err && c->opt.report)
		err = step(c, "writing the report", review_made);
	return err ?: step(c, "packing", pack_update);
}

/* A page that is from an earlier run, or says that the update was made, is worse than none. */
static void review_failure(struct create *c, const struct error *why)
{
	struct error *err = review_write(c, why);

	if (err)
		error_free(tree_unlink(c->opt.report));
	log_warn_error(&c->log, err);
}

static struct error *create(struct create *c)
{
	struct error *err = c->opt.report ? review_check(c) : NULL;

	if (err)
		return err;
	if (c->opt.sign)
		return step(c, "signing the modules", sign_update);
	err = make(c);
	if (err && c->opt.report)
		review_failure(c, err);
	return err;
}

static void create_free(struct create *c)
{
	targets_free(c);
	units_free(c);
	patchset_free(&c->patches);
	workspace_close(&c->ws);
	kernel_free(&c->kernel);
	git_close(&c->git);
	signing_close(c->signing);
	strv_free(&c->environment);
	strv_free(&c->anew);
	strv_free(&c->excluded);
	strv_free(&c->notes);
	free(c->timings);
	free(c->output);
	options_free(&c->opt);
}

/* --help, --version */
static int inform(struct create *c)
{
	struct error *err;

	if (c->opt.help)
		options_help();
	else
		puts("ksplice-create " PACKAGE_VERSION);
	err = report_flush();
	if (err)
		log_error(&c->log, err);
	error_free(err);
	create_free(c);
	return err ? 1 : 0;
}

int main(int argc, char **argv)
{
	struct create c = {};
	struct error *err;
	int status;

	/* Called so by kbuild. */
	if (argc > 3 && preprocessor_is_main(argv[1]))
		return preprocessor_main(argc - 1, argv + 1);
	if (argc > 2 && carried_as_is_main(argv[1]))
		return carried_as_main(argc - 2, argv + 2);
	log_init(&c.log, "ksplice-create");
	err = options_parse(argc, argv, &c.opt);
	if (!err && (c.opt.help || c.opt.version))
		return inform(&c);
	c.log.level = c.opt.verbose ? LOG_VERBOSE : c.opt.quiet ? LOG_QUIET : LOG_NORMAL;
	clean_environment(&c.environment);
	err = err ?: create(&c);
	status = report_result(&c, err);
	error_free(err);
	create_free(&c);
	return status;
}
