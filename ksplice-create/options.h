/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The command line. */
#ifndef KSPLICE_CREATE_OPTIONS_H
#define KSPLICE_CREATE_OPTIONS_H

#include "common/error.h"
#include "ksplice-create/util.h"

struct options {
	struct strv patches;	/* files, in the order given */
	struct strv patch_opts;
	struct strv extra_match, exclude_match; /* patterns of units */
	const char *source;	/* the kernel tree */
	const char *sign;	/* an update file that is there already: sign that, and do nothing else */
	const char *git;	/* REV[..REV], instead of patches */
	const char *config, *arch, *release, *symvers, *image, *modules, *cc, *workdir, *output, *report, *description, *sign_key, *sign_cert, *sign_file; /* NULL: not given */
	char *id;		/* given, or made up */
	int jobs;
	bool series;		/* the source has updates that the image has not */
	bool verbose, quiet, json;
	bool help, version;	/* print that, and nothing else */
};

/* ERROR_USAGE when the words make no sense. The strings of @ret point into argv, but for id. */
struct error *options_parse(int argc, char **argv, struct options *ret);
void options_free(struct options *o);
void options_help(void);

#endif
