/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The variables of a preprocessed source, with their types as text: one that keeps its name and its size, and was a number of jiffies and
 * is one of nanoseconds, is the same variable to the object code.
 */
#ifndef KSPLICE_CREATE_SOURCE_VARIABLES_H
#define KSPLICE_CREATE_SOURCE_VARIABLES_H

#include "ksplice-create/c-source.h"
#include "ksplice-create/enumerators.h"

/*
 * Adds a line to @ret for each variable that is used, "last\tvariable f\tunsigned long last": a static one of function f, or with an
 * empty word behind "variable " one of the file.  Qualifiers, attributes and initial values are left out, and sizes of arrays are
 * numbers where they are known.
 */
void source_variables(const struct c_source *src, const struct enumerators *e, struct str *ret);

#endif
