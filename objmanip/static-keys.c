// SPDX-License-Identifier: GPL-2.0-or-later
#include "objmanip/static-keys.h"

#include <string.h>

#include "objmanip/special.h"

#define KEY_FIELD 8	/* of struct jump_entry, include/linux/jump_label.h: code and target are distances of 32 bits */

/* Those that other units know by their names: init/main.c (6.1), arch/powerpc/mm/book3s64/slb.c, hash_utils.c. */
static const char *const read_only[] = { "randomize_kstack_offset", "stress_slb_key", "stress_hpt_key" };

bool om_is_read_only_after_boot(const struct om_span *span)
{
	return !strcmp(span->section->name, ".data..ro_after_init");
}

static bool is_read_only(const struct om_reloc *rel)
{
	/* A new key is the code module's own. */
	if (rel->target)
		return om_is_read_only_after_boot(rel->target) && !rel->target->carried;
	for (size_t i = 0; i < sizeof(read_only) / sizeof(read_only[0]); i++)
		if (!strcmp(rel->sym->name, read_only[i]))
			return true;
	return false;
}

const struct om_entry *om_read_only_key(const struct om_span *code, const char **key)
{
	for (size_t i = 0; i < code->nr_entries && !code->obj->layout->seals_keys; i++) {
		const struct om_entry *e = &code->entries[i];
		const struct om_reloc *rel = e->table->kind == OM_TABLE_JUMP ? om_entry_reloc(e, KEY_FIELD) : NULL;

		if (!rel || !is_read_only(rel))
			continue;
		*key = rel->target ? rel->target->name : rel->sym->name;
		return e;
	}
	return NULL;
}
