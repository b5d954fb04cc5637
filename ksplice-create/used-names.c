// SPDX-License-Identifier: GPL-2.0-or-later
#include "ksplice-create/used-names.h"

#include <stdlib.h>
#include <string.h>

#include "ksplice-create/tree.h"

uint32_t used_name_hash(const char *name, size_t len)
{
	uint32_t h = 0x811c9dc5; /* FNV-1a */

	for (size_t i = 0; i < len; i++)
		h = (h ^ (unsigned char)name[i]) * 0x01000193;
	return h;
}

static int compare(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return (x > y) - (x < y);
}

struct error *used_names_write(const char *path, uint32_t *hashes, size_t n)
{
	qsort(hashes, n, sizeof(*hashes), compare);
	return tree_write(path, hashes, n * sizeof(*hashes));
}

struct error *used_names_any(const char *path, const struct strv *names, bool *ret)
{
	_cleanup_free_ char *data = NULL;
	struct error *err;
	size_t size;

	*ret = true;
	if (!path_exists(path))
		return NULL;
	err = file_read(path, TEXT_MAX, &data, &size);
	if (err)
		return err;
	for (size_t i = 0; i < names->n; i++) {
		uint32_t hash = used_name_hash(names->v[i], strlen(names->v[i]));

		if (bsearch(&hash, data, size / sizeof(hash), sizeof(hash), compare))
			return NULL;
	}
	*ret = false;
	return NULL;
}
