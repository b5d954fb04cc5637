/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the files layout-*.c share that compare definitions; layouts.c has them do it, one after the other. */
#ifndef KSPLICE_CREATE_LAYOUT_PARTS_H
#define KSPLICE_CREATE_LAYOUT_PARTS_H

#include "ksplice-create/create.h"
#include "ksplice-create/strmap.h"

#define LAYOUT_ADVICE_NUMBER "put what is new behind what is there; if nothing keeps such a number from before the update, say ksplice_layout_ignore(%s)"

enum layout_kind { LAYOUT_STRUCTURE, LAYOUT_TYPEDEF, LAYOUT_ENUMERATOR, LAYOUT_VARIABLE, LAYOUT_CALLERS };

/* What one side of one unit knows. */
struct layout_side {
	struct strmap names;	/* "struct foo", "typedef foo_t", "enumerator FOO", "variable foo", "variable foo of f", "callers f" */
	struct strv texts;
	struct layout_about {
		enum layout_kind kind;
		bool stays;	/* of a structure */
		bool bound;	/* of an enumerator: it counts the others, and is no number that is kept */
		/* Of an enumerator: its enumeration; of a variable: its function, or ""; of a structure: the functions that have one on the
		 * stack, or NULL; borrowed. */
		const char *list;
		bool twice;	/* of a variable: the function has two of that name */
	} *about;
	struct strv ignored;
};

/* What was found in all units, and what has been said of it. */
struct layouts {
	struct create *c;
	struct strv ignored;
	struct strv told;	/* what is refused already */
	struct {
		char *unit, *name, *what;
		struct strv makers;	/* makers_list() */
		struct strv was, is;	/* members that only have another name, as far as the structure itself tells; else none */
		bool fits;	/* ... and as far as its uses tell */
		struct layout_about about;
	} *found;
	size_t nr;
};

/* layout-side.c: @text has the lines of source_types(), and what is kept of them points into it. */
void layout_side_parse(char *text, struct layout_side *s);
void layout_side_free(struct layout_side *s);

/* layout-compare.c: adds to l->found what is not the same in the lines @pre and @post of @unit, and old objects do not fit. */
void layout_compare(struct layouts *l, const char *unit, const char *pre, const char *post);
/* And what one of @units no longer has and another one has got: all lines of all of them. */
void layout_compare_moved(struct layouts *l, const struct strv *units, const struct strv *pre, const struct strv *post);

/* layout-renamed.c: of what was found, is it but another name?  @units with their names before and with the diff. */
struct error *layout_judge_renamed(struct layouts *l, const struct strv *units, const struct strv *pre_units,
				   const struct strv *post_units);

/* layout-refuse.c: number @i of what was found, if it is to be refused; a unit of which nothing is known. */
struct error *layout_refuse(struct layouts *l, size_t i);
struct error *layout_refuse_unknown(struct layouts *l, const char *unit);
/* Does the update carry anything from it? */
bool layout_is_carried_from(const struct create *c, const struct unit *u);

/* layout-numbers.c: refuses numbers that the preprocessor leaves no trace of. */
struct error *layout_check_numbers(struct layouts *l);

#endif
