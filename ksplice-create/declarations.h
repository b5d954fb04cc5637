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

/*
 * @text: what the C preprocessor printed, with its line markers; NUL-terminated.  With @names, a file, the names of what is used are
 * written there (used-names.h).
 */
struct error *declarations_digest(const char *text, char hex[SHA256_HEX_SIZE], const char *names);
/* The digest for assembler, of which all counts. */
struct error *assembler_digest(const char *text, char hex[SHA256_HEX_SIZE]);

#endif
