/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The symbol table that a kernel carries with it (kallsyms), out of its bytes.  Nothing there says where its parts are, so they
 * are found by what they must look like to each other: kallsyms-tables.h.
 */
#ifndef KSPLICE_CREATE_KALLSYMS_H
#define KSPLICE_CREATE_KALLSYMS_H

#include <stddef.h>
#include <stdint.h>

#include "common/error.h"

struct kallsyms_symbol {
	const char *name;
	uint64_t addr;
	char type;		/* the letter of nm; 'A', and nothing else, is a per-CPU symbol, whose address is an offset */
};

struct kallsyms {
	struct kallsyms_symbol *syms;	/* as the kernel has them: by address, per-CPU symbols first */
	size_t nr;
	char *names;			/* all of them */
};

/* Bytes in which they may be; the first has an address that is a multiple of 8. */
struct kallsyms_bytes {
	const uint8_t *p;
	size_t size;
};

/*
 * Reads the one symbol table that is in @nr stretches of bytes.  ERROR_BAD_FILE: there is none, or one in a form that is not
 * known, or several.  Call kallsyms_free() also after a failure.
 */
struct error *kallsyms_read(const struct kallsyms_bytes *bytes, size_t nr, struct kallsyms *ret);
void kallsyms_free(struct kallsyms *k);

#endif
