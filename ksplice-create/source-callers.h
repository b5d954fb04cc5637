/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Who mentions which function in a preprocessed source. */
#ifndef KSPLICE_CREATE_SOURCE_CALLERS_H
#define KSPLICE_CREATE_SOURCE_CALLERS_H

#include "ksplice-create/c-source.h"

/* The name of the function that these tokens define; NULL if it cannot be told. */
const struct c_token *source_function_name(const struct c_tokens *t);

/*
 * Adds a line to @ret for each of @functions that others mention, "f\tcallers\tg h ", and for each of these, and so on: all that the
 * compiler may have made a part of something else, and of what.
 */
void source_callers(struct c_source *src, const struct strv *functions, struct str *ret);

#endif
