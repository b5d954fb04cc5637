// SPDX-License-Identifier: GPL-2.0-or-later
/* What the update is: in numbers; and why there is none. */
#include "ksplice-create/review-page.h"

#include <string.h>

#include "common/names.h"
#include "common/sha256.h"
#include "ksplice-create/manifest.h"
#include "ksplice-create/modules.h"
#include "ksplice-create/signing.h"
#include "ksplice-create/tree.h"
#include "objmanip/author.h"

static void kernel_facts(struct page *p)
{
	const struct kernel *k = &p->c->kernel;

	page_factf(p, "Kernel", "%s, %s", k->release ?: "not known", k->arch ?: "machine not known");
	page_fact(p, "Build id", k->build_id ?: "not known: no image was given");
	if (k->banner)
		page_fact(p, "Banner of the image", k->banner);
	if (k->cc_version)
		page_fact(p, "Compiler", k->cc_version);
	if (p->c->git.from)
		page_factf(p, "Commits", "%s to %s", p->c->git.from, p->c->git.to);
	if (p->c->opt.series)
		page_fact(p, "Series", "goes upon updates that the source has and the image has not: what differs from the image is in "
				       "the notes, and is checked when the update is applied");
	for (size_t i = 0; i < p->c->excluded.n; i++)
		page_fact(p, "Left out by --exclude-match", p->c->excluded.v[i]);
}

static void general_facts(struct page *p)
{
	_cleanup_free_ char *what = p->c->patches.text.s ? manifest_description(p->c) : NULL;
	static const char *const heads[] = {"What", "Value"};

	page_table(p, "facts", "The update and its kernel", heads, ARRAY_SIZE(heads));
	html_begin(&p->h, "tbody", NULL);
	page_fact(p, "Update", p->c->opt.id);
	if (what)
		page_fact(p, "Description", what);
	kernel_facts(p);
	page_fact(p, "Modules signed by", p->c->signing ? signing_subject(p->c->signing) : "nobody");
	html_end(&p->h);
	page_table_end(p);
}

static void cell(struct page *p, const char *text)
{
	html_element(&p->h, "td", NULL, text);
}

static void number(struct page *p, size_t n)
{
	html_elementf(&p->h, "td", "number", "%zu", n);
}

/* What the check said of the target. */
static void checked(struct page *p, const struct target *t)
{
	const struct offline_stats *st = &t->evidence.stats;

	if (!t->evidence.checked) {
		cell(p, "not checked against an image");
		return;
	}
	html_elementf(&p->h, "td", NULL, "%u of %u functions are in the image, %llu bytes; %u not required and passed over; %u at "
					 "several places, where that does not matter",
		      st->matched, st->functions, st->run_bytes, st->passed_over, st->ambiguous);
}

static void target_row(struct page *p, const struct target *t)
{
	const struct om_target *om = t->om;
	size_t bytes = 0;

	for (size_t i = 0; i < om->nr_units; i++)
		om_for_each_span(s, om->units[i].post)
			bytes += s->carried && om_is_code(s) ? s->size : 0;
	html_begin(&p->h, "tr", NULL);
	html_begin_with(&p->h, "th", "scope", "row", NULL);
	html_text(&p->h, t->name);
	html_end(&p->h);
	html_begin(&p->h, "td", NULL);
	for (size_t i = 0; i < om->nr_units; i++)
		html_elementf(&p->h, "div", NULL, "%s%s", om->units[i].post->unit,
			      om->units[i].extra ? " (only matched)" : "");
	html_end(&p->h);
	number(p, om->nr_changed);
	number(p, om->nr_new);
	number(p, om->nr_in_place);
	number(p, bytes);
	checked(p, t);
	html_end(&p->h);
	html_raw(&p->h, "\n");
}

static void target_table(struct page *p)
{
	static const char *const heads[] = {"Target", "Units", "Replaced functions", "New functions and objects",
					    "Objects changed in place", "Bytes of new code", "Check against the image"};

	if (!p->c->nr_targets)
		return;
	html_element(&p->h, "h3", NULL, "Targets");
	page_table(p, "targets", "Targets", heads, ARRAY_SIZE(heads));
	html_begin(&p->h, "tbody", NULL);
	for (size_t i = 0; i < p->c->nr_targets; i++)
		target_row(p, &p->c->targets[i]);
	html_end(&p->h);
	page_table_end(p);
}

static void author_hook_rows(struct page *p, const struct om_target *t)
{
	for (size_t i = 0; i < t->nr_author_hooks; i++) {
		html_begin(&p->h, "tr", NULL);
		html_begin_with(&p->h, "th", "scope", "row", NULL);
		html_text(&p->h, t->author_hooks[i].fn ? t->author_hooks[i].fn->name : "none");
		html_end(&p->h);
		cell(p, om_phase_name(t->author_hooks[i].phase));
		html_elementf(&p->h, "td", NULL, "%s, line %u", t->author_hooks[i].record->obj->unit, t->author_hooks[i].line);
		html_end(&p->h);
		html_raw(&p->h, "\n");
	}
}

/* Functions of the author's that run by themselves when the update is applied or undone. */
static void author_hook_table(struct page *p)
{
	static const char *const heads[] = {"Function", "When", "Where it is said"};
	size_t nr = 0;

	for (size_t i = 0; i < p->c->nr_targets; i++)
		nr += p->c->targets[i].om->nr_author_hooks;
	if (!nr)
		return;
	html_element(&p->h, "h3", NULL, "Functions that run when the update is applied or undone");
	page_table(p, "hooks", "Author's hooks", heads, ARRAY_SIZE(heads));
	html_begin(&p->h, "tbody", NULL);
	for (size_t i = 0; i < p->c->nr_targets; i++)
		author_hook_rows(p, p->c->targets[i].om);
	html_end(&p->h);
	page_table_end(p);
}

static void file_row(struct page *p, const char *module)
{
	_cleanup_free_ char *name = xasprintf("%s.ko", module), *path = modules_packed_path(p->c, module), *data = NULL;
	char hex[SHA256_HEX_SIZE];
	size_t size = 0;
	struct error *err = file_read(path, UPDATE_SIZE_MAX, &data, &size);

	err = err ?: sha256_hex(data, size, hex);
	html_begin(&p->h, "tr", NULL);
	html_begin_with(&p->h, "th", "scope", "row", NULL);
	html_text(&p->h, name);
	html_end(&p->h);
	if (err) {
		html_begin_with(&p->h, "td", "colspan", "2", NULL);
		html_text(&p->h, err->text);
		html_end(&p->h);
	} else {
		number(p, size);
		html_element(&p->h, "td", "hash", hex);
	}
	html_end(&p->h);
	html_raw(&p->h, "\n");
	error_free(err);
}

/* So that this page and an update can be told to belong together: the manifest has the same digests. */
static void file_table(struct page *p)
{
	static const char *const heads[] = {"Module", "Bytes", "SHA-256, as in the manifest"};

	html_element(&p->h, "h3", NULL, "Modules in the update");
	page_table(p, "files", "Modules in the update", heads, ARRAY_SIZE(heads));
	html_begin(&p->h, "tbody", NULL);
	file_row(p, "ksplice");
	for (size_t i = 0; i < p->c->nr_targets; i++) {
		const struct target *t = &p->c->targets[i];

		file_row(p, t->match_module);
		file_row(p, t->code_module);
	}
	html_end(&p->h);
	page_table_end(p);
}

void review_summary(struct page *p)
{
	page_section(p, "summary", "Summary");
	general_facts(p);
	target_table(p);
	author_hook_table(p);
	if (!p->why)
		file_table(p);
	page_section_end(p);
}

static void refusal_list(struct page *p)
{
	html_begin(&p->h, "ol", "refusals");
	for (size_t i = 0; i < p->c->nr_targets; i++) {
		const struct om_target *t = p->c->targets[i].om;

		for (size_t k = 0; k < t->nr_refusals; k++) {
			html_begin(&p->h, "li", NULL);
			html_element(&p->h, "code", NULL, t->refusals[k].where);
			html_elementf(&p->h, "p", NULL, "%s: %s", t->name, t->refusals[k].reason);
			if (t->refusals[k].advice)
				html_elementf(&p->h, "p", "advice", "Advice: %s", t->refusals[k].advice);
			html_end(&p->h);
			html_raw(&p->h, "\n");
		}
	}
	html_end(&p->h);
}

/* Line by line: what stands in columns must not be wrapped, and all else must be. */
static void message(struct page *p, const char *text)
{
	html_begin(&p->h, "pre", "message");
	for (const char *end; *text; text = *end ? end + 1 : end) {
		end = text + strcspn(text, "\n");
		html_begin(&p->h, "span", memmem(text, end - text, " | ", 3) ? "columns" : NULL);
		html_bytes(&p->h, text, end - text);
		html_end(&p->h);
		html_raw(&p->h, "\n");
	}
	html_end(&p->h);
}

void review_refusals(struct page *p)
{
	if (!p->why)
		return;
	page_section(p, "why", "Why there is no update");
	message(p, p->why->text);
	if (p->why->kind == ERROR_REFUSED)
		refusal_list(p);
	review_mismatches(p);
	page_section_end(p);
}

void review_notes(struct page *p)
{
	page_section(p, "notes", "Notes");
	if (!p->c->notes.n)
		html_element(&p->h, "p", NULL, "None.");
	else
		html_begin(&p->h, "ul", NULL);
	for (size_t i = 0; i < p->c->notes.n; i++) {
		html_element(&p->h, "li", NULL, p->c->notes.v[i]);
		html_raw(&p->h, "\n");
	}
	if (p->c->notes.n)
		html_end(&p->h);
	page_section_end(p);
}
