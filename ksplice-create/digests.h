/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which units can a changed header make other code of?  Each is preprocessed without and with the diff, and what the compiler
 * would use of it is compared (declarations.h).
 */
#ifndef KSPLICE_CREATE_DIGESTS_H
#define KSPLICE_CREATE_DIGESTS_H

#include "ksplice-create/create.h"

/* A unit that might include touched files. */
struct candidate {
	const char *unit;	/* "fs/proc/cmdline.o" */
	bool assembler;
	char *touched;		/* fingerprint of those touched files that it might include, as patched; owned */
	bool differs;		/* answer: its code may be another one */
};

/*
 * Sets .differs of all.  The view must be unpatched, and is afterwards.  @tree is the fingerprint of all files that were
 * read to find them: for the same one and the same .touched, the answer is kept in the work directory.
 */
struct error *digests_compare(struct create *c, struct candidate *list, size_t nr, const char *tree);

/* In place of types: the unit's source could not be looked at. */
#define TYPES_UNKNOWN "?"

/*
 * What source_types() says of each of @units, C files, before and after the diff: added to @pre and @post in this order; or
 * TYPES_UNKNOWN.
 * The view must be unpatched, and is afterwards.
 */
struct error *digests_types(struct create *c, const struct strv *units, struct strv *pre, struct strv *post);

/*
 * "ksplice-create --source-digest|--source-types FILE COMMAND...": what kbuild runs in place of the preprocessor.  Runs it, and writes the
 * digest of what it printed to FILE; with --source-types, what source_types() says of it.  Returns the exit status.
 */
int digests_main(int argc, char **argv);

#endif
