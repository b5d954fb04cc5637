/* SPDX-License-Identifier: GPL-2.0-or-later */
/* JSON of the tools, over jansson. */
#ifndef COMMON_JSON_H
#define COMMON_JSON_H

#include <jansson.h>

#include "common/error.h"

/* "busy", "wrong_kernel", ...: the word for an error's kind in JSON; never NULL. */
const char *error_kind_name(enum error_kind kind);

/*
 * {"version": 1, "ok": false, "error": {"kind": "busy", "text": "..."}}: what each tool prints with --json when it
 * fails; @err is not taken.  NULL when out of memory.
 */
json_t *json_from_error(const struct error *err);

/* Prints @value with a newline on stdout and drops it; NULL means out of memory. */
struct error *json_print(json_t *value);

#endif
