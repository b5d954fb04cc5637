/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the parts of the review share; review.c puts them together. */
#ifndef KSPLICE_CREATE_REVIEW_PAGE_H
#define KSPLICE_CREATE_REVIEW_PAGE_H

#include "ksplice-create/create.h"
#include "ksplice-create/html.h"
#include "ksplice-create/source-lines.h"
#include "ksplice-create/source-text.h"

/* A function that is replaced or added. */
struct review_function {
	const struct target *target;
	const struct om_unit *unit;
	const struct om_span *post;
};

/* Line tables of a unit's two objects. */
struct review_lines {
	const struct om_unit *unit;	/* NULL: none yet */
	struct source_lines *pre, *post;
};

struct page {
	struct html h;
	const struct create *c;
	const struct error *why;	/* NULL: the update was made */
	struct review_function *functions;
	size_t nr_functions;
	struct review_lines lines;	/* of the unit looked at last */
	struct source_text *texts;
};

/* A part of the page: a heading, and an anchor that links lead to. */
void page_section(struct page *p, const char *id, const char *title);
void page_section_end(struct page *p);
/* What can be opened and closed.  After page_details() the summary is written, after page_body() the rest. */
void page_details(struct page *p, const char *class, bool open);
void page_body(struct page *p, const char *id);	/* @id may be NULL */
void page_details_end(struct page *p);
/* A table in a box of its own, so that a wide one scrolls and not the page. @caption is for who cannot see it. */
void page_table(struct page *p, const char *class, const char *caption, const char *const *heads, size_t nr_heads);
void page_table_end(struct page *p);
/* One row of two: what, and the value. */
void page_fact(struct page *p, const char *what, const char *value);
void page_factf(struct page *p, const char *what, const char *fmt, ...) __attribute__((format(printf, 3, 4)));

/* Opens the line tables of the unit's objects, p->lines; where it is the one before, they are open. */
void page_lines(struct page *p, const struct om_unit *unit);

/* review-mismatch.c */
void review_mismatches(struct page *p);
/* review-summary.c */
void review_summary(struct page *p);
void review_refusals(struct page *p);
void review_notes(struct page *p);
/* review-diff.c */
void review_diff(struct page *p);
/* review-functions.c */
void review_index(struct page *p);
void review_functions(struct page *p);
/* review-code.c: the instructions of one span, beside its twin's if it has one */
void review_code(struct page *p, const struct review_function *f, const struct om_span *post);
/* review-sites.c */
void review_sites(struct page *p, const struct review_function *f);
/* What the kernel rewrites in [off, off + len), and the hook, as a mark behind an instruction. */
void review_mark_sites(struct page *p, const struct om_span *span, uint32_t off, uint32_t len);
/* review-data.c */
void review_data(struct page *p);
/* review-symbols.c */
void review_symbols(struct page *p);

#endif
