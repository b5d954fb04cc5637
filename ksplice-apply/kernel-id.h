/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which kernel is running, and is it the one that an update was made for? */
#ifndef KSPLICE_APPLY_KERNEL_ID_H
#define KSPLICE_APPLY_KERNEL_ID_H

#include "ksplice-apply/kernel.h"
#include "ksplice-apply/manifest.h"

#define BUILD_ID_MAX	64	/* bytes; SHA-1 has 20 */

struct kernel_id {
	char *arch;		/* uname -m */
	char *release;		/* uname -r */
	char *banner;		/* /proc/version without its newline; NULL: not readable */
	char build_id[2 * BUILD_ID_MAX + 1];	/* lower-case hex; "": the kernel has none, or does not tell */
};

struct error *kernel_id_read(const struct kernel *k, struct kernel_id *id);
void kernel_id_free(struct kernel_id *id);

/* NULL, or ERROR_WRONG_KERNEL with both sides of what differs. */
struct error *kernel_id_check(const struct kernel_id *id, const struct manifest *m);

/*
 * Finds the GNU build id in ELF notes of the machine's byte order, as in /sys/kernel/notes: lower-case hex in
 * @hex, "" when there is none.  ERROR_BAD_FILE: a note reaches over the end.
 */
struct error *notes_build_id(const void *notes, size_t size, char hex[2 * BUILD_ID_MAX + 1]);

#endif
