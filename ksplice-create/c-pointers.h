/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Other names for a pointer: "union { struct d * dev ; struct d * dev_rcu ; } ;" is to code that does not mention dev_rcu the same as
 * "struct d * dev ;".  Stable releases bring such names for pointers that are read under RCU.
 */
#ifndef KSPLICE_CREATE_C_POINTERS_H
#define KSPLICE_CREATE_C_POINTERS_H

#include "ksplice-create/c-tokens.h"

/*
 * Does such a union begin at @i?  Then *@first is where its first member ends, whose tokens are those from @i + 2, and it is returned where the
 * union ends; else 0, also if one of its names fits @is_used (unless NULL).
 */
size_t c_pointer_names(const struct c_tokens *t, size_t i, size_t *first, bool (*is_used)(const struct c_token *name, void *ctx),
		       void *ctx);
/* The name that the member at @i declares, if it is a plain pointer; 0: it is none. *@end: where it ends. */
size_t c_plain_pointer(const struct c_tokens *t, size_t i, size_t *end);

#endif
