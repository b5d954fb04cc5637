/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The values of enumerators, and of array sizes and widths that are made of them: "char slots[NR_SLOTS + 1]" is another member when
 * an enumerator is put before NR_SLOTS, though its text is the same.  Likewise, of the lengths of arrays (array-lengths.h).
 */
#ifndef KSPLICE_CREATE_ENUMERATORS_H
#define KSPLICE_CREATE_ENUMERATORS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ksplice-create/c-tokens.h"
#include "ksplice-create/strmap.h"
#include "ksplice-create/util.h"

struct enumerators {
	struct strmap names;
	struct enumerator {
		bool known;
		bool bound;	/* counts the others: NR_SLOTS, SLOT_MAX, at the end of its list */
		int64_t value;
		char *text;	/* of a value that is not known; owned */
		char *list;	/* the enumeration's tag, or the first of its enumerators; owned */
	} *v;
	struct strmap arrays;	/* whose length their initial values tell ... */
	struct strv lengths;	/* ... by number, as array_length() has it */
};

/* Adds what the definitions of enumerations in @t, the tokens of one declaration, define. In the order of the source. */
void enumerators_read(struct enumerators *e, const struct c_token *t, size_t n);
/* What is done with them in a declaration or function: one of which a table has an entry counts no others. After enumerators_read(). */
void enumerators_read_uses(struct enumerators *e, const struct c_tokens *t);
/* As enumerators_read(), of the declarations of arrays; before enumerators_read() and enumerators_print(). */
void enumerators_read_arrays(struct enumerators *e, const struct c_tokens *t);
void enumerators_free(struct enumerators *e);
/* The value of a constant expression; false: it is none, or one that has more than numbers, enumerators and sizes of basic types. */
bool enumerators_evaluate(const struct enumerators *e, const struct c_token *t, size_t n, int64_t *ret);
/*
 * Appends tokens, with a space behind each: array sizes and widths as numbers where they are known, and otherwise enumerators and the
 * lengths of arrays in them.
 */
void enumerators_print(const struct enumerators *e, const struct c_token *t, size_t n, struct str *out);

#endif
