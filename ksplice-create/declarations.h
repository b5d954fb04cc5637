/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Can two preprocessed sources make different code?  A header that gains an inline function changes the text of a thousand
 * units, and the code of three.
 *
 * The text is cut into top-level declarations.  Those that make code or data by themselves (functions and variables that are
 * not static, asm, pragmas) and, again and again, those that declare a name which one of them mentions are all that the
 * compiler uses; a declaration that no used one mentions has no part in what comes out.  The digest is that of the used
 * ones' tokens, in order.  Equal digests: the same code.  Different ones: perhaps.
 */
#ifndef KSPLICE_CREATE_DECLARATIONS_H
#define KSPLICE_CREATE_DECLARATIONS_H

#include <stddef.h>

#include "common/error.h"
#include "common/sha256.h"
#include "ksplice-create/util.h"

/* @text: what the C preprocessor printed, with its line markers; NUL-terminated. */
struct error *declarations_digest(const char *text, char hex[SHA256_HEX_SIZE]);
/*
 * The structures and unions that are used, added to *@ret: a line each, "foo\tstack\tstruct { int a ; char * b ; }".  The second
 * word is "stack" when objects of this type live in functions alone, as far as this source can see: it is a variable's and a
 * parameter's type there, and never that of a static variable, of a member, of something cast or allocated; else it is
 * "stays".  Types that functions define for themselves are left out.  What the author of a diff declared by
 * ksplice_layout_ignore() (ksplice-patch.h) has a line with its name alone.
 * False: @text is more than can be read, and nothing is added.
 */
bool declarations_types(const char *text, struct str *ret);
/* The digest for assembler, of which all counts. */
struct error *assembler_digest(const char *text, char hex[SHA256_HEX_SIZE]);

#endif
