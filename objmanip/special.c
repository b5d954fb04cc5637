// SPDX-License-Identifier: GPL-2.0-or-later
/* Cuts special sections into entries and hangs each on the code that it is about. */
#include "objmanip/special.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "objmanip/runtime-const.h"

#define FIELD(fn, expr)                                                                                               \
	static uint32_t fn(const struct om_layout *l)                                                                  \
	{                                                                                                              \
		return expr;                                                                                           \
	}

FIELD(zero, ((void)l, 0))
FIELD(four, ((void)l, 4))
FIELD(eight, ((void)l, 8))
FIELD(sixteen, ((void)l, 16))
FIELD(alt_size, l->alt_instr_size)
FIELD(alt_instr, l->alt_instr_instr_off)
FIELD(para_size, l->para_site_size)
FIELD(para_instr, l->para_site_instr_off)
FIELD(bug_size, l->bug_entry_size)
FIELD(ex_size, l->ex_entry_size)
FIELD(jump_size, l->jump_entry_size)
FIELD(static_call_size, l->static_call_site_size)
FIELD(orc_size, l->orc_entry_size)
FIELD(feature_size, ((void)l, 48))

/*
 * Sizes that are no structure's: one 32-bit self-relative offset per site, as tools/objtool/check.c (6.1) writes them, and
 * one pointer per ftrace entry (include/linux/ftrace.h, struct dyn_ftrace is made from it).  NOKPROBE_SYMBOL() has a pointer,
 * ALLOW_ERROR_INJECTION() a pointer and an int (include/asm-generic/{kprobes,error-injection}.h).
 */
const struct om_table om_tables[] = {
	{ "__mcount_loc", OM_TABLE_MCOUNT, eight, zero, NULL, NULL },
	{ "__patchable_function_entries", OM_TABLE_MCOUNT, eight, zero, NULL, NULL },
	{ "__bug_table", OM_TABLE_BUG, bug_size, zero, NULL, NULL },
	{ "__ex_table", OM_TABLE_EX, ex_size, zero, NULL, NULL },
	{ ".altinstructions", OM_TABLE_ALT, alt_size, alt_instr, NULL, NULL },
	{ ".parainstructions", OM_TABLE_PARA, para_size, para_instr, NULL, NULL },
	{ "__jump_table", OM_TABLE_JUMP, jump_size, zero, NULL, NULL },
	{ ".static_call_sites", OM_TABLE_STATIC_CALL, static_call_size, zero, NULL, NULL },
	{ ".smp_locks", OM_TABLE_LOCK, four, zero, NULL, NULL },
	{ ".retpoline_sites", OM_TABLE_RETPOLINE, four, zero, NULL, NULL },
	{ ".return_sites", OM_TABLE_RETURN, four, zero, NULL, NULL },
	{ ".call_sites", OM_TABLE_CALL, four, zero, NULL, NULL },
	/*
	 * arch/powerpc/include/asm/feature-fixups.h (6.1): struct fixup_entry is mask, value, and four distances: start, end of the code,
	 * start, end of what replaces it.  The others have one distance.
	 */
	{ "__ftr_fixup", OM_TABLE_FEATURE, feature_size, sixteen, NULL, NULL, true },
	{ "__mmu_ftr_fixup", OM_TABLE_FEATURE, feature_size, sixteen, NULL, NULL, true },
	{ "__fw_ftr_fixup", OM_TABLE_FEATURE, feature_size, sixteen, NULL, NULL, true },
	{ "__lwsync_fixup", OM_TABLE_LWSYNC, eight, zero, NULL, NULL },
	{ "__barrier_nospec_fixup", OM_TABLE_NOSPEC, eight, zero, NULL, NULL },
	{ "_kprobe_blacklist", OM_TABLE_NOTED, eight, zero, NULL, NULL },
	{ "_error_injection_whitelist", OM_TABLE_NOTED, sixteen, zero, NULL, NULL },
	/* arch/x86/include/asm/runtime-const.h (6.12); runtime-const.h tells more. */
	{ OM_RUNTIME_PTR "*", OM_TABLE_RUNTIME_PTR, four, zero, NULL, NULL },
	{ OM_RUNTIME_SHIFT "*", OM_TABLE_RUNTIME_SHIFT, four, zero, NULL, NULL },
	{ ".orc_unwind_ip", OM_TABLE_ORC_IP, four, zero, ".orc_unwind", orc_size },
};
const size_t om_nr_tables = sizeof(om_tables) / sizeof(om_tables[0]);

const struct om_table *om_table_of(const char *section)
{
	for (size_t i = 0; i < om_nr_tables; i++) {
		const char *name = om_tables[i].section, *star = strchr(name, '*');

		if (star ? !strncmp(name, section, star - name) : !strcmp(name, section))
			return &om_tables[i];
	}
	return NULL;
}

int64_t om_table_bias(const struct om_section *sec, uint64_t offset)
{
	const struct om_table *table = sec->class == OM_CLASS_TABLE ? om_table_of(sec->name) : NULL;

	return table && table->from_entry ? -(int64_t)(offset % table->entry_size(sec->obj->layout)) : 0;
}

bool om_table_names_end(const struct om_section *sec, uint64_t offset)
{
	const struct om_table *table = sec->class == OM_CLASS_TABLE ? om_table_of(sec->name) : NULL;
	uint64_t field = table && table->kind == OM_TABLE_FEATURE ? offset % table->entry_size(sec->obj->layout) : 0;

	return field == 24 || field == 40;
}

static struct om_reloc *reloc_in(const struct om_section *sec, uint64_t offset)
{
	size_t lo = 0, hi = sec->nr_relocs;

	while (lo < hi) {
		size_t mid = (lo + hi) / 2;

		if (sec->relocs[mid].offset < offset)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo < sec->nr_relocs && sec->relocs[lo].offset == offset ? &sec->relocs[lo] : NULL;
}

struct om_reloc *om_entry_reloc(const struct om_entry *e, uint32_t field)
{
	return reloc_in(e->section, e->offset + field);
}

/* All four distances are relocations, the first of them is what the entry is about. */
static void feature_alternative(const struct om_entry *e, struct om_alternative *ret)
{
	const struct om_reloc *end = om_entry_reloc(e, 24), *alt = om_entry_reloc(e, 32), *alt_end = om_entry_reloc(e, 40);

	*ret = (struct om_alternative){ 0 };
	if (!end || !alt || !alt_end || end->target != e->code || end->target_off < e->code_off || alt->sym != alt_end->sym ||
	    alt_end->addend - 40 < alt->addend - 32)
		return;
	ret->instrlen = end->target_off - e->code_off;
	ret->repllen = alt_end->addend - 40 - (alt->addend - 32);
	ret->repl = ret->repllen ? alt->target : NULL;
	ret->repl_off = ret->repl ? alt->target_off : 0;
}

void om_entry_alternative(const struct om_entry *e, struct om_alternative *ret)
{
	const struct om_layout *l = e->section->obj->layout;
	const uint8_t *bytes = e->section->data + e->offset;
	struct om_reloc *repl = om_entry_reloc(e, l->alt_instr_repl_off);

	if (e->table->kind == OM_TABLE_FEATURE) {
		feature_alternative(e, ret);
		return;
	}
	ret->instrlen = bytes[l->alt_instr_instrlen_off];
	ret->repllen = bytes[l->alt_instr_repllen_off];
	ret->repl = ret->repllen && repl ? repl->target : NULL;
	ret->repl_off = ret->repl ? repl->target_off : 0;
	ret->direct_call = false;
	if (l->alt_direct_call_mask) {
		uint32_t flags;

		memcpy(&flags, bytes + l->alt_instr_flags_off, sizeof(flags));
		ret->direct_call = flags & l->alt_direct_call_mask;
	}
}

static struct error *bad_table(const struct om_section *sec, uint32_t off, const char *what)
{
	return error_new(ERROR_BAD_FILE, "%s: %s+0x%x: %s", sec->obj->path, sec->name, off, what);
}

/* An alternative's lengths must fit the code and the replacement. */
static struct error *check_alternative(const struct om_entry *e)
{
	struct om_alternative alt;

	om_entry_alternative(e, &alt);
	if (alt.instrlen > e->code->size - e->code_off)
		return bad_table(e->section, e->offset, "the alternative reaches beyond its function");
	if (alt.repllen && (!alt.repl || alt.repl->section->class != OM_CLASS_REPLACEMENT ||
			    alt.repl_off > alt.repl->size || alt.repllen > alt.repl->size - alt.repl_off))
		return bad_table(e->section, e->offset, "the replacement is not in a section of replacements");
	/* patch_feature_section(), arch/powerpc/lib/feature-fixups.c. */
	if (e->table->kind == OM_TABLE_FEATURE && (!alt.instrlen || alt.repllen > alt.instrlen))
		return bad_table(e->section, e->offset, "code that is empty, or shorter than what may replace it");
	return NULL;
}

static struct error *add_entry(struct om_section *sec, const struct om_table *table, uint32_t off, uint32_t size)
{
	struct om_reloc *rel = reloc_in(sec, off + table->code_field(sec->obj->layout));
	struct om_entry *grown, e = { .table = table, .section = sec, .offset = off, .size = size };

	if (!rel || !rel->target)
		return bad_table(sec, off, "an entry that names no code of this object");
	e.code = rel->target;
	/* The unwinder's table also describes the padding in front of a function (tools/objtool/check.c, add_prefix_symbol()). */
	e.code_off = rel->target_off < 0 && -rel->target_off <= (int64_t)e.code->pad ? 0 : rel->target_off;
	/* ORC has a terminating entry behind the last function; it stays with that function. */
	if ((int64_t)rel->target_off < -(int64_t)e.code->pad || rel->target_off > (int64_t)e.code->size ||
	    !(e.code->section->flags & SHF_EXECINSTR || (table->kind == OM_TABLE_FEATURE && e.code->section->class == OM_CLASS_REPLACEMENT)))
		return bad_table(sec, off, "an entry that names a place outside of any function");
	grown = realloc(e.code->entries, (e.code->nr_entries + 1) * sizeof(*grown));
	if (!grown)
		return error_errno(ENOMEM, "%s", sec->obj->path);
	e.code->entries = grown;
	e.code->entries[e.code->nr_entries++] = e;
	return table->kind == OM_TABLE_ALT || table->kind == OM_TABLE_FEATURE ? check_alternative(&e) : NULL;
}

static struct error *read_table(struct om_section *sec)
{
	const struct om_table *table = om_table_of(sec->name);
	uint32_t size = table ? table->entry_size(sec->obj->layout) : 0, beside_size;
	struct om_section *beside;

	if (!table)
		return NULL;
	if (!size || sec->size % size || (sec->size && !sec->data) || sec->size > UINT32_MAX)
		return error_new(ERROR_BAD_FILE,
				 "%s: section %s: its size is no multiple of the %u bytes that an entry has in this kernel",
				 sec->obj->path, sec->name, size);
	for (uint32_t off = 0; off < sec->size; off += size) {
		struct error *err = add_entry(sec, table, off, size);

		if (err)
			return err;
	}
	if (!table->beside)
		return NULL;
	beside = om_find_section(sec->obj, table->beside);
	beside_size = table->beside_size(sec->obj->layout);
	/* No size: the kernel has another unwinder than the object, as each has on ppc64le. */
	if (!beside || !beside->data || !beside_size || beside->size / beside_size != sec->size / size)
		return error_new(ERROR_BAD_FILE, "%s: section %s has not as many entries as %s", sec->obj->path,
				 table->beside, sec->name);
	return NULL;
}

static int compare_entries(const void *a, const void *b)
{
	const struct om_entry *x = a, *y = b;

	if (x->code_off != y->code_off)
		return x->code_off < y->code_off ? -1 : 1;
	if (x->table != y->table)
		return x->table < y->table ? -1 : 1;
	return x->offset < y->offset ? -1 : x->offset > y->offset;
}

struct error *om_special_read(struct om_obj *obj)
{
	om_for_each_section(sec, obj) {
		struct error *err = sec->class == OM_CLASS_TABLE ? read_table(sec) : NULL;

		if (err)
			return err;
	}
	om_for_each_span(span, obj)
		if (span->nr_entries)
			qsort(span->entries, span->nr_entries, sizeof(*span->entries), compare_entries);
	return NULL;
}
