// SPDX-License-Identifier: GPL-2.0-or-later
/* Puts what differs between the build and the kernel into words. */
#include "ksplice-create/mismatch.h"

#include <inttypes.h>
#include <string.h>

#include "ksplice-create/insn-text.h"
#include "ksplice-create/source-lines.h"
#include "ksplice-create/source-text.h"

#define CONTEXT 3	/* instructions told before and behind the one that differs */
#define MOST_WHOLE 3	/* functions of which that is told; of more, the one instruction */
#define WIDTH 44	/* of the left column, if its text lets it */

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

/* "fs/proc/cmdline.c:10: seq_putc(m, 'x');", if the line is known. */
static void tell_line(const struct create *c, FILE *out, const struct om_span *span, uint32_t off)
{
	struct source_lines *lines = source_lines_open(span->obj->path);
	struct source_text *texts = source_text_create(c);
	const char *file, *text;
	int line;

	if (source_lines_find(lines, span->section->index, span->start + off, &file, &line)) {
		text = source_text_line(texts, file, line, false);
		fprintf(out, "\n%s:%d: %s", source_text_name(texts, file), line, text ?: "");
	}
	source_text_destroy(texts);
	source_lines_close(lines);
}

static void tell_side(FILE *out, const struct insn_texts *t, long i, int width)
{
	char text[512] = "";

	if (i >= 0 && (size_t)i < t->n)
		snprintf(text, sizeof(text), "%4x  %s", t->v[i].off, t->v[i].text);
	fprintf(out, "%-*s", width, text);
}

/* The instructions around the one that differs.  They are counted off from it on both sides, since their offsets may be others. */
static void tell_around(FILE *out, const struct insn_texts *build, const struct insn_text *pre, const struct insn_texts *kernel,
			const struct insn_text *run, uint64_t addr)
{
	fprintf(out, "\n  %-*s | kernel, offsets from 0x%" PRIx64, WIDTH, "build", addr);
	for (long k = -CONTEXT; k <= CONTEXT; k++) {
		long i = pre - build->v + k, j = run - kernel->v + k;

		if ((i < 0 || (size_t)i >= build->n) && (j < 0 || (size_t)j >= kernel->n))
			continue;
		fprintf(out, "\n%c ", k ? ' ' : '>');
		tell_side(out, build, i, WIDTH);
		fputs(" | ", out);
		tell_side(out, kernel, j, 0);
	}
}

static void tell_instructions(const struct create *c, const struct target *t, FILE *out, const struct om_span *span,
			      const struct offline_place *place)
{
	struct insn_texts build = INSN_TEXTS_INIT, kernel = INSN_TEXTS_INIT;
	const struct insn_text *pre, *run;

	insn_texts_of_span(span, &build);
	/* Some bytes more, for what stands behind. */
	insn_texts_of_kernel(c->kernel.memory, span->obj->arch, place->addr, place->run_off + 1 + CONTEXT * 8, &kernel);
	pre = insn_texts_at(&build, place->pre_off);
	run = insn_texts_at(&kernel, place->run_off);
	if (pre && run)
		fprintf(out, " (build: %s; kernel: %s)", pre->text, run->text);
	tell_line(c, out, span, place->pre_off);
	if (pre && run && t->nr_mismatches < MOST_WHOLE)
		tell_around(out, &build, pre, &kernel, run, place->addr);
	insn_texts_free(&build);
	insn_texts_free(&kernel);
}

void mismatch_tell(const struct create *c, struct target *t, FILE *out, const struct offline_place *place)
{
	const struct om_span *span = find_span(t->om, place);
	struct cause cause;

	if (!span)
		return;
	tell_instructions(c, t, out, span, place);
	cause = cause_of_place(c->kernel.memory, span, place);
	if (cause.text)
		fprintf(out, "\nlikely cause: %s", cause.text);
	t->mismatches = xrealloc(t->mismatches, (t->nr_mismatches + 1) * sizeof(*t->mismatches));
	t->mismatches[t->nr_mismatches++] = (struct mismatch){span, place->addr, place->pre_off, place->run_off, cause};
}

/* Whether somebody wrote at each place, so that what the kernel was built from is not in doubt. */
static bool all_foreign(const struct target *t)
{
	for (size_t i = 0; i < t->nr_mismatches; i++)
		if (!t->mismatches[i].cause.foreign)
			return false;
	return t->nr_mismatches;
}

bool mismatch_conclude(const struct create *c, const struct target *t, FILE *out, const struct offline_seen *seen)
{
	_cleanup_strv_ struct strv causes = STRV_INIT;

	if (all_foreign(t))
		return true;
	/* What cannot be found out is not told; the error is about something else. */
	error_free(cause_of_all(c, seen, &causes));
	for (size_t i = 0; i < causes.n; i++)
		fprintf(out, "\n%s", causes.v[i]);
	return causes.n;
}

void mismatches_free(struct target *t)
{
	for (size_t i = 0; i < t->nr_mismatches; i++)
		free(t->mismatches[i].cause.text);
	free(t->mismatches);
	t->mismatches = NULL;
	t->nr_mismatches = 0;
}
