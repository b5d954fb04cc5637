/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Types as text. */
#ifndef KSPLICE_CREATE_LAYOUT_TEXT_H
#define KSPLICE_CREATE_LAYOUT_TEXT_H

#include <stdbool.h>

/*
 * Is @post (tokens as source_types() has them) @pre with nothing but other names for what is there: a pointer that became an
 * anonymous union of pointers, members grouped once more (struct_group())?  If not, *@what says what differs (owned by the
 * caller).
 */
bool layout_is_kept(const char *pre, const char *post, char **what);
/* May @post be @pre under another name?  It has more than half of the members, and two of them at least. */
bool layout_is_like(const char *pre, const char *post);
/* Has the source @text "struct NAME {", or that of a union, with any attributes before the brace? */
bool layout_defines(const char *text, const char *name);
/* What of a source could change a type, or that of a variable: definitions, and the preprocessor's directives.  Owned by the caller. */
char *layout_outline(const char *source);
/* Without comments; strings stay. Owned by the caller. */
char *layout_without_comments(const char *source);

#endif
