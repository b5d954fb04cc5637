/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The kernel's own words about a module that it did not load. */
#ifndef KSPLICE_APPLY_KMSG_H
#define KSPLICE_APPLY_KMSG_H

#include "ksplice-apply/kernel.h"

/* At the end of the log, so that only what comes later is read. -1 when the log is not readable. */
int kmsg_open(const struct kernel *k);
void kmsg_close(int fd);

/*
 * What the kernel has said since: each line with "\n  " before it, at most the last 5 that name @module or tell
 * that the signature of one is no good or, if there are none, the last 3 of the kernel's own (not of programs).  To be freed; NULL when out of memory or @fd is -1.
 */
char *kmsg_since(int fd, const char *module);

/*
 * The text of one record of /dev/kmsg ("6,339,5140900,-;text\n KEY=value\n", Documentation/ABI/testing/dev-kmsg),
 * in place; NULL when it is a program's, or no record.
 */
char *kmsg_text(char *record);

#endif
