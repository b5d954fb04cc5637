/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which units can include a file, directly or by other headers?  Found by reading the #include lines of all sources that the
 * configuration builds and of whatever these include, without the preprocessor: conditions are ignored, so that some
 * of the units only might include it, but none that does is missed.
 */
#ifndef KSPLICE_CREATE_INCLUDES_H
#define KSPLICE_CREATE_INCLUDES_H

#include "ksplice-create/create.h"
#include "ksplice-create/survey.h"

struct includes;

/*
 * Reads all of it: files of the tree, and of c->patches also as patched; of kbuild's output directory what is generated there.
 * *@fingerprint (owned by the caller) is that of all files that were read, before the diff.
 */
struct error *includes_read(struct create *c, const struct survey *s, struct includes **ret, char **fingerprint);
void includes_free(struct includes *in);

/* reached[unit's number in the survey] for a file of the tree; all units whose source kbuild makes are reached by all files. */
void includes_reached(const struct includes *in, const char *file, bool *reached);
/* Has the unit a source in the tree (or does the diff add one)? Its name goes to *@source, not to be freed. */
bool includes_source(const struct includes *in, size_t unit, const char **source);
/* How many files were read, and the text of one before the diff, owned by the caller; NULL if it is not there. */
size_t includes_nr_files(const struct includes *in);
struct error *includes_text(const struct includes *in, size_t n, char **ret);
/*
 * Directories of the tree from which a way "../" leads to a file that includes a touched one, or is one: added to @ret.  In the
 * view they must be directories, for behind a symbolic link the way leads to the unpatched file.
 */
void includes_ways_up(const struct includes *in, struct strv *ret);

#endif
