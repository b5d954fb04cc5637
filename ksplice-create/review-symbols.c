// SPDX-License-Identifier: GPL-2.0-or-later
/* What the new code takes from the kernel, and how it is known where that is. */
#include "ksplice-create/review-page.h"

#include <inttypes.h>
#include <string.h>

#include "objmanip/links.h"
#include "objmanip/symbols.h"

/* A string is called by its text. */
static void name_cell(struct page *p, const struct om_import *imp)
{
	bool string = imp->pre && imp->pre->section->class == OM_CLASS_STRINGS && imp->pre->section->entsize == 1;

	html_begin_with(&p->h, "th", "scope", "row", NULL);
	if (*imp->name)
		html_text(&p->h, imp->name);
	else if (string)
		html_textf(&p->h, "\"%s\"", om_string(imp->pre));
	else
		html_text(&p->h, "data without a name");
	html_end(&p->h);
}

static const struct om_span *find_pre(const struct om_target *t, const char *unit, const char *name)
{
	for (size_t i = 0; i < t->nr_units; i++) {
		if (strcmp(t->units[i].pre->unit, unit))
			continue;
		om_for_each_span(span, t->units[i].pre)
			if (!strcmp(span->name, name))
				return span;
	}
	return NULL;
}

/* The first reference to the import in the function that refers to it. */
static void place(struct page *p, const struct om_target *t, const struct om_import *imp, const struct evidence_symbol *s)
{
	const struct om_span *from = find_pre(t, s->unit, s->referrer);

	html_textf(&p->h, "%s: %s", s->unit, *s->referrer ? s->referrer : "an object without a name");
	for (size_t i = 0; from && i < from->nr_relocs; i++) {
		const struct om_reloc *rel = &from->relocs[i];
		const struct om_insn *insn;

		if (imp->pre ? rel->target != imp->pre : strcmp(rel->sym->name, imp->name) != 0)
			continue;
		insn = om_insn_at(from, rel->offset - from->start);
		html_textf(&p->h, "+0x%" PRIx64, insn ? insn->off : rel->offset - from->start);
		return;
	}
}

static void evidence_cell(struct page *p, const struct om_target *t, const struct om_import *imp, const struct evidence_symbol *s)
{
	html_begin(&p->h, "td", NULL);
	switch (s ? s->kind : EVIDENCE_NONE) {
	case EVIDENCE_NONE: html_text(&p->h, "not looked for: no image was given, or it was not got so far"); break;
	case EVIDENCE_NAME: html_text(&p->h, "by name: it is the only one, and no old code refers to it"); break;
	case EVIDENCE_CODE: html_text(&p->h, "by run: its own code or contents matched there"); break;
	case EVIDENCE_REFERENCE: html_text(&p->h, "by run: matched code refers to it"); break;
	}
	if (s && s->referrers) {
		html_text(&p->h, s->kind == EVIDENCE_CODE ? "; also " : ": ");
		place(p, t, imp, s);
		if (s->referrers > 1)
			html_textf(&p->h, " and %u more", s->referrers - 1);
	}
	html_end(&p->h);
}

static const char *use_of(const struct om_import *imp)
{
	if (imp->hooked)
		return imp->pre && !om_is_code(imp->pre) ? "changed where it is" : "hooked";
	if (imp->root)
		return "by its address";
	return imp->percpu ? "per-CPU" : "called or used";
}

static void import_row(struct page *p, const struct target *t, const struct om_import *imp)
{
	const struct evidence_symbol *s = evidence_symbol(&t->evidence, imp->publish);

	html_begin(&p->h, "tr", NULL);
	name_cell(p, imp);
	html_element(&p->h, "td", NULL, use_of(imp));
	if (s && s->kind != EVIDENCE_NONE)
		html_elementf(&p->h, "td", "hash", "0x%" PRIx64, s->addr);
	else
		html_element(&p->h, "td", NULL, "not known");
	evidence_cell(p, t->om, imp, s);
	if (s)
		html_elementf(&p->h, "td", "number", "%u", s->candidates);
	else
		html_element(&p->h, "td", NULL, "");
	html_end(&p->h);
	html_raw(&p->h, "\n");
}

static void imports(struct page *p, const struct target *t)
{
	static const char *const heads[] = {"Symbol", "Use", "Address in the image", "Evidence", "Of that name"};

	page_details(p, "imports", t->om->nr_imports <= 40);
	html_elementf(&p->h, "h3", NULL, "%s: %zu symbols", t->name, t->om->nr_imports);
	page_body(p, NULL);
	if (strcmp(t->name, "vmlinux"))
		html_element(&p->h, "p", NULL, "Addresses of modules' own symbols are those at which the check has laid them out.");
	page_table(p, "symbols", "Symbols that the new code takes from the kernel", heads, ARRAY_SIZE(heads));
	html_begin(&p->h, "tbody", NULL);
	for (size_t i = 0; i < t->om->nr_imports; i++)
		import_row(p, t, &t->om->imports[i]);
	html_end(&p->h);
	page_table_end(p);
	page_details_end(p);
}

static void links(struct page *p, const struct om_target *t)
{
	if (!t->nr_offers && !t->nr_takes)
		return;
	html_begin(&p->h, "ul", NULL);
	for (size_t i = 0; i < t->nr_offers; i++)
		html_elementf(&p->h, "li", NULL, "%s offers %s to the update's other modules", t->name, t->offers[i].name);
	for (size_t i = 0; i < t->nr_takes; i++)
		html_elementf(&p->h, "li", NULL, "%s takes %s, which is new, from %s", t->name, t->takes[i].name,
			      t->takes[i].from->name);
	html_end(&p->h);
}

void review_symbols(struct page *p)
{
	size_t n = 0;

	page_section(p, "symbols", "Symbols");
	for (size_t i = 0; i < p->c->nr_targets; i++) {
		n += p->c->targets[i].om->nr_imports;
		if (p->c->targets[i].om->nr_imports)
			imports(p, &p->c->targets[i]);
		links(p, p->c->targets[i].om);
	}
	if (!n)
		html_element(&p->h, "p", NULL, "None: nothing was made that needs one.");
	page_section_end(p);
}
