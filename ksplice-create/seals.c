// SPDX-License-Identifier: GPL-2.0-or-later
/* Reads which functions the kernel seals, and shows memory with the seals on. */
#include "ksplice-create/seals.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define MAX_SIZE (1 << 24)	/* Debian's 6.12 has 49 kB */

/* gen_endbr_poison(), arch/x86/include/asm/ibt.h (6.12) */
static const uint8_t poison[] = { 0x66, 0x0f, 0x1f, 0x00 };

static int compare(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return x < y ? -1 : x > y;
}

/* One signed 32-bit distance from itself for each. */
struct error *seals_read(const struct regions *memory, uint64_t start, uint64_t end, struct seals *ret)
{
	*ret = (struct seals){ 0 };
	if (end < start || (end - start) % sizeof(int32_t) || end - start > MAX_SIZE)
		return error_new(ERROR_BAD_FILE, "__ibt_endbr_seal is no list of 32-bit distances");
	ret->addrs = calloc((end - start) / sizeof(int32_t) + 1, sizeof(*ret->addrs));
	if (!ret->addrs)
		return error_errno(ENOMEM, "list of sealed functions");
	for (uint64_t at = start; at < end; at += sizeof(int32_t)) {
		int32_t distance;

		if (regions_read(memory, at, &distance, sizeof(distance)) != sizeof(distance))
			return error_new(ERROR_BAD_FILE, "__ibt_endbr_seal lies outside of the image");
		ret->addrs[ret->nr++] = at + distance;
	}
	qsort(ret->addrs, ret->nr, sizeof(*ret->addrs), compare);
	return NULL;
}

void seals_free(struct seals *s)
{
	free(s->addrs);
	*s = (struct seals){ 0 };
}

void seals_apply(const struct seals *s, uint64_t addr, void *buf, size_t len)
{
	uint64_t first = addr < sizeof(poison) ? 0 : addr - (sizeof(poison) - 1);
	size_t lo = 0, hi = s->nr;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (s->addrs[mid] < first)
			lo = mid + 1;
		else
			hi = mid;
	}
	for (; lo < s->nr && (s->addrs[lo] < addr || s->addrs[lo] - addr < len); lo++)
		for (size_t i = 0; i < sizeof(poison); i++)
			if (s->addrs[lo] + i - addr < len)
				((uint8_t *)buf)[s->addrs[lo] + i - addr] = poison[i];
}
