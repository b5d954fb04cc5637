/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Calls of macros in a text that the preprocessor has not seen. */
#ifndef KSPLICE_CREATE_DECLARING_MACROS_H
#define KSPLICE_CREATE_DECLARING_MACROS_H

#include <stdbool.h>

#include "ksplice-create/c-tokens.h"

/*
 * May a macro that is called in this top-level declaration declare something by a name that is not seen there, "foo_bits" for
 * one by "DECLARE_BITS(foo)"?  In doubt, yes.  Attributes that look so ("__printf(1, 2) int f(...);") count as none.
 */
bool declaring_macros(const struct c_tokens *t);

#endif
