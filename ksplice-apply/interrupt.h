/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef KSPLICE_APPLY_INTERRUPT_H
#define KSPLICE_APPLY_INTERRUPT_H

#include <stdbool.h>

/*
 * From now on SIGINT, SIGTERM and SIGHUP only leave a note: what has been begun is taken back, step by step, and
 * the tool ends by itself.  A second signal changes nothing.  SIGPIPE is ignored: output is not worth a half-way stop.
 */
void interrupt_catch(void);
bool interrupted(void);

#endif
