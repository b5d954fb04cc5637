/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Makes a dump of a machine's memory: an ELF core file with a tiny kernel in it. Aborts on failure. */
#ifndef TESTS_DUMP_BUILDER_H
#define TESTS_DUMP_BUILDER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "tests/unit/kallsyms-builder.h"

#define DB_TEXT 0xffffffff8f400000ull	/* where the kernel runs: _text, the one page of which is all int3 */
#define DB_PHYS 0x7a00000ull		/* and lies */
#define DB_BANNER 0x400			/* from _text on */
#define DB_NOTES 0x800			/* the build id 0102..14 */

struct db {
	enum kb_order order;	/* of kallsyms */
	size_t hole;		/* a page from _text on that is not in the dump; 0: all are */
	bool paging;		/* pages are segments of their own, some of them twice, and others before and between */
	bool many;		/* the number of segments is where large numbers are */
	const char *info;	/* instead of VMCOREINFO's text */
	const char *without;	/* a key that is not in it */
};

/* The file, to be freed. */
void *db_make(const struct db *d, size_t *size);

#endif
