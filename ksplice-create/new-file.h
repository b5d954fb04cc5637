/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A file that is there when it is complete, and not before.  It is written beside its place under a name that nobody can know
 * before: in a directory like /tmp, others could have put a link there, and it would be written through.
 */
#ifndef KSPLICE_CREATE_NEW_FILE_H
#define KSPLICE_CREATE_NEW_FILE_H

#include "common/error.h"

struct new_file {
	char *path, *tmp;	/* owned */
	int fd;			/* to write to */
};

/* After success, one of the two below must be called. */
struct error *new_file_open(struct new_file *f, const char *path);
/* Gives it the mode that the umask says, and puts it in its place; after an error nothing is left of it. */
struct error *new_file_finish(struct new_file *f);
/* Leaves nothing. */
void new_file_drop(struct new_file *f);

#endif
