/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Definitions, looked for in sources as they are written. */
#ifndef KSPLICE_CREATE_DEFINITION_TEXT_H
#define KSPLICE_CREATE_DEFINITION_TEXT_H

#include <stdbool.h>

enum definition {
	DEFINITION_NONE,
	DEFINITION_STRONG,	/* a function */
	DEFINITION_WEAK,	/* a function or data; or a declaration that makes it weak */
};

/*
 * What @source, C or with @assembler an assembler file, neither preprocessed, defines by the name @name.  Conditions are ignored, and what
 * only looks like a weak one counts as one.
 */
enum definition definition_text(const char *source, bool assembler, const char *name);

#endif
