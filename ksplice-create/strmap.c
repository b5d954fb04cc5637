// SPDX-License-Identifier: GPL-2.0-or-later
/* A hash table with open addressing. */
#include "ksplice-create/strmap.h"

#include <string.h>

static size_t slot_of(const struct strmap *m, const char *name)
{
	uint64_t h = 0xcbf29ce484222325; /* FNV-1a */

	for (const char *p = name; *p; p++)
		h = (h ^ (unsigned char)*p) * 0x100000001b3;
	for (h ^= h >> 29;; h++) {
		uint32_t i = m->slots[h & (m->nr_slots - 1)];

		if (!i || !strcmp(m->names.v[i - 1], name))
			return h & (m->nr_slots - 1);
	}
}

static void grow(struct strmap *m)
{
	free(m->slots);
	m->nr_slots = m->nr_slots ? m->nr_slots * 2 : 256;
	m->slots = xrealloc(NULL, m->nr_slots * sizeof(*m->slots));
	memset(m->slots, 0, m->nr_slots * sizeof(*m->slots));
	for (size_t i = 0; i < m->names.n; i++)
		m->slots[slot_of(m, m->names.v[i])] = i + 1;
}

size_t strmap_find(const struct strmap *m, const char *name)
{
	size_t slot;

	if (!m->nr_slots)
		return STRMAP_NONE;
	slot = slot_of(m, name);
	return m->slots[slot] ? m->slots[slot] - 1 : STRMAP_NONE;
}

size_t strmap_add(struct strmap *m, const char *name)
{
	size_t i = strmap_find(m, name);

	if (i != STRMAP_NONE)
		return i;
	if (m->names.n * 2 >= m->nr_slots)
		grow(m);
	strv_add(&m->names, name);
	m->slots[slot_of(m, name)] = m->names.n;
	return m->names.n - 1;
}

void strmap_free(struct strmap *m)
{
	strv_free(&m->names);
	free(m->slots);
	*m = (struct strmap)STRMAP_INIT;
}
