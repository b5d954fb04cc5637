/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reads an update file (docs/formats.md) whole into memory.  Nobody sees a byte of it before all of it has been
 * checked: nothing is ever unpacked to a disk, where names and links of an archive could do harm, or somebody could
 * exchange a file between check and use.
 */
#ifndef KSPLICE_APPLY_UPDATE_FILE_H
#define KSPLICE_APPLY_UPDATE_FILE_H

#include "ksplice-apply/manifest.h"

struct update_file {
	char *name;		/* without the directory */
	void *data;
	size_t size;
};

struct update {
	struct manifest *manifest;
	size_t nr_files;
	struct update_file files[UPDATE_FILES_MAX];	/* the manifest is the first */
};

/* ERROR_SYSTEM: it cannot be opened or read; ERROR_BAD_FILE: all the rest. *@update is to be freed. */
struct error *update_read(const char *path, struct update **update);
/* The same from memory; @name is for messages. */
struct error *update_read_memory(const char *name, const void *data, size_t size, struct update **update);
void update_free(struct update *update);

/* Of a file that the manifest names, so never NULL for one. */
const struct update_file *update_find(const struct update *update, const char *name);

#endif
