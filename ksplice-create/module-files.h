/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The kernel's own modules as its image package has them: a directory lib/modules/RELEASE with files NAME.ko[.xz|.zst|.gz]. */
#ifndef KSPLICE_CREATE_MODULE_FILES_H
#define KSPLICE_CREATE_MODULE_FILES_H

#include <stdbool.h>
#include <stddef.h>

#include "common/error.h"
#include "ksplice-create/util.h"

struct module_files {
	char *dir;
	struct strv paths;	/* of all modules, relative to @dir */
	char *scratch;		/* where modules are uncompressed */
};

/* Looks through @dir, following no symlinks ("build", "source").  @scratch is made when it is needed, and belongs to us. */
struct error *module_files_open(const char *dir, const char *scratch, struct module_files *ret);
void module_files_close(struct module_files *f);
/*
 * The path of an uncompressed @name.ko, owned by the caller; NULL: there is none.  In names "-" is "_".  ERROR_OTHER: it
 * cannot be uncompressed.
 */
struct error *module_files_get(const struct module_files *f, const char *name, char **ret);

#endif
