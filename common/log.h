/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a tool tells beside its result, all of it on stderr: errors and warnings always, remarks unless -q, details
 * with -v only, and the step that is going on: a line with -v, one line that the next overwrites on a terminal,
 * and nothing otherwise.  Results (lists, JSON) are the tool's own business, on stdout.
 */
#ifndef COMMON_LOG_H
#define COMMON_LOG_H

#include <stdbool.h>

#include "common/error.h"

enum log_level {
	LOG_QUIET = -1,		/* -q: errors and warnings alone */
	LOG_NORMAL = 0,
	LOG_VERBOSE = 1,	/* -v */
};

struct log {
	const char *tool;	/* "ksplice-apply"; begins each error and warning */
	enum log_level level;
	bool terminal;		/* stderr is one: show steps */
	bool brief;		/* of a message, the first line alone */
	bool step_shown;	/* there is a step on the terminal's last line, to be wiped */
};

/* @tool is kept, not copied. */
void log_init(struct log *log, const char *tool);

/* What is being done now, without a dot at the end: "matching vmlinux". */
void log_step(struct log *log, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* Wipes the step from the terminal. Call it before anything else prints there, and at the end. */
void log_step_done(struct log *log);

void log_detail(struct log *log, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void log_info(struct log *log, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void log_warn(struct log *log, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* "tool: text"; does not take @err. */
void log_error(struct log *log, const struct error *err);

/* Takes @err, which may be NULL: for failures that the user should know of, but that change nothing. */
void log_warn_error(struct log *log, struct error *err);

#endif
