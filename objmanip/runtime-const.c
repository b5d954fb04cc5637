// SPDX-License-Identifier: GPL-2.0-or-later
/* Makes loads of constants that the kernel writes at boot reads of the variables that they come from. */
#include "objmanip/runtime-const.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "objmanip/arch.h"
#include "objmanip/span.h"

const char *om_runtime_variable(const struct om_section *sec)
{
	size_t len = strlen(OM_RUNTIME_PTR);

	return sec->flags & SHF_ALLOC && !strncmp(sec->name, OM_RUNTIME_PTR, len) ? sec->name + len : NULL;
}

static struct om_symbol *find_variable(struct om_obj *obj, const char *name)
{
	for (size_t i = 1; i < obj->nr_symbols; i++)
		if (obj->symbols[i].type != STT_SECTION && !strcmp(obj->symbols[i].name, name))
			return &obj->symbols[i];
	return NULL;
}

static struct error *bad_place(const struct om_section *table, const struct om_reloc *entry)
{
	return error_new(ERROR_BAD_FILE, "%s: %s+0x%llx: names no instruction that loads a constant", table->obj->path,
			 table->name, (unsigned long long)entry->offset);
}

/* Cuts the instruction in two: the new one, and a nop. */
static struct error *split_insn(struct om_span *span, size_t i, unsigned len)
{
	struct om_insn *grown = realloc(span->insns, (span->nr_insns + 1) * sizeof(*grown));

	if (!grown)
		return error_errno(ENOMEM, "%s", span->obj->path);
	span->insns = grown;
	memmove(grown + i + 2, grown + i + 1, (span->nr_insns - i - 1) * sizeof(*grown));
	grown[i + 1] = (struct om_insn){ .off = grown[i].off + len, .len = grown[i].len - len };
	grown[i].len = len;
	span->nr_insns++;
	return NULL;
}

/* For a field of @size bytes at the end of an instruction. */
static struct error *add_reloc(struct om_section *sec, uint64_t offset, unsigned size, struct om_symbol *sym)
{
	const struct om_arch *arch = sec->obj->arch;
	struct om_reloc *grown = realloc(sec->relocs, (sec->nr_relocs + 1) * sizeof(*grown));
	size_t i = sec->nr_relocs;

	if (!grown)
		return error_errno(ENOMEM, "%s", sec->obj->path);
	sec->relocs = grown;
	for (; i && grown[i - 1].offset > offset; i--)
		grown[i] = grown[i - 1];
	grown[i] = (struct om_reloc){ .offset = offset, .type = arch->branch_reloc(size), .sym = sym,
				      .addend = arch->pcrel_from_end ? -(int64_t)size : 0 };
	sec->nr_relocs++;
	for (size_t j = 0; j < sec->nr_spans; j++)
		om_span_slice(sec->spans[j]);
	return NULL;
}

static struct error *read_place(struct om_section *table, const struct om_reloc *entry, struct om_symbol *variable)
{
	struct om_section *code = entry->sym->section;
	uint64_t at = entry->sym->value + entry->addend;
	struct om_span *span = code && code->flags & SHF_EXECINSTR ? om_span_at(code, at) : NULL;
	const struct om_insn *insn = span ? om_insn_at(span, at - span->start) : NULL;
	const struct om_arch *arch = table->obj->arch;
	unsigned len, field;
	uint64_t start;
	struct error *err;

	if (!insn || !code->data)
		return bad_place(table, entry);
	start = span->start + insn->off;
	if (!arch->read_instead((uint8_t *)code->data + start, insn->len, at - start, &len, &field))
		return bad_place(table, entry);
	err = split_insn(span, insn - span->insns, len);
	return err ?: add_reloc(code, start + field, len - field, variable);
}

struct error *om_runtime_consts_read(struct om_obj *obj)
{
	om_for_each_section(sec, obj) {
		const char *name = om_runtime_variable(sec);
		struct om_symbol *variable = name ? find_variable(obj, name) : NULL;

		for (size_t i = 0; variable && i < sec->nr_relocs; i++) {
			struct error *err = read_place(sec, &sec->relocs[i], variable);

			if (err)
				return err;
		}
	}
	return NULL;
}
