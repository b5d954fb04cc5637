/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What ksplice-view prints, as text on stdout or, with --json, as *@result. */
#ifndef KSPLICE_APPLY_VIEW_H
#define KSPLICE_APPLY_VIEW_H

#include "ksplice-apply/cli.h"
#include "ksplice-apply/update-file.h"

/*
 * Print, for people, all updates that the core knows, one of them, an update file; with cli->json they print nothing, and *@result,
 * the caller's, is the answer.  ERROR_UNKNOWN_ID: the core does not know @id; ERROR_BAD_FILE: a
 * module in the file has a signature that cannot be read.
 */
struct error *view_list(struct cli *cli, const struct kernel *k, json_t **result);
struct error *view_update(struct cli *cli, const struct kernel *k, const char *id, json_t **result);
struct error *view_file(struct cli *cli, const struct update *u, json_t **result);

/* ERROR_UNKNOWN_ID when the core does not know it. */
struct error *view_check_known(const struct kernel *k, const char *id);

#endif
