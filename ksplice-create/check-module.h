/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Would the kernel load this module?  modpost only warns about undefined symbols, since those that the core publishes are in
 * nobody's Module.symvers; so we look ourselves.
 */
#ifndef KSPLICE_CREATE_CHECK_MODULE_H
#define KSPLICE_CREATE_CHECK_MODULE_H

#include "common/error.h"
#include "ksplice-create/util.h"

/* What the kernel and its modules export, as a Module.symvers has it. */
struct export {
	char *name;
	char *owner;	/* "vmlinux", or the path of a module in the tree, without ".ko" */
};
struct exports {
	struct export *v;	/* by name */
	size_t n;
};
struct error *exports_read(const char *symvers, struct exports *ret);
bool exports_has(const struct exports *e, const char *name);
/* Borrowed; NULL: nobody exports it. */
const char *exports_owner(const struct exports *e, const char *name);
bool exports_has_vmlinux(const struct exports *e, const char *name);
void exports_free(struct exports *e);

/*
 * Checks the version magic against @release, and that each undefined symbol is exported or one that the core publishes.
 * ERROR_OTHER: what is wrong; ERROR_BAD_FILE: no module.
 */
struct error *check_module(const char *path, const char *release, const struct exports *exports);

#endif
