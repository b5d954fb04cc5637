/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Source text with the line numbers of another version of it. */
#ifndef KSPLICE_CREATE_LINE_NUMBERS_H
#define KSPLICE_CREATE_LINE_NUMBERS_H

#include "common/error.h"
#include "ksplice-create/util.h"

/*
 * @text with #line directives, so that each line that is still there in a later version has its number there.  @hunks:
 * what diff(1) says about the two in its normal format.  *@ret is NULL when no line that is still there has
 * moved; else the caller owns it.  ERROR_BAD_FILE: @hunks is not such a diff.
 */
struct error *line_numbers(const char *text, const char *hunks, char **ret);

#endif
