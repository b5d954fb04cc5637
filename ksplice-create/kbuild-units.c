// SPDX-License-Identifier: GPL-2.0-or-later
/* Compiles units, and takes them to where they are kept. */
#include "ksplice-create/kbuild.h"

#include <string.h>

#include "ksplice-create/carried-as.h"
#include "ksplice-create/depend.h"
#include "ksplice-create/kbuild-lists.h"
#include "ksplice-create/kbuild-run.h"
#include "ksplice-create/kbuild-units.h"
#include "ksplice-create/tree.h"

/*
 * Each function and object in a section of its own, so that spans can be told apart.  Of debug information the line tables
 * alone, whatever the configuration says: with them a message can tell the line of the source, and they cost 3 % of the
 * compiler's time (net/core/dev.c, gcc 12.2), where all of it costs 40 %.  They change no code.
 */
#define UNIT_CFLAGS "KCFLAGS=-ffunction-sections%s -g1 -I%s"

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

struct error *kbuild_drop_units(struct create *c, const struct strv *units)
{
	struct error *err = NULL;

	for (size_t i = 0; !err && i < units->n; i++) {
		_cleanup_free_ char *object = xasprintf("%s/%s", c->ws.build, units->v[i]);

		err = tree_unlink(object);
	}
	return err;
}

/* Is there more in it than what kbuild tells of its steps with -v ("  CC      fs/open.o"), which begins with blanks? */
static bool has_messages(const char *output)
{
	for (; *output; output += strcspn(output, "\n"), output += *output == '\n')
		if (!starts_with(output, "  ") && *output != '\n')
			return true;
	return false;
}

struct error *kbuild_make_units(struct create *c, const struct strv *objects, const struct strv *c_units,
				const struct strv *asm_units, const struct strv *more, bool *warned)
{
	_cleanup_free_ char *lists = xasprintf("%s/lists", c->ws.dir);
	_cleanup_strv_ struct strv argv = STRV_INIT;
	_cleanup_free_ char *output = NULL;
	struct error *err = kbuild_write_lists(c, lists, objects, c_units, asm_units);

	kbuild_argv(c, &argv);
	strv_addf(&argv, "-f%s/units.mk", c->ws.dir);
	strv_addf(&argv, UNIT_CFLAGS, c->kernel.carried_cflags ? "" : " -fdata-sections", c->ws.include);
	kbuild_objtool_argv(c, &argv);
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
	err = err ?: kbuild_run(c, &argv, &output);
	/* Warnings of the compiler. */
	*warned = !err && has_messages(output);
	if (!err && *output)
		log_info(&c->log, "%s", output);
	return err;
}

static struct error *make_and_move(struct create *c, const struct strv *units, const struct strv *more, const char *dest,
				   struct strv *built, bool *warned)
{
	struct error *err = kbuild_drop_units(c, units);

	err = err ?: kbuild_make_units(c, units, NULL, NULL, more, warned);
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
