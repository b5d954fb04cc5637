/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The exit statuses of ksplice-apply, -undo and -view; the man pages have the same table. */
#ifndef KSPLICE_APPLY_EXIT_STATUS_H
#define KSPLICE_APPLY_EXIT_STATUS_H

#include "common/error.h"

enum exit_status {
	EXIT_OK = 0,
	EXIT_OTHER = 1,			/* none of the below */
	EXIT_USAGE = 2,			/* the command line is off */
	EXIT_REFUSED = 3,		/* not safe or not allowed: a dependency, a changed hook, lockdown, a signature */
	EXIT_WRONG_KERNEL = 4,		/* the update was made for another kernel */
	EXIT_NO_MATCH = 5,		/* the running code is not what the fix was written against */
	EXIT_BUSY = 6,			/* tasks are inside what is to be replaced; or another tool is at work */
	EXIT_NOT_PERMITTED = 7,		/* not root, or without the capability to load modules */
	EXIT_BAD_FILE = 8,		/* the update file is damaged, or no update file */
	EXIT_UNKNOWN_ID = 9,		/* no such update */
};

enum exit_status exit_status_of(const struct error *err);

#endif
