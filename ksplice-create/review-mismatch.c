// SPDX-License-Identifier: GPL-2.0-or-later
/* Functions that are otherwise in the kernel, whole: as built, and as the kernel has them. */
#include "ksplice-create/review-page.h"

#include <inttypes.h>
#include <string.h>

#include "ksplice-create/align.h"
#include "ksplice-create/insn-text.h"
#include "ksplice-create/kernel-memory.h"
#include "ksplice-create/mismatch.h"
#include "objmanip/arch.h"

struct both {
	struct page *page;
	const struct mismatch *m;
	struct insn_texts build, kernel;
	size_t *to;		/* of each instruction of the build: that of the kernel, or ALIGN_NONE */
	const char *file;	/* of the line told last */
	int line;
};

/* What the instruction does, not to what: the operands of the build are not known yet. */
static uint64_t *mnemonics(const struct insn_texts *t)
{
	uint64_t *keys = xrealloc(NULL, (t->n + 1) * sizeof(*keys));

	for (size_t i = 0; i < t->n; i++)
		keys[i] = align_hash(ALIGN_START, t->v[i].text, strcspn(t->v[i].text, " "));
	return keys;
}

static void pair_up(struct both *b)
{
	_cleanup_free_ uint64_t *x = mnemonics(&b->build), *y = mnemonics(&b->kernel);

	b->to = xrealloc(NULL, (b->build.n + 1) * sizeof(*b->to));
	align(x, b->build.n, y, b->kernel.n, b->to);
}

static bool in_field(const struct om_span *span, uint64_t off)
{
	om_for_each_reloc(rel, span)
		if (off >= rel->offset - span->start && off < rel->offset - span->start + span->obj->arch->reloc_size(rel->type))
			return true;
	return false;
}

/* The bytes outside of what a relocation fills in; of a jump inside of the function, the encoding and the distance may be others. */
static bool same_bytes(const struct both *b, size_t i, size_t j)
{
	const struct om_span *pre = b->m->pre;
	const struct insn_text *x = &b->build.v[i], *y = &b->kernel.v[j];
	const uint8_t *code = om_bytes(pre) + x->off;
	struct om_branch jump;
	uint8_t run[16];

	if (x->off == b->m->pre_off || (b->m->pre_off > x->off && b->m->pre_off < x->off + x->len))
		return false;
	/* On ppc64le nothing moves, and so all of it counts. */
	if (!pre->obj->arch->clear_field && pre->obj->arch->branch(code, x->len, &jump))
		return true;
	if (x->len != y->len || kernel_memory_read(b->page->c->kernel.memory, b->m->addr + y->off, run, y->len) != y->len)
		return false;
	for (unsigned k = 0; k < x->len; k++)
		if (code[k] != run[k] && !in_field(pre, x->off + k))
			return false;
	return true;
}

static void source_row(struct both *b, size_t i)
{
	struct page *p = b->page;
	const char *file, *text;
	int line;

	if (!source_lines_find(p->lines.pre, b->m->pre->section->index, b->m->pre->start + b->build.v[i].off, &file, &line) ||
	    (b->file && line == b->line && !strcmp(file, b->file)))
		return;
	b->file = file;
	b->line = line;
	text = source_text_line(p->texts, file, line, false);
	html_begin(&p->h, "tr", "source");
	html_element(&p->h, "td", NULL, "");
	html_begin(&p->h, "td", NULL);
	html_elementf(&p->h, "cite", NULL, "%s:%d", source_text_name(p->texts, file), line);
	html_textf(&p->h, " %s", text ?: "");
	html_end(&p->h);
	html_element(&p->h, "td", NULL, "");
	html_element(&p->h, "td", NULL, "");
	html_end(&p->h);
	html_raw(&p->h, "\n");
}

static void cells(struct page *p, const struct insn_texts *t, size_t i, const char *mark)
{
	html_element(&p->h, "td", NULL, i < t->n ? mark : "");
	html_begin(&p->h, "td", NULL);
	if (i < t->n) {
		html_elementf(&p->h, "i", NULL, "%x", t->v[i].off);
		html_textf(&p->h, " %s", t->v[i].text);
	}
	html_end(&p->h);
}

static void row(struct both *b, size_t i, size_t j, bool same)
{
	struct page *p = b->page;

	if (i < b->build.n)
		source_row(b, i);
	html_begin(&p->h, "tr", same ? NULL : "changed");
	cells(p, &b->build, i, same ? "" : "-");
	cells(p, &b->kernel, j, same ? "" : "+");
	html_end(&p->h);
	html_raw(&p->h, "\n");
}

static void rows(struct both *b)
{
	size_t i = 0, j = 0;

	for (size_t k = 0; k <= b->build.n; k++) {
		size_t end = k == b->build.n ? b->kernel.n : b->to[k];

		if (end == ALIGN_NONE)
			continue;
		while (i < k || j < end) {
			row(b, i < k ? i : SIZE_MAX, j < end ? j : SIZE_MAX, false);
			i += i < k;
			j += j < end;
		}
		if (k < b->build.n) {
			row(b, i, j, same_bytes(b, i, j));
			i++;
			j++;
		}
	}
}

static void function(struct page *p, const struct mismatch *m)
{
	static const char *const heads[] = {"", "As built", "", "In the kernel"};
	struct both b = {.page = p, .m = m};

	insn_texts_of_span(m->pre, &b.build);
	insn_texts_of_kernel(p->c->kernel.memory, m->pre->obj->arch, m->addr, m->pre->size, &b.kernel);
	pair_up(&b);
	page_details(p, "mismatch", true);
	html_element(&p->h, "h3", NULL, m->pre->name);
	html_elementf(&p->h, "span", "about", "%s, at 0x%" PRIx64 " in the image", m->pre->obj->unit, m->addr);
	page_body(p, NULL);
	page_table(p, "code twins", "Instructions as built and in the kernel; offsets are hexadecimal", heads, ARRAY_SIZE(heads));
	html_begin(&p->h, "tbody", NULL);
	rows(&b);
	html_end(&p->h);
	page_table_end(p);
	page_details_end(p);
	insn_texts_free(&b.build);
	insn_texts_free(&b.kernel);
	free(b.to);
}

void review_mismatches(struct page *p)
{
	for (size_t i = 0; i < p->c->nr_targets; i++) {
		const struct target *t = &p->c->targets[i];

		for (size_t k = 0; k < t->nr_mismatches; k++) {
			for (size_t n = 0; n < t->om->nr_units; n++)
				if (t->om->units[n].pre == t->mismatches[k].pre->obj)
					page_lines(p, &t->om->units[n]);
			function(p, &t->mismatches[k]);
		}
	}
}
