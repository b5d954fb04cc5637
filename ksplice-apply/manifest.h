/* SPDX-License-Identifier: GPL-2.0-or-later */
/* manifest.json of an update (docs/formats.md), checked as a whole before anybody sees it. */
#ifndef KSPLICE_APPLY_MANIFEST_H
#define KSPLICE_APPLY_MANIFEST_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/error.h"
#include "common/names.h"
#include "common/sha256.h"

#define MANIFEST_NAME		"manifest.json"
#define MANIFEST_SIZE_MAX	(16u << 20)	/* bytes */
#define CORE_MODULE		"ksplice"	/* the name under which the core is loaded, whatever the update */

struct manifest_module {
	const char *file;	/* in the archive; always @module with ".ko" */
	const char *module;
};

struct manifest_function {
	const char *unit;
	const char *name;
	const char *verdict;	/* "changed", ...; "" when not given */
	const char *reason;	/* "" when not given */
};

struct manifest_target {
	const char *name;	/* "vmlinux", or a module's name as in /sys/module */
	struct manifest_module match;
	struct manifest_module code;
	size_t nr_functions;
	struct manifest_function *functions;
};

struct manifest_file {
	const char *name;
	uint64_t size;		/* bytes */
	const char *sha256;	/* 64 lower-case hex digits */
};

/* Strings belong to @root; those that are printed may hold any UTF-8 but no NUL: see text.h. */
struct manifest {
	json_t *root;
	const char *id;
	const char *description;	/* "" when not given */
	const char *created;		/* "" when not given */
	const char *arch;		/* as in uname -m */
	const char *release;		/* as in uname -r */
	const char *banner;		/* as in /proc/version without its newline; NULL: made without --image */
	const char *build_id;		/* lower-case hex; NULL: made without --image */
	struct manifest_module core;
	unsigned int abi;		/* of the core */
	const char *patch;		/* file in the archive */
	size_t nr_targets;		/* 1 or more */
	struct manifest_target *targets;
	size_t nr_files;		/* exactly: core, patch, and two per target */
	struct manifest_file *files;
};

/*
 * Parses @size bytes at @text.  ERROR_BAD_FILE: the text names the key.  *@m is to be freed.
 */
struct error *manifest_parse(const char *text, size_t size, struct manifest **m);
void manifest_free(struct manifest *m);

/* Does the @i-th target have functions of the author's that are called when the update is applied or undone? */
bool manifest_has_hooks(const struct manifest *m, size_t i);

/* NULL: the manifest has no such file. */
const struct manifest_file *manifest_file(const struct manifest *m, const char *name);

#endif
