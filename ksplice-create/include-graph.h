/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Who includes what, while it is found out and afterwards; what the files include-*.c share.  includes.h has what others ask.
 */
#ifndef KSPLICE_CREATE_INCLUDE_GRAPH_H
#define KSPLICE_CREATE_INCLUDE_GRAPH_H

#include "ksplice-create/computed-includes.h"
#include "ksplice-create/depend.h"
#include "ksplice-create/includes.h"
#include "ksplice-create/strmap.h"

struct include_edges {
	size_t *v;
	size_t n;
};

/* From a file in directory @dir, "../" leads to file @to. */
struct include_way_up {
	char *dir;
	size_t to;
};

/* What is in a directory. */
struct include_listing {
	struct strmap names;
	bool known;
};

/*
 * Files are called as kbuild's output directory sees them: "./include/generated/autoconf.h" lies there, "include/linux/fs.h"
 * in the tree.
 */
struct includes {
	struct create *c;
	const struct survey *s;
	struct strmap files;
	struct include_edges *includers;	/* by number of the file: who includes it */
	size_t nr_includers;
	struct strv dirs;		/* where all units look for <x.h>, in this order */
	struct strv early;		/* where some units look before that */
	struct strv late;		/* and where some look after that */
	struct strmap searched;		/* names that were looked for in the directories of all units ... */
	struct include_edges *found;		/* ... by number: which files they are */
	size_t nr_found;
	struct strmap asked;		/* files that were looked for ... */
	bool *there;			/* ... by number */
	size_t nr_there;
	struct strmap listed;		/* directories that were searched ... */
	struct include_listing *listings;	/* ... by number */
	size_t nr_listings;
	size_t *sources;		/* by number of the unit: its file, or STRMAP_NONE */
	struct include_way_up *ways;
	size_t nr_ways;
	struct computed_includes computed;
	struct include_edges *always;		/* by number of the set of flags: files included by -include */
};

void include_edge_add(struct include_edges *e, size_t to);
/* The number of a file, which is added where it is none yet. */
size_t include_file_add(struct includes *in, const char *file);

/* include-names.c: where a file lies, by its name. Owned by the caller, as what follows. */
char *include_path(const struct create *c, const char *file);
/* @name as seen from @dir ("" for the tree), without "." and ".."; NULL if it leaves the tree. */
char *include_join(const char *dir, const char *name);
char *include_dir_of(const char *file);

/* include-search.c: is there such a file, with the diff or without? */
bool include_is_there(struct includes *in, const char *file);
/* Adds that file number @from includes @dir/@name, if that is there. */
bool include_add_if_there(struct includes *in, size_t from, const char *dir, const char *name);
/* What <@name> may be, whoever includes it.  Borrowed, until another one is looked for. */
const struct include_edges *include_find(struct includes *in, const char *name);
/* Notes, where @dir/@name has a "..", from where that leads to file number @to. */
void include_way_up_add(struct includes *in, const char *dir, const char *name, size_t to);

/* include-roots.c: what the survey says: directories, sources, what all files include. */
void include_roots(struct includes *in);

/* include-scan.c: reads file number @n, and adds what it includes; and it to the fingerprint. */
struct error *include_scan_file(struct includes *in, size_t n, struct fingerprint *f);
/* When all are read: what #include of a macro may mean. */
struct error *include_follow_definitions(struct includes *in);
void include_take_computed(struct includes *in);

#endif
