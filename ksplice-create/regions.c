// SPDX-License-Identifier: GPL-2.0-or-later
#include "ksplice-create/regions.h"

#include <stdlib.h>
#include <string.h>

bool regions_add(struct regions *rs, uint64_t addr, uint64_t size, const uint8_t *data)
{
	struct region *grown = reallocarray(rs->r, rs->nr + 1, sizeof(*grown));

	if (!grown)
		return false;
	rs->r = grown;
	rs->r[rs->nr++] = (struct region){ addr, size, data };
	return true;
}

static int compare(const void *a, const void *b)
{
	const struct region *x = a, *y = b;

	return x->addr < y->addr ? -1 : x->addr > y->addr;
}

bool regions_sort(struct regions *rs)
{
	if (rs->nr)
		qsort(rs->r, rs->nr, sizeof(*rs->r), compare);
	for (size_t i = 1; i < rs->nr; i++)
		if (rs->r[i].addr - rs->r[i - 1].addr < rs->r[i - 1].size)
			return false;
	return true;
}

/* The region that has @addr, or NULL. */
static const struct region *region_at(const struct regions *rs, uint64_t addr)
{
	size_t lo = 0, hi = rs->nr;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;
		const struct region *r = &rs->r[mid];

		if (addr < r->addr)
			hi = mid;
		else if (addr - r->addr >= r->size)
			lo = mid + 1;
		else
			return r;
	}
	return NULL;
}

size_t regions_read(const struct regions *rs, uint64_t addr, void *buf, size_t len)
{
	size_t done = 0;

	while (done < len) {
		const struct region *r = region_at(rs, addr + done);
		size_t n;

		if (!r)
			break;
		n = r->size - (addr + done - r->addr);
		n = n < len - done ? n : len - done;
		if (r->data)
			memcpy((char *)buf + done, r->data + (addr + done - r->addr), n);
		else
			memset((char *)buf + done, 0, n);
		done += n;
	}
	return done;
}

void regions_free(struct regions *rs)
{
	free(rs->r);
	*rs = (struct regions){ 0 };
}
