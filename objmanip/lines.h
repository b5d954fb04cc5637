/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Line numbers in code: what moves when a line is added above it, and changes nothing. */
#ifndef OBJMANIP_LINES_H
#define OBJMANIP_LINES_H

#include "objmanip/elf.h"

/*
 * Byte @off of two code spans of one size belongs to a line number that both hand to the same function that only
 * prints it: ASSERT_RTNL()'s WARN_ONCE(..., __FILE__, __LINE__).
 */
bool om_line_byte(const struct om_span *pre, const struct om_span *post, uint64_t off);
/*
 * Texts that differ in nothing but the number of a line at their end: "field \"dev->perm_addr\" at net/core/dev.c:10296",
 * which memcpy() has for its warning (FILE_LINE, include/linux/fortify-string.h).
 */
bool om_line_text(const char *pre, const char *post);

#endif
