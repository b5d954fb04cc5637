// SPDX-License-Identifier: GPL-2.0-or-later
/* What holds for assembler code only as a whole: who comes in at other entries, and what lies side by side. */
#include "objmanip/refuse-parts.h"

#include "objmanip/arch.h"
#include "objmanip/islands.h"

static bool has_reloc(const struct om_span *span, const struct om_insn *insn)
{
	om_for_each_reloc(rel, span)
		if (rel->offset - span->start >= insn->off && rel->offset - span->start < (uint64_t)insn->off + insn->len)
			return true;
	return false;
}

#define IN_C "leave it as it is, and change the C functions that call it"

/* A hook is met by who comes in at the entry; assembler code may have others. */
struct error *om_refuse_second_entry(struct om_target *t, const struct om_span *pre)
{
	if (pre->symbol->type != STT_FUNC)
		return om_refuse_one(t, om_where_span(pre), IN_C, "code that is no function (no SYM_FUNC_START), so nothing is known about "
				     "its stack and who comes here");
	for (size_t i = 1; i < pre->obj->nr_symbols; i++) {
		const struct om_symbol *sym = &pre->obj->symbols[i];

		if (sym->span == pre && sym->span_off && sym->span_off < pre->size && sym->bind != STB_LOCAL)
			return om_refuse_one(t, om_where_span(pre), IN_C, "has a second entry, %s, where no hook would be met", sym->name);
	}
	return NULL;
}

/* The last one that does something; NULL: none does. */
static const struct om_insn *last_insn(const struct om_span *span)
{
	for (size_t i = span->nr_insns; i--;) {
		const struct om_insn *insn = &span->insns[i];

		if (span->obj->arch->filling(om_bytes(span) + insn->off, insn->len) != insn->len)
			return insn;
	}
	return NULL;
}

/* What holds only while the functions of a .S file lie side by side. */
struct error *om_refuse_assembly(struct om_target *t, struct om_span *span)
{
	const struct om_arch *arch = span->obj->arch;
	struct om_islands islands;
	const struct om_insn *last = last_insn(span);
	const char *why;
	uint64_t off;

	if (!om_islands_plan(span, &islands))
		return om_refuse_one(t, om_where_span(span), "put a jump of full length (jmp.d32) where it leaves the function",
				     "its short jumps to other functions of section %s hold only while they lie side by side",
				     span->section->name);
	if (!span->obj->assembly || span->section->class != OM_CLASS_TEXT || !last)
		return NULL;
	why = arch->refused_assembly ? arch->refused_assembly(span, &off) : NULL;
	if (why)
		return om_refuse_one(t, om_where_off(span, off), IN_C, "%s", why);
	if (!arch->ends(om_bytes(span) + last->off, last->len))
		return om_refuse_one(t, om_where_off(span, last->off), "end it with a jump", "runs on into what follows it in section %s",
				     span->section->name);
	for (size_t i = 0; i < span->nr_insns; i++) {
		const struct om_insn *insn = &span->insns[i];

		if (insn->outside && !has_reloc(span, insn))
			return om_refuse_one(t, om_where_off(span, insn->off), "put what it refers to into a section of its own",
					     "refers to a place in section %s, which holds only while they lie side by side",
					     span->section->name);
	}
	return NULL;
}
