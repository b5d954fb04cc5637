/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * #include with a macro in place of a file.  Which macros have a part in one?  Those that such a line names (TRACE_INCLUDE_FILE), and
 * what the definitions of these name (TRACE_SYSTEM).  "#define __percpu_seg fs" of arch/x86/include/asm/percpu.h has none, so
 * that not all units may include fs/btrfs/fs.h.
 */
#ifndef KSPLICE_CREATE_COMPUTED_INCLUDES_H
#define KSPLICE_CREATE_COMPUTED_INCLUDES_H

#include "ksplice-create/strmap.h"

/* In file number @from, macro @name is defined as what may be file number @to. */
struct possible_include {
	size_t from, to;
	char *name;
};

struct computed_includes {
	struct strmap words;		/* macros, and other words, that have a part in an #include */
	bool anything;			/* a macro calls what it is given: any macro could be meant */
	struct possible_include *possible;
	size_t nr;
};

/* What stands behind #include, no name in quotes or angles: false: anything could be meant. */
bool computed_includes_line(struct computed_includes *ci, const char *text);
void computed_includes_possible(struct computed_includes *ci, size_t from, const char *name, size_t to);
/* Has the macro a part in an #include, as far as is known? */
bool computed_includes_has(const struct computed_includes *ci, const char *name);
/* Are there possible ones of macros of which that is not known? */
bool computed_includes_open(const struct computed_includes *ci);
/* What a source defines those macros as that are known to have a part, has one as well. */
void computed_includes_bodies(struct computed_includes *ci, const char *text);
void computed_includes_free(struct computed_includes *ci);

#endif
