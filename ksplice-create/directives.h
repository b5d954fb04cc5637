/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The preprocessor's directives in a source, wherever a condition or a comment may leave them out. */
#ifndef KSPLICE_CREATE_DIRECTIVES_H
#define KSPLICE_CREATE_DIRECTIVES_H

#include <stdbool.h>
#include <stddef.h>

/* Points into the text. */
struct directive {
	const char *word;	/* "define" */
	size_t len;
	const char *rest;	/* what stands behind it and blanks */
};

/* The next one in @text from *@p on, which then is behind its word; *@p begins as @text. */
bool directive_next(const char *text, const char **p, struct directive *ret);
bool directive_is(const struct directive *d, const char *word);
/* How much of @p could be a name. */
size_t name_length(const char *p);

#endif
