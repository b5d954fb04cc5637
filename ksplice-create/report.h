/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the user sees: progress, notes, and the result as text or JSON. */
#ifndef KSPLICE_CREATE_REPORT_H
#define KSPLICE_CREATE_REPORT_H

#include "ksplice-create/create.h"

/* Steps are timed; on a terminal they are also shown. @step is a literal, "prepare the work directory". */
void report_begin(struct create *c, const char *step);
void report_end(struct create *c);
/* Something to know, "drivers/foo.c: not built, ignored". Shown at once unless -q, and part of --json. */
void report_note(struct create *c, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* Sees that what was printed on stdout got there; ERROR_SYSTEM if not. */
struct error *report_flush(void);
/*
 * The end: @err is NULL, or why there is no update file.  Returns the exit status: 1 also when the update was made but the
 * report could not be written.
 */
int report_result(struct create *c, const struct error *err);

#endif
