// SPDX-License-Identifier: GPL-2.0-or-later
/* The forms of a site, put together and written. Which forms there are is the architecture's to say. */
#include "objmanip/forms.h"

#include <stdlib.h>

struct om_ops *om_forms_new(struct om_forms *forms)
{
	/* runpre_check() refuses more forms than this; no site of 6.1 or 6.12 has a tenth of them. */
	return forms->nr < RUNPRE_MAX_FORMS ? &forms->list[forms->nr++] : NULL;
}

void om_forms_lit(struct om_forms *forms, const uint8_t *bytes, size_t len)
{
	struct om_ops *f = om_forms_new(forms);

	if (f)
		om_ops_lit(f, bytes, len);
}

void om_forms_free(struct om_forms *forms)
{
	for (uint32_t i = 0; i < forms->nr; i++)
		om_ops_free(&forms->list[i]);
	free(forms);
}

void om_forms_write(struct om_ops *ops, uint8_t kind, uint32_t len, struct om_forms *forms)
{
	uint32_t longest = len;

	om_ops_flush(ops);
	om_buf_u8(&ops->code, RUNPRE_OP_SITE);
	om_buf_u8(&ops->code, kind);
	om_buf_uleb(&ops->code, len);
	om_buf_uleb(&ops->code, forms->nr);
	for (uint32_t i = 0; i < forms->nr; i++) {
		struct om_ops *f = &forms->list[i];

		om_ops_flush(f);
		om_buf_uleb(&ops->code, f->code.len);
		om_buf_add(&ops->code, f->code.data, f->code.len);
		ops->code.failed |= f->code.failed || f->lit.failed;
		ops->nr_binds += f->nr_binds;
		if (!len && f->max_run > longest)
			longest = f->max_run;
	}
	ops->max_run += longest;
	ops->lost = true;
}

const struct om_entry *om_program_entry(const struct om_program *p, uint32_t off, enum om_table_kind kind)
{
	size_t nr, first = om_program_entries(p, off, &nr);

	for (size_t i = first; i < first + nr; i++)
		if (p->span->entries[i].table->kind == kind)
			return &p->span->entries[i];
	return NULL;
}

void om_forms_multiply(struct om_forms *forms, struct om_forms *more)
{
	struct om_forms *product = calloc(1, sizeof(*product));

	if (!product) {
		for (uint32_t i = 0; i < forms->nr; i++)
			forms->list[i].code.failed = true;
		return;
	}
	for (uint32_t i = 0; i < forms->nr; i++) {
		for (uint32_t j = 0; j < more->nr; j++) {
			struct om_ops *f = om_forms_new(product);

			if (!f)
				break;
			om_ops_append(f, &forms->list[i]);
			om_ops_append(f, &more->list[j]);
		}
	}
	for (uint32_t i = 0; i < forms->nr; i++)
		om_ops_free(&forms->list[i]);
	*forms = *product;
	free(product);
}

struct error *om_forms_original(struct om_program *p, const struct om_insn *insn, struct om_forms *forms)
{
	struct om_ops *f = om_forms_new(forms);

	return f ? om_program_insn(p, f, insn) : NULL;
}
