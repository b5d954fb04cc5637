/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Calls of make: their words, and what comes out. */
#ifndef KSPLICE_CREATE_KBUILD_RUN_H
#define KSPLICE_CREATE_KBUILD_RUN_H

#include "ksplice-create/create.h"

/* The words that all calls begin with. */
void kbuild_argv(const struct create *c, struct strv *argv);
/* And where objtool is to be run on each object. */
void kbuild_objtool_argv(const struct create *c, struct strv *argv);

/* In the prepared build.  @output: what it printed, owned by the caller; NULL when that is of no interest after success, but for -v. */
struct error *kbuild_run(struct create *c, struct strv *argv, char **output);
/* In another directory, where answers to trials are not kept. */
struct error *kbuild_run_in(struct create *c, const char *dir, const struct strv *argv, char **output);

#endif
