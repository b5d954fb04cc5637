/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Functions that have an object on their stack.  It goes with them: when they are replaced, nobody is inside. */
#ifndef KSPLICE_CREATE_MAKERS_H
#define KSPLICE_CREATE_MAKERS_H

#include "ksplice-create/strmap.h"
#include "objmanip/objmanip.h"

/*
 * Adds to @ret the functions @makers (words), "f", and who mentions these, "g<f", "h<g" ..., by the lines of source_types():
 * @texts has under "callers f" of @names who mentions f.
 */
void makers_list(const struct strmap *names, const struct strv *texts, const char *makers, struct strv *ret);

/*
 * Of the functions that have one, one which may be running when the update is applied, and goes on with it; owned by the caller. NULL:
 * none.  @makers is of makers_list().
 */
char *makers_kept(const struct om_target *t, const char *unit, const struct strv *makers);

#endif
