// SPDX-License-Identifier: GPL-2.0-or-later
/* Whether two spans are the same but for what they refer to. */
#include "objmanip/alike.h"

#include <string.h>

#include "objmanip/arch.h"

/* gas writes R_X86_64_PC32 for a call of a local function, R_X86_64_PLT32 for that of a global one: the same field. */
bool om_same_field(const struct om_arch *arch, const struct om_reloc *a, const struct om_reloc *b)
{
	if (a->via_toc != b->via_toc)
		return false;
	return a->type == b->type || (arch->reloc_runpre(a->type) >= 0 &&
				      arch->reloc_runpre(a->type) == arch->reloc_runpre(b->type));
}

bool om_alike(const struct om_span *a, const struct om_span *b)
{
	uint64_t pos = 0;

	if (a->size != b->size || a->nr_relocs != b->nr_relocs || !om_bytes(a) != !om_bytes(b))
		return false;
	for (size_t i = 0; i <= a->nr_relocs; i++) {
		const struct om_reloc *x = &a->relocs[i], *y = &b->relocs[i];
		uint64_t end = i < a->nr_relocs ? x->offset - a->start : a->size;

		if (i < a->nr_relocs && (y->offset - b->start != end || !om_same_field(a->obj->arch, x, y)))
			return false;
		if (om_bytes(a) && end > pos && memcmp(om_bytes(a) + pos, om_bytes(b) + pos, end - pos))
			return false;
		if (i < a->nr_relocs)
			pos = end + om_reloc_own_bytes(a->obj->arch, x->type);
	}
	return true;
}
