// SPDX-License-Identifier: GPL-2.0-or-later
/* Making and freeing error values. */
#include "common/error.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct error out_of_memory = { ERROR_SYSTEM, (char *)"out of memory" };

struct error *error_vnew(enum error_kind kind, const char *fmt, va_list ap)
{
	struct error *err = malloc(sizeof(*err));

	if (!err)
		return &out_of_memory;
	err->kind = kind;
	if (vasprintf(&err->text, fmt, ap) < 0) {
		free(err);
		return &out_of_memory;
	}
	return err;
}

struct error *error_new(enum error_kind kind, const char *fmt, ...)
{
	struct error *err;
	va_list ap;

	va_start(ap, fmt);
	err = error_vnew(kind, fmt, ap);
	va_end(ap);
	return err;
}

/* Replaces the text of @err by "a: b"; on failure leaves it as it is. */
static void join(struct error *err, const char *a, const char *b)
{
	char *text;

	if (asprintf(&text, "%s: %s", a, b) < 0)
		return;
	free(err->text);
	err->text = text;
}

struct error *error_errno(int errnum, const char *fmt, ...)
{
	struct error *err;
	va_list ap;

	va_start(ap, fmt);
	err = error_vnew(ERROR_SYSTEM, fmt, ap);
	va_end(ap);
	if (err != &out_of_memory)
		join(err, err->text, strerror(errnum));
	return err;
}

struct error *error_prefix(struct error *err, const char *fmt, ...)
{
	char *prefix;
	va_list ap;
	int len;

	if (err == &out_of_memory)
		return err;
	va_start(ap, fmt);
	len = vasprintf(&prefix, fmt, ap);
	va_end(ap);
	if (len < 0)
		return err;
	join(err, prefix, err->text);
	free(prefix);
	return err;
}

struct error *error_first(struct error *err, struct error *next)
{
	if (!err)
		return next;
	error_free(next);
	return err;
}

void error_free(struct error *err)
{
	if (!err || err == &out_of_memory)
		return;
	free(err->text);
	free(err);
}
