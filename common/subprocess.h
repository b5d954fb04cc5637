/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Running another program, never through a shell. */
#ifndef COMMON_SUBPROCESS_H
#define COMMON_SUBPROCESS_H

#include <stdbool.h>
#include <stddef.h>

#include "common/error.h"

#define SUBPROCESS_OUTPUT_MAX	(16u << 20)	/* bytes of output kept; what comes after is read and dropped */

/* Caller fills; NULL and 0 are the usual way. */
struct subprocess {
	const char *const *argv;	/* argv[0] is looked up in PATH; ends with NULL */
	const char *dir;		/* working directory; NULL: ours */
	const char *const *env;		/* "NAME=value" beside our environment ("NAME=" empties it); ends with NULL */
	const char *input_path;		/* file to be its stdin; NULL: /dev/null */
	bool split_stderr;		/* keep stderr apart from stdout; else both are in @out, in order */
};

struct subprocess_result {
	int status;		/* exit status; 128 + signal when a signal ended it, as in sh */
	char *out;		/* never NULL after success; NUL-terminated, but may hold other NULs */
	size_t out_size;
	char *err;		/* with split_stderr, else NULL */
	size_t err_size;
	double cpu_seconds;	/* user and system time of it and the children that it waited for */
};

/*
 * Runs it and waits for its end.  An exit status other than 0 is no error here.  ERROR_SYSTEM when it could not be
 * started: the text names the program.  After success the result is to be given to subprocess_result_free().
 */
struct error *subprocess_run(const struct subprocess *p, struct subprocess_result *r);
void subprocess_result_free(struct subprocess_result *r);

#endif
