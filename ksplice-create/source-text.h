/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The source that units were compiled from, line by line, without and with the diff. */
#ifndef KSPLICE_CREATE_SOURCE_TEXT_H
#define KSPLICE_CREATE_SOURCE_TEXT_H

#include "ksplice-create/create.h"

struct source_text;

struct source_text *source_text_create(const struct create *c); /* @c is borrowed */
void source_text_destroy(struct source_text *t); /* NULL is fine */

/*
 * What to call @path, which is as the compiler saw it: "fs/proc/cmdline.c".  Points into @path.
 */
const char *source_text_name(const struct source_text *t, const char *path);
/*
 * Line @line, counted from 1, of the same file, of the patched one or the unpatched, without blanks at its ends; NULL: there is no
 * such file or line.  It is @t's.
 */
const char *source_text_line(struct source_text *t, const char *path, int line, bool patched);

#endif
