/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What comes with the kernel, and is not in it while it runs. */
#ifndef KSPLICE_CREATE_OUTSIDE_H
#define KSPLICE_CREATE_OUTSIDE_H

/* What @file, a source or a unit, is instead; NULL when it may be a part of the running kernel. */
const char *outside_kernel(const char *file);
/* Which makefile makes a part of the kernel of @file though it lies where other things do; NULL for all else. */
const char *outside_detour(const char *file);

#endif
