/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Part of the tool ksplice-objmanip. Each answer has a text, on stdout, and the same as JSON (NULL: out of memory). */
#ifndef OBJMANIP_SHOW_H
#define OBJMANIP_SHOW_H

#include <jansson.h>
#include <stdbool.h>

#include "objmanip/objmanip.h"

void show_spans(const struct om_obj *obj);
json_t *show_spans_json(const struct om_obj *obj);

/* After om_target_diff(). @all: also what did not change, and what the code needs from the kernel. */
void show_diff(const struct om_target *t, bool all);
json_t *show_diff_json(const struct om_target *t, bool all);

#endif
