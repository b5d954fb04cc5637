/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The offline check: run-pre matching at the desk, by the matcher of the kernel core, over the kernel as it was built.  A mistake in
 * compiler, configuration or source is found here, not on the server.
 */
#ifndef KSPLICE_CREATE_OFFLINE_H
#define KSPLICE_CREATE_OFFLINE_H

#include <stdint.h>
#include <stdio.h>

#include "common/error.h"
#include "ksplice-create/kernel-memory.h"

/* What the check saw. */
struct offline_stats {
	unsigned functions, matched;	/* spans of code; those found at exactly one address */
	unsigned ambiguous;		/* found at several, where that does not matter */
	unsigned passed_over;		/* not required, and not found: weak functions overridden by other units */
	unsigned data, data_matched;	/* strings and constants; those that matched code refers to */
	unsigned symbols, bound;	/* of the match data; those whose address the code told */
	unsigned long long run_bytes;	/* length of all that matched */
	double seconds;			/* of the matching alone */
};

struct runpre_header;
struct runpre_env;
struct runpre_work;

/* What the matcher was given and what it left (kmodsrc/runpre/runpre.h): gone when the check returns. */
struct offline_seen {
	const struct runpre_header *h;
	const struct runpre_env *env;
	const struct runpre_work *work;
};

/* For binders of runs after the match: the value of a symbol as it was found, and the same memory. */
bool offline_seen_value(const struct offline_seen *seen, uint32_t sym, unsigned long long *value);
bool offline_seen_read(const struct offline_seen *seen, unsigned long long addr, void *buf, uint32_t len);

/* Where a function of the build and one of the kernel differ. */
struct offline_place {
	const struct offline_seen *seen;
	uint32_t span;			/* its index there */
	const char *unit, *name;	/* of the function in the build */
	uint32_t pre_size;		/* its bytes there */
	uint32_t pre_off;		/* of the first difference in it */
	uint64_t addr;			/* of the function in the kernel */
	uint32_t run_off;		/* of the first difference there */
};

/* What the caller has to do with the outcome; each may be NULL. */
struct offline_words {
	void *ctx;
	/* What there is to say about a difference beyond the match data, which has no instructions; follows the text on @out. */
	void (*tell)(void *ctx, FILE *out, const struct offline_place *place);
	/* Behind all that differs: what it comes from.  True: that is known, so the general advice is not needed. */
	bool (*conclude)(void *ctx, FILE *out, const struct offline_seen *seen);
	/* Once all are matched, or not. */
	void (*saw)(void *ctx, const struct offline_seen *seen);
};

/*
 * Matches the match data in @path against @km.  @words, @missing and @stats may be NULL; the last is filled in unless the data
 * could not be read.  With @missing, what does not match is no error: it gets a line for each.
 * ERROR_NO_MATCH: which functions differ, where, how, and what to do; ERROR_BAD_FILE: damaged match data;
 * ERROR_USAGE: match data of a module that @km has not.
 */
struct error *offline_check(const struct kernel_memory *km, const char *path, const struct offline_words *words,
			    struct strv *missing, struct offline_stats *stats);
/* The same of @size bytes at @data, 8-aligned; @path is for messages. */
struct error *offline_check_data(const struct kernel_memory *km, const char *path, const void *data, size_t size,
				 const struct offline_words *words, struct strv *missing, struct offline_stats *stats);

#endif
