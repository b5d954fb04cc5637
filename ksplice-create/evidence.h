/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the offline check found out about one target, kept: where its functions and symbols are in the kernel, and how that is known. */
#ifndef KSPLICE_CREATE_EVIDENCE_H
#define KSPLICE_CREATE_EVIDENCE_H

#include <stdint.h>

#include "ksplice-create/offline.h"
#include "ksplice-create/util.h"

enum evidence_kind {
	EVIDENCE_NONE,		/* not bound: the check failed */
	EVIDENCE_NAME,		/* no matched code mentions it; its name is unique in the symbol table */
	EVIDENCE_CODE,		/* its own code or bytes matched there */
	EVIDENCE_REFERENCE,	/* matched code refers to it */
};

/* A symbol that is published for carried code. */
struct evidence_symbol {
	char *publish;		/* as om_import.publish; owned */
	uint64_t addr;
	enum evidence_kind kind;
	unsigned candidates;	/* addresses that the symbol tables have for its name */
	unsigned referrers;	/* matched functions and objects that refer to it, beside itself */
	char *unit, *referrer;	/* the first of them; owned; NULL: none */
};

/* A function or object of the pre objects. */
struct evidence_span {
	char *unit, *name;	/* owned */
	uint32_t pre_size;
	uint64_t addr;		/* 0: not found */
};

struct evidence {
	bool checked;		/* there was an image to check against */
	struct offline_stats stats;
	struct evidence_symbol *symbols;
	size_t nr_symbols;
	struct evidence_span *spans;	/* what has a name */
	size_t nr_spans;
};

/* For struct offline_words, with a struct evidence as @ctx. */
void evidence_collect(struct evidence *e, const struct offline_seen *seen);
void evidence_free(struct evidence *e);
const struct evidence_symbol *evidence_symbol(const struct evidence *e, const char *publish);	/* NULL: none */
uint64_t evidence_address(const struct evidence *e, const char *unit, const char *name, uint64_t pre_size); /* 0: not known */

#endif
