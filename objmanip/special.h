/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Special sections: tables whose entries say something about a place in code.  One row per table: how big an entry
 * is, where in it the place is named, and what to do with it when the code is carried.
 */
#ifndef OBJMANIP_SPECIAL_H
#define OBJMANIP_SPECIAL_H

#include "objmanip/elf.h"
#include "objmanip/layout.h"

enum om_table_kind {
	OM_TABLE_MCOUNT,	/* __mcount_loc, __patchable_function_entries */
	OM_TABLE_BUG,		/* __bug_table */
	OM_TABLE_EX,		/* __ex_table */
	OM_TABLE_ALT,		/* .altinstructions */
	OM_TABLE_PARA,		/* .parainstructions */
	OM_TABLE_JUMP,		/* __jump_table */
	OM_TABLE_STATIC_CALL,	/* .static_call_sites */
	OM_TABLE_LOCK,		/* .smp_locks */
	OM_TABLE_RETPOLINE,	/* .retpoline_sites */
	OM_TABLE_RETURN,	/* .return_sites */
	OM_TABLE_CALL,		/* .call_sites */
	OM_TABLE_FEATURE,	/* __ftr_fixup, __mmu_ftr_fixup, __fw_ftr_fixup: code for processors of some kind, and other code in its place */
	OM_TABLE_LWSYNC,	/* __lwsync_fixup */
	OM_TABLE_NOSPEC,	/* __barrier_nospec_fixup */
	OM_TABLE_NOTED,		/* _kprobe_blacklist, _error_injection_whitelist: something that others must know of a function */
	OM_TABLE_RUNTIME_PTR,	/* runtime_ptr_NAME */
	OM_TABLE_RUNTIME_SHIFT,	/* runtime_shift_NAME */
	OM_TABLE_ORC_IP,	/* .orc_unwind_ip, with .orc_unwind beside it */
};

struct om_table {
	const char *section;	/* a trailing '*' stands for anything */
	enum om_table_kind kind;
	/* Bytes of one entry by this layout; 0: this kernel has none of these. */
	uint32_t (*entry_size)(const struct om_layout *l);
	/* Where in the entry the field is that names the code. */
	uint32_t (*code_field)(const struct om_layout *l);
	/* A second table, index by index beside this one (.orc_unwind), or NULL, and its entry size. */
	const char *beside;
	uint32_t (*beside_size)(const struct om_layout *l);
	bool from_entry;	/* distances in an entry count from its start, not from their fields */
};

extern const struct om_table om_tables[];
extern const size_t om_nr_tables;

const struct om_table *om_table_of(const char *section);
/* What to add to the addend of a relocation at @offset of @sec to have the place that is meant: 0, unless its table is from_entry. */
int64_t om_table_bias(const struct om_section *sec, uint64_t offset);
/* The relocation there names the end of something, which may be where something else begins. */
bool om_table_names_end(const struct om_section *sec, uint64_t offset);
/*
 * Cuts all tables of @obj into entries and hangs them on their code spans; called by om_obj_open().
 * ERROR_BAD_FILE: a size that is no multiple of the entry's, an entry without its relocation.
 */
struct error *om_special_read(struct om_obj *obj);

/* The parts of an alternative, or of a feature's fixup: the site in the code, and the replacement. */
struct om_alternative {
	uint32_t instrlen, repllen;
	struct om_span *repl;	/* REPLACEMENT span, at repl_off; NULL if repllen is 0 */
	uint32_t repl_off;
	bool direct_call;	/* ALT_FLAG_DIRECT_CALL: not the replacement, but what the replaced call reads is called */
};
void om_entry_alternative(const struct om_entry *e, struct om_alternative *ret);
/* Whether the entry goes along with its code.  What one of runtime_ptr_NAME says is in the code: runtime-const.h. */
static inline bool om_entry_carried(const struct om_entry *e)
{
	return e->table->kind != OM_TABLE_RUNTIME_PTR && e->table->kind != OM_TABLE_RUNTIME_SHIFT;
}
/* The relocation at @field bytes into the entry, or NULL. */
struct om_reloc *om_entry_reloc(const struct om_entry *e, uint32_t field);

#endif
