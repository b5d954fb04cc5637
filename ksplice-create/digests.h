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

/* What a source can be asked for, as a list of lines: source_types(), prototypes_of(), renamed_uses() of what stands behind the "=". */
#define FACTS_TYPES "--source-types"
#define FACTS_PROTOTYPES "--source-prototypes"
#define FACTS_USES "--source-uses="
/* In place of these: the unit's source could not be looked at. */
#define FACTS_UNKNOWN "?"

/*
 * @what of each of @pre_units, C files, before the diff, and of @post_units after it: added to @pre and @post in this order;
 * or FACTS_UNKNOWN.  A unit that is called "" is none, and has no lines.  The view must be unpatched, and is afterwards.
 */
struct error *digests_facts(struct create *c, const char *what, const struct strv *pre_units, const struct strv *post_units,
			    struct strv *pre, struct strv *post);

/*
 * "ksplice-create --source-digest FILE COMMAND...": what kbuild runs in place of the preprocessor.  Runs it, and writes the
 * digest of what it printed to FILE; or, with one of FACTS_*, these.  Returns the exit status.
 */
int digests_main(int argc, char **argv);
/* Is @word what digests_main() begins with? */
bool digests_is_main(const char *word);

#endif
