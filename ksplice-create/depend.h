/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What something was made from: the lists that kbuild leaves in .NAME.cmd files, and fingerprints of such lists, by which
 * a later run knows that it need not be made again.
 */
#ifndef KSPLICE_CREATE_DEPEND_H
#define KSPLICE_CREATE_DEPEND_H

#include "common/sha256.h"
#include "ksplice-create/create.h"

/* "DIR/.NAME.cmd" for "DIR/NAME". Owned by the caller. */
char *depend_cmd_path(const char *object);
/*
 * The source and the files that a .cmd file lists in its deps_*, as they are written there; kconfig symbols ("$(wildcard
 * include/config/SMP)") are left out, since the configuration of a work directory never changes.  None of what a command alone made
 * of other objects (objcopy, ld -r): these have .cmd files of their own.
 */
struct error *depend_files(const char *cmd_path, struct strv *ret);
/* Does a .cmd file with @text name @file of the view, as a dependency or in its command? */
bool depend_names(const struct create *c, const char *text, const char *file);
/*
 * Does a .cmd file list a touched file by a way that leads to the user's tree, where it is not patched?  *@ret is the file,
 * owned by the caller, else NULL.
 */
struct error *depend_unpatched(const struct create *c, const char *cmd_path, char **ret);
/*
 * Where the file is that the view or kbuild calls @name: files of the view in the user's tree (time stamps of the view
 * say nothing), relative ones in kbuild's output directory, then in the tree.  Owned by the caller.
 */
char *depend_locate(const struct create *c, const char *name);

/* A fingerprint: SHA-256 over names, sizes and modification times. */
struct fingerprint {
	struct str text;
};
#define FINGERPRINT_INIT {STR_INIT}
void fingerprint_add(struct fingerprint *f, const char *path);	/* also of a file that is not there */
void fingerprint_add_text(struct fingerprint *f, const char *text);
/* All files that the .cmd file lists; the .cmd file itself by its content. */
struct error *fingerprint_add_cmd(struct fingerprint *f, const struct create *c, const char *cmd_path);
/* Frees @f. */
struct error *fingerprint_finish(struct fingerprint *f, char hex[SHA256_HEX_SIZE]);
/* Frees @f. Was the file @path written by fingerprint_save() with the same fingerprint? */
struct error *fingerprint_check(struct fingerprint *f, const char *path, bool *same);
struct error *fingerprint_save(struct fingerprint *f, const char *path);

#endif
