// SPDX-License-Identifier: GPL-2.0-or-later
/* What the build has at a byte, and what the kernel has there, as instructions. */
#include "ksplice-create/disasm.h"

#include <string.h>

#include "ksplice-create/insn-text.h"

static const struct om_span *find_span(const struct om_target *t, const struct offline_place *place)
{
	for (size_t i = 0; i < t->nr_units; i++) {
		if (strcmp(t->units[i].pre->unit, place->unit))
			continue;
		om_for_each_span(span, t->units[i].pre)
			if (span->nr_insns && span->size == place->pre_size && !strcmp(span->name, place->name))
				return span;
	}
	return NULL;
}

void disasm_tell(void *ctx, FILE *out, const struct offline_place *place)
{
	const struct disasm *d = ctx;
	const struct om_span *span = find_span(d->target, place);
	struct insn_texts build = INSN_TEXTS_INIT, kernel = INSN_TEXTS_INIT;
	const struct insn_text *pre, *run;

	if (span)
		insn_texts_of_span(span, &build);
	insn_texts_of_kernel(d->km, place->addr, place->run_off + 1, &kernel);
	pre = insn_texts_at(&build, place->pre_off);
	run = insn_texts_at(&kernel, place->run_off);
	if (pre && run)
		fprintf(out, " (build: %s; kernel: %s)", pre->text, run->text);
	insn_texts_free(&build);
	insn_texts_free(&kernel);
}
