/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The kernel's own build, as far as we need it: configure, prepare, single units, external modules.  All calls of make are
 * in kbuild-*.c, and what is peculiar about them.
 */
#ifndef KSPLICE_CREATE_KBUILD_H
#define KSPLICE_CREATE_KBUILD_H

#include "ksplice-create/create.h"

/*
 * Configures ws->build as the kernel was, checks that the configuration stayed so, and makes what units and external modules
 * need beforehand (generated headers, objtool, modpost).  Does nothing where an earlier run did it from the same files.
 */
struct error *kbuild_prepare(struct create *c);
/*
 * Configures the empty directory @dir as the kernel was, from the view as it is; *@config is what it became, to be freed.
 */
struct error *kbuild_configure(struct create *c, const char *dir, char **config);
/* Identifies what kbuild_prepare() made: part of the fingerprint of all that is built upon it. Owned by the caller. */
struct error *kbuild_prepared(struct create *c, char **ret);

/*
 * Compiles those of @units ("fs/proc/cmdline.o") that the configuration builds, into the kernel or a module, from the view as
 * it is now, and moves them with their .cmd files to @dest; their names are added to @built.  An error has the
 * compiler's messages; *@warned tells whether the user was shown some though there is none.
 */
struct error *kbuild_units(struct create *c, const struct strv *units, const char *dest, struct strv *built, bool *warned);
/*
 * The same as what is carried is compiled, and what that is compared with: on machines with carried_cflags, with these.  And a command
 * from a .cmd file as it would be without them, owned by the caller.
 */
struct error *kbuild_carried(struct create *c, const struct strv *units, const char *dest, struct strv *built, bool *warned);
char *kbuild_without_carried(const struct create *c, const char *command);
/*
 * The same without debug information of any kind: for what is compared as a whole.  A comment moves lines, and a build id is made
 * from all that the linker sees.
 */
struct error *kbuild_plain(struct create *c, const struct strv *units, const char *dest, struct strv *built);
/*
 * Builds the external modules of directory @dir, which has a Kbuild file.  @has_tables: with them are linked objects that have
 * the tables which objtool makes, so that it must not look at the linked module, only at what is compiled here.
 */
struct error *kbuild_modules(struct create *c, const char *dir, bool has_tables);
/*
 * Runs "ksplice-create @what" (preprocessor.h), which writes a file, on what the preprocessor makes of units, from C and from assembler, from
 * the view as it is; kbuild_preprocessed() names a unit's file then (owned by the caller).
 */
struct error *kbuild_preprocess(struct create *c, const char *what, const struct strv *c_units, const struct strv *asm_units);
char *kbuild_preprocessed(const struct create *c, const char *unit, bool assembler);
/*
 * Any other call of make, with @words behind the usual ones; what it printed goes to @output, owned by the caller, with
 * files of the view called as in the tree.
 */
struct error *kbuild_make(struct create *c, const struct strv *words, char **output);

#endif
