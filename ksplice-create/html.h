/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Writes HTML.  Tags, names of attributes and what html_raw() gets are the program's own; everything else is foreign and is
 * escaped: markup, and also what a reader would not see or would see in another order than it is (control characters, bytes that
 * are no UTF-8, characters that turn the direction of writing).  What was begun is ended in the right order, or the program
 * aborts.  Errors of writing stay in @out, for ferror().
 */
#ifndef KSPLICE_CREATE_HTML_H
#define KSPLICE_CREATE_HTML_H

#include <stddef.h>
#include <stdio.h>

#define HTML_DEPTH 32

struct html {
	FILE *out;			/* borrowed */
	const char *open[HTML_DEPTH];	/* elements that are not ended yet */
	unsigned depth;
};

/* <TAG class="CLASS">; @class may be NULL. */
void html_begin(struct html *h, const char *tag, const char *class);
/* <TAG NAME="VALUE"...>; pairs of name and value, then NULL.  A value of NULL: the name alone. */
void html_begin_with(struct html *h, const char *tag, ...) __attribute__((sentinel));
/* Ends the element that was begun last and not ended. */
void html_end(struct html *h);
/* An element with nothing in it that has no end: <meta ...>, <input ...>. Pairs as above. */
void html_void(struct html *h, const char *tag, ...) __attribute__((sentinel));

void html_text(struct html *h, const char *text);
void html_bytes(struct html *h, const char *data, size_t len);
void html_textf(struct html *h, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* An element with this text and nothing else. */
void html_element(struct html *h, const char *tag, const char *class, const char *text);
void html_elementf(struct html *h, const char *tag, const char *class, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));
/* As it is: a style sheet, a doctype. */
void html_raw(struct html *h, const char *markup);

#endif
