/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One run of ksplice-create: what it was asked for, what it found out, what it made.  Each step of main.c fills in its
 * part and reads the parts before it; nothing is global.
 */
#ifndef KSPLICE_CREATE_CREATE_H
#define KSPLICE_CREATE_CREATE_H

#include <stdint.h>

#include "common/error.h"
#include "common/log.h"
#include "ksplice-create/evidence.h"
#include "ksplice-create/module-files.h"
#include "ksplice-create/options.h"
#include "ksplice-create/util.h"
#include "objmanip/objmanip.h"

/* kernel.c: the kernel that the update is for. */
struct kernel {
	char *source;		/* real path of the tree */
	char *config;		/* path of its configuration */
	char *config_text;
	char *release;
	char *arch, *srcarch;	/* "x86_64", "x86" */
	const char *cross;	/* how names of the tools for it begin: "", or "powerpc64le-linux-gnu-" */
	const char *carried_cflags; /* of struct om_arch */
	char *symvers;		/* path of its Module.symvers; NULL: to be made from the image */
	char *cc;		/* compiler, as make gets it */
	char *cc_version;	/* first line of its --version */
	char *module_hash;	/* by which its modules are signed, "sha256"; NULL: it knows no signatures */
	bool rust;		/* a Rust compiler was there when the kernel was configured */
	bool late_objtool;	/* its build runs objtool when objects are linked, not when they are compiled */
	struct image *image;	/* NULL: none was given */
	char *modules;		/* directory of its modules; NULL: not known */
	struct module_files module_files; /* in @modules */
	struct kernel_memory *memory; /* @image and the targets' modules; NULL without an image */
	char *banner, *build_id; /* of the image; NULL without */
	char *distributor, *distribution_version; /* as its code has them (package-id.h); NULL: it has none, or they are not known */
};

/* git.c: only with --git. */
struct git {
	char *top;		/* real path of the repository's working tree, which is not looked at */
	char *git_dir;		/* its .git */
	char *dir;		/* where we keep what follows */
	char *tree;		/* DIR/tree: the source as of @from */
	char *diff;		/* DIR/diff: from @from to @to */
	char *mirror;		/* DIR/mirror: a git directory with its commits, and nothing else of it */
	char *from, *to;	/* object names of commits */
	char *subject;		/* what the update is for */
	int lock;
};

/* workspace.c: where we build. */
struct workspace {
	char *dir;
	char *view;		/* DIR/src: the tree, by symlinks, with real copies of the touched files */
	char *build;		/* DIR/build: kbuild's output */
	char *pre, *post;	/* DIR/pre, DIR/post: the units' objects */
	char *stage;		/* DIR/stage: copies of the touched files, patched */
	char *assembler;	/* DIR/assembler: "as", carried-as.c */
	char *include;		/* DIR/include: ksplice-patch.h, ksplice-abi.h */
	char *numbered;		/* DIR/numbered: the touched files, unpatched, with the line numbers of the patched ones */
	char *renumbered;	/* DIR/renumbered: the units' objects made of these */
	char *kept;		/* DIR/kept: the last objects in post and renumbered, by unit */
	char *kmod;		/* DIR/kmod: the core, and layout.o */
	char *update;		/* DIR/update: the modules of this update */
	int lock;
};

/* patchset.c: the diffs. */
struct patchset {
	struct strv files;	/* touched files, relative to the tree, also those added and removed; sorted */
	struct strv renamed;	/* of these, pairs (old, new) of which git's lines said that one became the other */
	struct str text;	/* all diffs, one behind the other */
};

/* units.c: one touched object file. */
struct unit {
	char *name;		/* "fs/proc/cmdline.o" */
	char *source;		/* "fs/proc/cmdline.c" */
	char *target;		/* "vmlinux", or the module's name */
	char *pre, *post;	/* paths of the objects */
	bool added, removed;	/* built only with, or only without the diff: the other object is an empty one, or
				 * that of @became */
	char *became;		/* of a removed one: the unit of the file that it was renamed to, as git says; else NULL */
	char *renumbered;	/* renumber.c: likewise, from the unpatched source with the new line numbers, and compiled as post; NULL: no need */
};

struct mismatch;
struct signing;

/* targets.c: what is spliced together. */
struct target {
	char *name;
	size_t index;		/* of its files */
	struct om_target *om;
	char *match_module, *code_module; /* names */
	char *match_data, *carried;	/* paths of what objmanip emitted */
	struct evidence evidence;	/* what the offline check found */
	struct mismatch *mismatches;	/* and where the kernel differs; mismatch.h */
	size_t nr_mismatches;
};

struct timing {
	const char *step;
	double wall, cpu;	/* seconds */
};

struct create {
	struct options opt;
	struct git git;
	struct kernel kernel;
	struct workspace ws;
	struct patchset patches;
	struct unit *units;
	size_t nr_units;
	struct unit *extra;	/* matched though the diff does not reach them */
	size_t nr_extra;
	struct om_layout layout;
	struct target *targets;
	size_t nr_targets;
	bool ahead;		/* look_ahead() is at work: only units that the diff itself touches, and no notes */
	struct strv anew;	/* exported functions that get another prototype; prototypes.h */
	struct strv excluded;	/* patterns of --exclude-match that fitted something */
	struct strv notes;	/* what the user should know though it is no error */
	struct timing *timings;
	size_t nr_timings;
	struct signing *signing; /* what modules are signed with; NULL: they are not */
	char *output;		/* the update file; NULL until it is there */
	struct strv environment; /* "NAME=value", what the user had, before all but a little was taken out of it */
	struct log log;
	double step_start, step_cpu; /* report.c */
};

#endif
