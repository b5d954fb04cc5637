/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which program the kernel core is to run when a module comes or goes. */
#ifndef KSPLICE_APPLY_PROGRAM_H
#define KSPLICE_APPLY_PROGRAM_H

#include <limits.h>

#include "ksplice-apply/kernel.h"

/* Where this program is. ERROR_REFUSED: the kernel would not find it there, or somebody else than root could put another one there. */
struct error *program_path(const struct kernel *k, char path[PATH_MAX]);

#endif
