/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The types, enumerators and variables of a preprocessed source. */
#ifndef KSPLICE_CREATE_SOURCE_TYPES_H
#define KSPLICE_CREATE_SOURCE_TYPES_H

#include <stdbool.h>

#include "ksplice-create/util.h"

/*
 * The structures and unions that are used, added to *@ret: a line each, "foo\tstack f g\tstruct { int a ; char * b ; }".  The second
 * field begins with "stack", and goes on with the functions that have such an object, when objects of this type live in functions
 * alone, as far as this source can see: it is a variable's and a parameter's type there, and never that of a static variable, of a
 * member, of something cast or allocated; else it is "stays".  Types that functions define for themselves are left out.  Array sizes and widths are numbers, where these can be known.
 * Then the other names of types, "foo_t\ttypedef\tunsigned int foo_t", and enumerators, "RED\tvalue colour\t5", and those that
 * count the others, "NR_COLOURS\tbound colour\t6"; an enumeration without a tag has the name of its first.  Then variables
 * (source-variables.h), and who mentions functions that have something on the stack, and who mentions those: "f\tcallers\tg h ".  What the author of a diff declared by ksplice_layout_ignore() (ksplice-patch.h) has a line with its name alone.
 * False: @text is more than can be read, and nothing is added.
 */
bool source_types(const char *text, struct str *ret);

#endif
