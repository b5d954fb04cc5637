/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Kernel memory as the desk has it: stretches of bytes at their addresses. */
#ifndef KSPLICE_CREATE_REGIONS_H
#define KSPLICE_CREATE_REGIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct region {
	uint64_t addr, size;
	const uint8_t *data;	/* borrowed; NULL: zeros */
};

struct regions {
	struct region *r;	/* owned; by address after regions_sort() */
	size_t nr;
};

bool regions_add(struct regions *rs, uint64_t addr, uint64_t size, const uint8_t *data); /* false: no memory */
/* False if two lie at one address. */
bool regions_sort(struct regions *rs);
/* Copies up to @len bytes from @addr, returns how many: fewer where memory ends. */
size_t regions_read(const struct regions *rs, uint64_t addr, void *buf, size_t len);
void regions_free(struct regions *rs);

#endif
