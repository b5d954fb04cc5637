/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Builds update files, good and bad ones, for the tests of their reader. Everything fails the test when it fails. */
#ifndef TESTS_FAKE_UPDATE_H
#define TESTS_FAKE_UPDATE_H

#include <jansson.h>
#include <stddef.h>

#include "common/names.h"

#define FAKE_ID		"abc"
#define FAKE_DIR	"ksplice-" FAKE_ID
#define FAKE_FILES_MAX	(UPDATE_FILES_MAX + 16)

struct fake_entry {
	const char *path;	/* as it is put into the archive */
	const void *data;	/* NULL: none */
	size_t size;
	int type;		/* AE_IFREG, ... */
	const char *symlink, *hardlink;
};

/* Entries to be archived in order; strings and data are borrowed, but for the manifest's. */
struct fake {
	struct fake_entry entries[FAKE_FILES_MAX];
	size_t nr;
	char *manifest_text;	/* owned */
};

/* A manifest that agrees with fake_init()'s files; to be dropped. */
json_t *fake_manifest(void);

/* Directory, manifest, patch, core, match and code module of vmlinux: 6 entries, of which [1] is the manifest. */
void fake_init(struct fake *f);
/* The same with another manifest, which is taken. */
void fake_init_with(struct fake *f, json_t *manifest);
void fake_fini(struct fake *f);

void fake_add(struct fake *f, const char *path, const void *data, size_t size);
struct fake_entry *fake_find(struct fake *f, const char *path);

/* To be freed. */
void *fake_tar(const struct fake *f, size_t *size);
void *fake_gzip(const void *data, size_t size, size_t *gz_size);
void *fake_archive(const struct fake *f, size_t *size);

#endif
