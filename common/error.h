/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Errors as values: a function that can fail returns struct error *, NULL for success, and gives its result
 * through its last parameter.  The text is made where file and offset are known; tools print it and choose the
 * exit status by the kind; libraries never print and never exit.
 */
#ifndef COMMON_ERROR_H
#define COMMON_ERROR_H

#include <stdarg.h>

enum error_kind {
	ERROR_OTHER = 1,	/* anything that has no kind of its own: a failed tool, a full disk */
	ERROR_USAGE,		/* the user's words are off */
	ERROR_SYSTEM,		/* a system call or library failed; the text ends with strerror() */
	ERROR_BAD_FILE,		/* malformed input: object file, update file, manifest */
	ERROR_REFUSED,		/* well-formed and understood, but not safe to do */
	ERROR_NO_CHANGE,	/* the diff changes no object code */
	ERROR_WRONG_KERNEL,	/* made for another kernel */
	ERROR_NO_MATCH,		/* run code is not pre code */
	ERROR_BUSY,		/* tasks are inside what is to be replaced */
	ERROR_NOT_PERMITTED,	/* not root, or without the capability to load modules */
	ERROR_UNKNOWN_ID,	/* no such update */
};

struct error {
	enum error_kind kind;
	char *text;		/* no newline at the end; may hold several lines */
};

/* Never returns NULL: out of memory gives a static error that error_free() knows. */
struct error *error_new(enum error_kind kind, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
struct error *error_vnew(enum error_kind kind, const char *fmt, va_list ap);
/* "fmt: strerror(errnum)"; errnum is a positive errno. */
struct error *error_errno(int errnum, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* Takes @err, returns it with "prefix: " before its text. */
struct error *error_prefix(struct error *err, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* For what is done whether or not something failed before: @err if there is one, else @next.  Takes both. */
struct error *error_first(struct error *err, struct error *next);
void error_free(struct error *err);

#endif
