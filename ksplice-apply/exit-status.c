// SPDX-License-Identifier: GPL-2.0-or-later
/* From the kind of an error to the exit status of a tool. */
#include "ksplice-apply/exit-status.h"

enum exit_status exit_status_of(const struct error *err)
{
	if (!err)
		return EXIT_OK;
	switch (err->kind) {
	case ERROR_OTHER:
	case ERROR_SYSTEM:
	case ERROR_NO_CHANGE:
		return EXIT_OTHER;
	case ERROR_USAGE:
		return EXIT_USAGE;
	case ERROR_BAD_FILE:
		return EXIT_BAD_FILE;
	case ERROR_REFUSED:
		return EXIT_REFUSED;
	case ERROR_WRONG_KERNEL:
		return EXIT_WRONG_KERNEL;
	case ERROR_NO_MATCH:
		return EXIT_NO_MATCH;
	case ERROR_BUSY:
		return EXIT_BUSY;
	case ERROR_NOT_PERMITTED:
		return EXIT_NOT_PERMITTED;
	case ERROR_UNKNOWN_ID:
		return EXIT_UNKNOWN_ID;
	}
	return EXIT_OTHER;
}
