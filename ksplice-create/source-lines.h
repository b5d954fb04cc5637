/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which line of the source an instruction of an object file was made from, as its line table (.debug_line) has it. */
#ifndef KSPLICE_CREATE_SOURCE_LINES_H
#define KSPLICE_CREATE_SOURCE_LINES_H

#include <stdbool.h>
#include <stdint.h>

struct source_lines;

/* NULL: the object has no line table that can be read, as those of assembler files. */
struct source_lines *source_lines_open(const char *object);
void source_lines_close(struct source_lines *s); /* NULL is fine */

/*
 * The line of byte @off of section number @section.  *@file, which is the object's, is the path that the compiler saw.  False:
 * not known; so for @s NULL.
 */
bool source_lines_find(struct source_lines *s, uint32_t section, uint64_t off, const char **file, int *line);

#endif
