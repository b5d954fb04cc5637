// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Instructions, those of pre and post side by side, with the lines of the source that they were made from.  Where there is not
 * enough width, a row's two sides stand one below the other (review.css).
 */
#include "ksplice-create/review-page.h"

#include <string.h>

#include "ksplice-create/insn-diff.h"
#include "ksplice-create/insn-text.h"

#define CONTEXT 4	/* instructions around a change that are always shown */
#define FOLDED 8	/* so many more that are the same are closed */

/* One side of the table. */
struct side {
	const struct om_span *span;	/* NULL: there is none */
	struct insn_texts texts;
	struct source_lines *lines;
	bool patched;
	const char *file;		/* of the line told last */
	int line;
};

struct code {
	struct page *page;
	struct side pre, post;
	struct insn_diff diff;
};

/* The line of the instruction, if it is another than that of the one before. */
static bool moved_on(struct side *s, size_t insn)
{
	const char *file;
	int line;

	if (insn == INSN_NONE || !s->span ||
	    !source_lines_find(s->lines, s->span->section->index, s->span->start + s->span->insns[insn].off, &file, &line))
		return false;
	if (s->file && line == s->line && !strcmp(file, s->file))
		return false;
	s->file = file;
	s->line = line;
	return true;
}

static const char *line_text(struct page *p, const struct side *s)
{
	return source_text_line(p->texts, s->file, s->line, s->patched) ?: "";
}

static void source_cell(struct page *p, const struct side *s, bool there, const char *mark)
{
	html_begin(&p->h, "td", NULL);
	if (there) {
		html_text(&p->h, mark);
		html_elementf(&p->h, "cite", NULL, "%s:%d", source_text_name(p->texts, s->file), s->line);
		html_textf(&p->h, " %s", line_text(p, s));
	}
	html_end(&p->h);
}

static void source_row(struct code *c, const struct insn_pair *pair, bool both)
{
	struct page *p = c->page;
	bool pre = both && moved_on(&c->pre, pair->pre), post = moved_on(&c->post, pair->post), same;

	if (!pre && !post)
		return;
	same = pre && post && !strcmp(line_text(p, &c->pre), line_text(p, &c->post));
	/* Where there is room for one side only, the same line need not be there twice. */
	html_begin(&p->h, "tr", same ? "source once" : "source");
	if (both) {
		html_element(&p->h, "td", NULL, "");
		source_cell(p, &c->pre, pre, post && !same ? "- " : "");
	}
	html_element(&p->h, "td", NULL, "");
	source_cell(p, &c->post, post, pre && !same ? "+ " : "");
	html_end(&p->h);
	html_raw(&p->h, "\n");
}

static void insn_cell(struct page *p, const struct side *s, size_t insn, const char *mark)
{
	html_element(&p->h, "td", NULL, insn == INSN_NONE ? "" : mark);
	html_begin(&p->h, "td", NULL);
	if (insn < s->texts.n) {
		const struct insn_text *t = &s->texts.v[insn];

		html_elementf(&p->h, "i", NULL, "%x", t->off);
		html_textf(&p->h, " %s", t->text);
		review_mark_sites(p, s->span, t->off, t->len);
	}
	html_end(&p->h);
}

static void code_row(struct code *c, const struct insn_pair *pair)
{
	static const char *const classes[] = {[INSN_SAME] = NULL, [INSN_LINE_NUMBER] = "lines", [INSN_CHANGED] = "changed"};
	struct page *p = c->page;
	bool changed = pair->mark == INSN_CHANGED;
	const char *same = pair->mark == INSN_LINE_NUMBER ? "#" : "";

	source_row(c, pair, true);
	html_begin(&p->h, "tr", classes[pair->mark]);
	insn_cell(p, &c->pre, pair->pre, changed ? "-" : same);
	insn_cell(p, &c->post, pair->post, changed ? "+" : same);
	html_end(&p->h);
	html_raw(&p->h, "\n");
}

/* Whether a change is within CONTEXT. */
static bool is_near(const struct insn_diff *d, size_t i)
{
	size_t from = i < CONTEXT ? 0 : i - CONTEXT, to = i + CONTEXT < d->n ? i + CONTEXT : d->n - 1;

	for (size_t k = from; k <= to; k++)
		if (d->v[k].mark == INSN_CHANGED)
			return true;
	return false;
}

static void pair_rows(struct code *c, size_t from, size_t to)
{
	static const char *const heads[] = {"", "Before", "", "After"};

	page_table(c->page, "code twins", "Instructions before and after; offsets are hexadecimal", heads, ARRAY_SIZE(heads));
	html_begin(&c->page->h, "tbody", NULL);
	for (size_t i = from; i < to; i++)
		code_row(c, &c->diff.v[i]);
	html_end(&c->page->h);
	page_table_end(c->page);
}

/* How many from @i on are far from any change; a few are none, as they are not worth to be closed. */
static size_t far_run(const struct insn_diff *d, size_t i)
{
	size_t end = i;

	while (end < d->n && !is_near(d, end))
		end++;
	return end - i < FOLDED ? 0 : end - i;
}

/* Runs of what is the same are closed, so that the changes are what is seen. */
static void write_pairs(struct code *c)
{
	for (size_t i = 0, end; i < c->diff.n; i = end) {
		size_t same = far_run(&c->diff, i);

		if (same) {
			end = i + same;
			page_details(c->page, "same", false);
			html_textf(&c->page->h, "%zu instructions are the same", same);
			page_body(c->page, NULL);
			pair_rows(c, i, end);
			page_details_end(c->page);
			continue;
		}
		for (end = i; end < c->diff.n && (end == i || is_near(&c->diff, end) || !far_run(&c->diff, end)); end++)
			;
		pair_rows(c, i, end);
	}
}

static bool any_changed(const struct insn_diff *d)
{
	for (size_t i = 0; i < d->n; i++)
		if (d->v[i].mark == INSN_CHANGED)
			return true;
	return false;
}

static void write_twins(struct code *c, const struct om_span *post)
{
	insn_diff_make(post, &c->diff);
	if (!any_changed(&c->diff))
		html_element(&c->page->h, "p", NULL, "No instruction is another one: what changed is in the reason above.");
	write_pairs(c);
	insn_diff_free(&c->diff);
}

static void write_alone(struct code *c)
{
	static const char *const heads[] = {"", "New"};
	struct page *p = c->page;

	page_table(p, "code alone", "Instructions; offsets are hexadecimal", heads, ARRAY_SIZE(heads));
	html_begin(&p->h, "tbody", NULL);
	for (size_t i = 0; i < c->post.texts.n; i++) {
		const struct insn_pair pair = {INSN_NONE, i, INSN_CHANGED};

		source_row(c, &pair, false);
		html_begin(&p->h, "tr", NULL);
		insn_cell(p, &c->post, i, "+");
		html_end(&p->h);
		html_raw(&p->h, "\n");
	}
	html_end(&p->h);
	page_table_end(p);
}

void review_code(struct page *p, const struct review_function *f, const struct om_span *post)
{
	struct code c = {.page = p, .post = {.span = post, .patched = true}};

	page_lines(p, f->unit);
	c.post.lines = p->lines.post;
	insn_texts_of_span(post, &c.post.texts);
	if (post->twin && post->verdict != OM_NEW) {
		c.pre = (struct side){.span = post->twin, .lines = p->lines.pre};
		insn_texts_of_span(post->twin, &c.pre.texts);
		write_twins(&c, post);
	} else {
		write_alone(&c);
	}
	insn_texts_free(&c.pre.texts);
	insn_texts_free(&c.post.texts);
}
