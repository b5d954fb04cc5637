/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The text of a C source or header without comments, and its directives apart: nothing is preprocessed. */
#ifndef KSPLICE_CREATE_STRIPPED_H
#define KSPLICE_CREATE_STRIPPED_H

#include <stdbool.h>

#include "ksplice-create/util.h"

struct stripped {
	struct str text;	/* without comments; each directive is a line "#pragma #define X 1", for c-tokens.h */
	struct strv directives;	/* each in one line, blanks and comments made one blank: "#define X 1" */
};

void stripped_read(struct stripped *s, const char *text);
void stripped_free(struct stripped *s);

/* Only then is it clear that what it has are declarations at the top: a list for an X macro has no guard. */
bool stripped_has_guard(const struct stripped *s);
/*
 * Does every branch of a condition in @text close what it opens?  Else what follows would be at another depth where all of the branches
 * are read.
 */
bool source_is_nested(const char *text);

#endif
