/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Trials of kbuild's makefiles: "does the compiler know this option?" (cc-option, as-instr, ld-option: all by try-run).  Each
 * make tries about twenty, at the top and below, each with some ten processes; the answers are kept in the work directory.
 */
#ifndef KSPLICE_CREATE_TRIALS_H
#define KSPLICE_CREATE_TRIALS_H

#include "ksplice-create/create.h"

/* Adds to the command line of a make in the prepared build what has it look at the answers that are known. */
struct error *trials_begin(struct create *c, struct strv *argv);
/* Takes what it found out; where the make failed, nothing of that counts: a full disk is an answer like any other. */
struct error *trials_end(struct create *c, bool failed);

#endif
