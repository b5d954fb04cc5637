// SPDX-License-Identifier: GPL-2.0-or-later
/* Data: what is new, what is changed where it is, what is copied, with the contents. */
#include "ksplice-create/review-page.h"

#include <ctype.h>
#include <inttypes.h>
#include <string.h>

#include "objmanip/arch.h"
#include "objmanip/author.h"
#include "objmanip/names.h"

#define ROW 16		/* bytes in a row */
#define MOST 4096	/* bytes shown of one object */
#define OPEN_OBJECTS 8	/* with more, all are closed at first */

enum kind {
	DATA_IN_PLACE,	/* the author's word */
	DATA_NEW,
	DATA_COPIED,	/* a constant that changed: carried code gets its own */
	DATA_IGNORED,	/* the author's word */
	DATA_CONTENT,	/* strings and constants without a name of their own */
	DATA_OTHER,	/* none of the page's business */
};

static const char *const kind_names[] = {
	[DATA_IN_PLACE] = "~ changed where it is",
	[DATA_NEW] = "+ new",
	[DATA_COPIED] = "~ changed constant: the new code has a copy, all else keeps the old one",
	[DATA_IGNORED] = "= changed in the source, and stays as it is by the author's word",
	[DATA_CONTENT] = "+ copied with the code that uses it",
};

static enum kind kind_of(const struct om_span *post)
{
	if (om_is_code(post) || post->section->class == OM_CLASS_TABLE || post->section->class == OM_CLASS_NONE)
		return DATA_OTHER;
	if (om_in_place(post))
		return DATA_IN_PLACE;
	if (post->declared == OM_IGNORE && post->reason)
		return DATA_IGNORED;
	if (!post->carried)
		return DATA_OTHER;
	if (om_by_content(post))
		return DATA_CONTENT;
	return post->verdict == OM_CHANGED ? DATA_COPIED : DATA_NEW;
}

/* One row of a dump: up to ROW bytes at @off, and what relocations among them point to. */
static void dump_row(struct page *p, const struct om_span *span, uint64_t off)
{
	const uint8_t *bytes = om_bytes(span);
	uint64_t end = off + ROW < span->size ? off + ROW : span->size;
	char buf[200], text[ROW + 1] = "";

	html_elementf(&p->h, "i", NULL, "%04" PRIx64, off);
	for (uint64_t i = off; i < end; i++) {
		html_textf(&p->h, " %02x", bytes ? bytes[i] : 0);
		text[i - off] = bytes && isprint(bytes[i]) ? bytes[i] : '.';
	}
	html_textf(&p->h, "  %s", text);
	om_for_each_reloc(rel, span) {
		uint64_t at = rel->offset - span->start;

		if (at >= off && at < end)
			html_elementf(&p->h, "div", NULL, "+0x%" PRIx64 " points to %s", at, om_describe_target(rel, buf, sizeof(buf)));
	}
}

static bool is_zero(const struct om_span *span)
{
	const uint8_t *bytes = om_bytes(span);

	for (uint64_t i = 0; bytes && i < span->size; i++)
		if (bytes[i])
			return false;
	return !span->nr_relocs;
}

static void dump_cell(struct page *p, const struct om_span *span, uint64_t off)
{
	html_begin(&p->h, "td", NULL);
	if (off < span->size)
		dump_row(p, span, off);
	html_end(&p->h);
}

static uint64_t shown(uint64_t size)
{
	return size < MOST ? size : MOST;
}

static void rest(struct page *p, uint64_t size)
{
	if (size > MOST)
		html_elementf(&p->h, "p", NULL, "%" PRIu64 " more bytes are not shown.", size - MOST);
}

static void dump(struct page *p, const struct om_span *span)
{
	static const char *const heads[] = {"Contents"};

	if (is_zero(span)) {
		html_element(&p->h, "p", NULL, span->size ? "All zeros." : "No bytes.");
		return;
	}
	page_table(p, "dump", "Contents; offsets are hexadecimal", heads, ARRAY_SIZE(heads));
	html_begin(&p->h, "tbody", NULL);
	for (uint64_t off = 0; off < shown(span->size); off += ROW) {
		html_begin(&p->h, "tr", NULL);
		dump_cell(p, span, off);
		html_end(&p->h);
		html_raw(&p->h, "\n");
	}
	html_end(&p->h);
	page_table_end(p);
	rest(p, span->size);
}

static const struct om_reloc *reloc_at(const struct om_span *span, uint64_t off)
{
	om_for_each_reloc(rel, span)
		if (rel->offset == span->start + off)
			return rel;
	return NULL;
}

/* Whether a byte of the row, or what a pointer among them points to by name, is another one. */
static bool row_differs(const struct om_span *pre, const struct om_span *post, uint64_t off)
{
	for (uint64_t i = off; i < off + ROW; i++) {
		const struct om_reloc *a = reloc_at(pre, i), *b = reloc_at(post, i);
		char x[200], y[200];

		if ((i < pre->size) != (i < post->size) || !a != !b)
			return true;
		if (i < pre->size && (om_bytes(pre) ? om_bytes(pre)[i] : 0) != (om_bytes(post) ? om_bytes(post)[i] : 0))
			return true;
		if (a && strcmp(om_describe_target(a, x, sizeof(x)), om_describe_target(b, y, sizeof(y))))
			return true;
	}
	return false;
}

static void dump_both(struct page *p, const struct om_span *pre, const struct om_span *post)
{
	static const char *const heads[] = {"", "Before", "", "After"};
	uint64_t size = pre->size > post->size ? pre->size : post->size;

	page_table(p, "code twins", "Contents before and after; offsets are hexadecimal", heads, ARRAY_SIZE(heads));
	html_begin(&p->h, "tbody", NULL);
	for (uint64_t off = 0; off < shown(size); off += ROW) {
		bool differs = row_differs(pre, post, off);

		html_begin(&p->h, "tr", differs ? "changed" : NULL);
		html_element(&p->h, "td", NULL, differs ? "-" : "");
		dump_cell(p, pre, off);
		html_element(&p->h, "td", NULL, differs ? "+" : "");
		dump_cell(p, post, off);
		html_end(&p->h);
		html_raw(&p->h, "\n");
	}
	html_end(&p->h);
	page_table_end(p);
	rest(p, size);
}

static void object(struct page *p, const struct om_span *post, enum kind kind, bool open)
{
	page_details(p, "object", open);
	html_element(&p->h, "h3", NULL, post->name);
	html_begin(&p->h, "span", "about");
	html_textf(&p->h, "%s, %s, %" PRIu64 " bytes, %s", post->obj->unit, post->section->name, post->size, kind_names[kind]);
	html_end(&p->h);
	page_body(p, NULL);
	if (post->reason)
		html_elementf(&p->h, "p", NULL, "Why: %s.", post->reason);
	if (post->twin && kind != DATA_NEW && kind != DATA_CONTENT)
		dump_both(p, post->twin, post);
	else
		dump(p, post);
	page_details_end(p);
}

static size_t count(const struct page *p, enum kind kind)
{
	size_t n = 0;

	for (size_t i = 0; i < p->c->nr_targets; i++)
		for (size_t k = 0; k < p->c->targets[i].om->nr_units; k++)
			om_for_each_span(s, p->c->targets[i].om->units[k].post)
				n += kind_of(s) == kind;
	return n;
}

static void objects(struct page *p, enum kind kind, bool open)
{
	for (size_t i = 0; i < p->c->nr_targets; i++)
		for (size_t k = 0; k < p->c->targets[i].om->nr_units; k++)
			om_for_each_span(s, p->c->targets[i].om->units[k].post)
				if (kind_of(s) == kind)
					object(p, s, kind, open);
}

static void content_row(struct page *p, const struct om_span *s)
{
	html_begin(&p->h, "tr", NULL);
	html_begin(&p->h, "td", NULL);
	if (s->section->class == OM_CLASS_STRINGS && s->section->entsize == 1) {
		html_text(&p->h, "\"");
		html_text(&p->h, om_string(s));
		html_text(&p->h, "\"");
	} else {
		for (uint64_t off = 0; off < shown(s->size); off += ROW) {
			html_begin(&p->h, "div", NULL);
			dump_row(p, s, off);
			html_end(&p->h);
		}
		rest(p, s->size);
	}
	html_end(&p->h);
	html_elementf(&p->h, "td", NULL, "%s: %s", s->obj->unit, s->name);
	html_end(&p->h);
	html_raw(&p->h, "\n");
}

/* They have no life of their own, and are many. */
static void contents(struct page *p)
{
	static const char *const heads[] = {"Contents", "Where"};
	size_t n = count(p, DATA_CONTENT);

	if (!n)
		return;
	page_details(p, "object", false);
	html_elementf(&p->h, "h3", NULL, "%zu strings and constants", n);
	html_elementf(&p->h, "span", "about", "%s", kind_names[DATA_CONTENT]);
	page_body(p, NULL);
	page_table(p, "dump", "Strings and constants", heads, ARRAY_SIZE(heads));
	html_begin(&p->h, "tbody", NULL);
	for (size_t i = 0; i < p->c->nr_targets; i++)
		for (size_t k = 0; k < p->c->targets[i].om->nr_units; k++)
			om_for_each_span(s, p->c->targets[i].om->units[k].post)
				if (kind_of(s) == DATA_CONTENT)
					content_row(p, s);
	html_end(&p->h);
	page_table_end(p);
	page_details_end(p);
}

void review_data(struct page *p)
{
	size_t n = 0;

	page_section(p, "data", "Data");
	for (enum kind k = 0; k < DATA_CONTENT; k++)
		n += count(p, k);
	if (!n)
		html_element(&p->h, "p", NULL, "No object that has a name is new or changes.");
	for (enum kind k = 0; k < DATA_CONTENT; k++)
		objects(p, k, n <= OPEN_OBJECTS);
	contents(p);
	page_section_end(p);
}
