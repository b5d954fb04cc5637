// SPDX-License-Identifier: GPL-2.0-or-later
/* The functions that are replaced and added: a table of them, then each by itself. */
#include "ksplice-create/review-page.h"

#include <inttypes.h>
#include <string.h>

#include "ksplice-create/manifest.h"
#include "objmanip/hook.h"

#define OPEN_FUNCTIONS 3	/* with more, all are closed at first */

static bool is_replaced(const struct review_function *f)
{
	return f->post->verdict == OM_CHANGED;
}

static char *anchor(const struct page *p, const struct review_function *f)
{
	return xasprintf("f%zu", (size_t)(f - p->functions) + 1);
}

static void sizes(struct page *p, const struct review_function *f)
{
	if (is_replaced(f))
		html_textf(&p->h, "%" PRIu64 " \xe2\x86\x92 %" PRIu64, f->post->twin->size, f->post->size);
	else
		html_textf(&p->h, "%" PRIu64, f->post->size);
}

static void index_row(struct page *p, const struct review_function *f)
{
	_cleanup_free_ char *id = anchor(p, f), *href = xasprintf("#%s", id);

	html_begin(&p->h, "tr", NULL);
	html_element(&p->h, "td", NULL, is_replaced(f) ? "~ changed" : "+ new");
	html_begin_with(&p->h, "th", "scope", "row", NULL);
	html_begin_with(&p->h, "a", "href", href, NULL);
	html_text(&p->h, f->post->name);
	html_end(&p->h);
	html_end(&p->h);
	html_elementf(&p->h, "td", NULL, "%s%s%s", strcmp(f->target->name, "vmlinux") ? f->target->name : "",
		      strcmp(f->target->name, "vmlinux") ? ": " : "", f->post->obj->unit);
	html_begin(&p->h, "td", "number");
	sizes(p, f);
	html_end(&p->h);
	html_element(&p->h, "td", NULL, f->post->reason ?: "");
	html_end(&p->h);
	html_raw(&p->h, "\n");
}

/* Without a script there is no filter, and the browser's own search does. */
static void filter_box(struct page *p)
{
	html_begin_with(&p->h, "p", "id", "tools", "hidden", NULL, NULL);
	html_begin(&p->h, "label", NULL);
	html_text(&p->h, "Show only what contains ");
	html_void(&p->h, "input", "type", "search", "id", "filter", NULL);
	html_end(&p->h);
	html_text(&p->h, " ");
	html_begin_with(&p->h, "output", "id", "shown", "for", "filter", NULL);
	html_end(&p->h);
	html_text(&p->h, " ");
	html_begin_with(&p->h, "button", "type", "button", "id", "open", NULL);
	html_text(&p->h, "Open all");
	html_end(&p->h);
	html_text(&p->h, " ");
	html_begin_with(&p->h, "button", "type", "button", "id", "close", NULL);
	html_text(&p->h, "Close all");
	html_end(&p->h);
	html_end(&p->h);
	html_raw(&p->h, "\n");
}

void review_index(struct page *p)
{
	static const char *const heads[] = {"Verdict", "Function", "Unit", "Bytes", "Why it is carried"};

	page_section(p, "functions", "Functions");
	if (!p->nr_functions)
		html_element(&p->h, "p", NULL, "None is known to change.");
	if (p->nr_functions > 1) {
		filter_box(p);
		page_table(p, "index", "Functions that are replaced or added", heads, ARRAY_SIZE(heads));
		html_begin(&p->h, "tbody", NULL);
		for (size_t i = 0; i < p->nr_functions; i++)
			index_row(p, &p->functions[i]);
		html_end(&p->h);
		page_table_end(p);
	}
}

static void address_fact(struct page *p, const struct review_function *f)
{
	const struct om_span *pre = f->post->twin;
	uint64_t addr = evidence_address(&f->target->evidence, pre->obj->unit, pre->name, pre->size);

	if (addr && !strcmp(f->target->name, "vmlinux"))
		page_factf(p, "In the image", "at 0x%" PRIx64, addr);
	else if (addr)
		page_fact(p, "In the image", "in the module's file");
	else
		page_fact(p, "In the image", f->target->evidence.checked ? "not found" : "not looked for");
}

static void facts(struct page *p, const struct review_function *f)
{
	page_table(p, "facts", "About the function", NULL, 0);
	html_begin(&p->h, "tbody", NULL);
	page_fact(p, "Why it is carried", f->post->reason ?: "not told");
	page_fact(p, "Target", f->target->name);
	if (is_replaced(f))
		address_fact(p, f);
	html_end(&p->h);
	page_table_end(p);
}

static void part(struct page *p, const struct review_function *f, const struct om_span *span)
{
	html_elementf(&p->h, "h4", NULL, "Its part %s: %s", span->name,
		      span->verdict == OM_NEW ? "new" : span->verdict == OM_CHANGED ? span->reason : "goes along unchanged");
	review_code(p, f, span);
}

/* What the compiler moved away (foo.cold), before and after. */
static void parts(struct page *p, const struct review_function *f)
{
	om_for_each_span(span, f->post->obj)
		if (span->part_of == f->post)
			part(p, f, span);
	if (!is_replaced(f))
		return;
	om_for_each_span(span, f->post->twin->obj)
		if (span->part_of == f->post->twin && !span->twin)
			html_elementf(&p->h, "h4", NULL, "Its part %s is gone", span->name);
}

static void function(struct page *p, const struct review_function *f)
{
	_cleanup_free_ char *id = anchor(p, f);

	page_details(p, "function", p->nr_functions <= OPEN_FUNCTIONS);
	html_begin(&p->h, "h3", NULL);
	html_textf(&p->h, "%s %s", is_replaced(f) ? "~" : "+", f->post->name);
	html_end(&p->h);
	html_begin(&p->h, "span", "about");
	html_textf(&p->h, "%s, %s, ", f->post->obj->unit, manifest_verdict(f->post));
	sizes(p, f);
	html_text(&p->h, " bytes");
	html_end(&p->h);
	page_body(p, id);
	facts(p, f);
	if (is_replaced(f))
		review_sites(p, f);
	review_code(p, f, f->post);
	parts(p, f);
	page_details_end(p);
}

void review_functions(struct page *p)
{
	for (size_t i = 0; i < p->nr_functions; i++)
		function(p, &p->functions[i]);
	page_section_end(p);
}
