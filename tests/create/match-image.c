// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * match-image IMAGE MATCH_MODULE...: matches match modules of vmlinux against an image, as ksplice-create does, and tells how many
 * functions it found.  Status 1: not all that must be.
 */
#include <stdio.h>
#include <stdlib.h>

#include "common/file.h"
#include "ksplice-create/image.h"
#include "ksplice-create/kernel-memory.h"
#include "ksplice-create/offline.h"
#include "objmanip/match-module.h"

static struct error *match(const struct kernel_memory *km, const char *path)
{
	struct offline_stats stats;
	char *module;
	void *data = NULL;
	size_t size;
	struct error *err = file_read(path, 1 << 28, &module, &size);

	err = err ?: om_match_of_module(path, module, size, &data, &size);
	if (!err && !data)
		err = error_new(ERROR_BAD_FILE, "%s: no match module", path);
	err = err ?: offline_check_data(km, path, data, size, NULL, NULL, &stats);
	if (!err)
		printf("%u of %u functions found, %u of %u symbols bound\n", stats.matched, stats.functions, stats.bound,
		       stats.symbols);
	free(data);
	return err;
}

int main(int argc, char **argv)
{
	struct error *err;
	struct image *img;

	if (argc < 3)
		return 2;
	err = image_open(argv[1], &img);
	if (!err)
		printf("%s\n", image_banner(img));
	for (int i = 2; i < argc && !err; i++)
		err = match(kernel_memory_create(img, NULL, ""), argv[i]);
	if (err)
		printf("%s\n", err->text);
	return err != NULL;
}
