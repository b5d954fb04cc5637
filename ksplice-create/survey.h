/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which units the configuration builds, and where each looks for its headers: asked of kbuild's own makefiles, without
 * compiling anything.
 */
#ifndef KSPLICE_CREATE_SURVEY_H
#define KSPLICE_CREATE_SURVEY_H

#include "ksplice-create/create.h"
#include "ksplice-create/strmap.h"

/* A directory that kbuild goes to. */
struct survey_dir {
	struct strv makefiles;	/* that make reads there; of .makefiles */
	struct strv programs;	/* of .programs */
	struct strv below;	/* where it goes from there */
};

struct survey {
	struct strmap units;	/* "fs/proc/cmdline.o" */
	size_t *flags;		/* by number of the unit: number in flag_sets */
	struct strmap flag_sets; /* preprocessor flags of the compiler's command line, separated by blanks; "@" for .common */
	struct strmap programs;	/* sources of programs of the build without ".c": "lib/gen_crc32table" */
	struct strmap makefiles; /* by the ways that make takes: drivers/gpu/drm/amd/amdgpu/../display/Makefile */
	struct strmap dirs;	/* "fs/proc" ... */
	struct survey_dir *dir;	/* ... by number */
	struct strv skipped;	/* directories that were not gone to */
	char *common;		/* those that nearly all have: LINUXINCLUDE of the kernel's Makefile */
	char *fingerprint;	/* of all makefiles that were read, the configuration and what was prepared */
};

/* Of the unpatched view; kept in the work directory.  The result is to be freed, also after an error. */
struct error *survey_get(struct create *c, struct survey *ret);
/*
 * Of the view as it is: the units below the directories of @makefiles, files of the tree, and those of directories whose makefiles
 * include one; with all of their flags.  kbuild goes only to these, unless a makefile is one that no directory has read so far; what
 * the others have and say is taken from @whole, that of the unpatched view.
 */
struct error *survey_exact(struct create *c, const struct survey *whole, const struct strv *makefiles, struct survey *ret);
void survey_free(struct survey *s);

#endif
