/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Members of structures that get another name, and nothing else: struct mddev's recovery_cp became resync_offset (drivers/md/md.h, 6.12.111).
 * Objects that live on fit; but the new name may say that what the member means is another thing now (jiffies, nanoseconds).  Where that is so,
 * what writes or reads it has to differ; so each statement that has the new name must be one that was there with the old one.
 */
#ifndef KSPLICE_CREATE_RENAMED_MEMBERS_H
#define KSPLICE_CREATE_RENAMED_MEMBERS_H

#include <stdbool.h>

#include "ksplice-create/util.h"

/*
 * Is @post (tokens as source_types() has them) @pre with other names for some members, and the same in all else?  Then the pairs of names
 * are added to @was and @is; if not, nothing is.
 */
bool renamed_members(const char *pre, const char *post, struct strv *was, struct strv *is);

/* The statements of a preprocessed source that have one of @words (with commas between them) in them, a line each, added to @ret. */
void renamed_uses(const char *text, const char *words, struct str *ret);

/*
 * One of the statements @post (lines as renamed_uses() makes them) that has the new name of a pair and is none of @pre with the old one;
 * NULL: there is none.  It is owned by the caller.
 */
char *renamed_otherwise(const char *pre, const char *post, const struct strv *was, const struct strv *is);

#endif
