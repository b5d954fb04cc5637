/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Text from files and from the kernel, made fit to print. */
#ifndef KSPLICE_APPLY_TEXT_H
#define KSPLICE_APPLY_TEXT_H

#include <stdbool.h>
#include <stdio.h>

/*
 * Replaces, in place, control characters other than newline and tab by '?': in a description or a diff they could
 * be escape sequences, which a terminal obeys.  C1 controls in UTF-8 (c2 80 to c2 9f) too.  Returns @s.
 */
char *text_harmless(char *s);

/* Prints @s so, without changing it; newlines are followed by @indent. */
void text_print(FILE *out, const char *s, const char *indent);

/* Is @line one of the lines of @text? */
bool text_has_line(const char *text, const char *line);

#endif
