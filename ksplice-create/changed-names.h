/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a header's two texts declare differently.  A unit that uses none of these names, neither of before nor of after, cannot become
 * other code by the header, and need not be preprocessed to see that.
 */
#ifndef KSPLICE_CREATE_CHANGED_NAMES_H
#define KSPLICE_CREATE_CHANGED_NAMES_H

#include "ksplice-create/util.h"

/*
 * Adds the names that declarations have which are not the same in @pre and @post, unpreprocessed texts of a header, to @names, and those of
 * macros that only @post defines to @macros: where these are new to all sources (new-macros.h), they are names as well, which only ## could make.
 * False: what the change means cannot be told from the names (and the lists are of no use).  So it is when the two do not have the same
 * other directives, in the same order and at the same places among the declarations, as macros and conditions mean something where no name
 * of theirs is left; without an include guard, as the text may be a part of something; and where what changed makes code or data by
 * itself, or looks as if a macro declared it.
 */
bool changed_names(const char *pre, const char *post, struct strv *names, struct strv *macros);

#endif
