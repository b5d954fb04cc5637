/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Why the kernel has refused a module for its signature, or for having none. */
#ifndef KSPLICE_APPLY_UNSIGNED_H
#define KSPLICE_APPLY_UNSIGNED_H

#include "ksplice-apply/kernel.h"

/*
 * Of a module (@image) whose load ended with @errnum, after which the kernel's log had @said (NULL: it cannot be read).
 * NULL: it was not for that; else ERROR_REFUSED, or ERROR_BAD_FILE when there is a signature that cannot be read.
 */
struct error *unsigned_error(const struct kernel *k, const char *name, const void *image, size_t size, int errnum,
			     const char *said);

#endif
