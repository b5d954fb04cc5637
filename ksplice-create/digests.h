/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which units can a changed header make other code of?  Each is preprocessed without and with the diff, and what the compiler
 * would use of it is compared (declarations.h).
 */
#ifndef KSPLICE_CREATE_DIGESTS_H
#define KSPLICE_CREATE_DIGESTS_H

#include "ksplice-create/create.h"

/* A unit that might include touched files (docs/glossary.md). */
struct suspect {
	const char *unit;	/* "fs/proc/cmdline.o" */
	bool assembler;
	char *touched;		/* fingerprint of those touched files that it might include, as patched; owned */
	bool names_known;	/* @names is all that these files declare differently (changed-names.h) */
	struct strv names;	/* owned */
	bool spared;		/* it uses none of them */
	bool differs;		/* answer: its code may be another one */
};

/*
 * Sets .differs of all.  The view must be unpatched, and is afterwards.  @tree is the fingerprint of all files that were
 * read to find them: for the same one and the same .touched, the answer is kept in the work directory.
 */
struct error *digests_compare(struct create *c, struct suspect *list, size_t nr, const char *tree);

#endif
