// SPDX-License-Identifier: GPL-2.0-or-later
/* Puts the review together. */
#include "ksplice-create/review.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <openssl/evp.h>

#include "common/sha256.h"
#include "ksplice-create/manifest.h"
#include "ksplice-create/new-file.h"
#include "ksplice-create/review-page.h"
#include "ksplice-create/tree.h"

static const char style[] =
#include "ksplice-create/review-css.inc"
	;
static const char script[] =
#include "ksplice-create/review-js.inc"
	;

void page_section(struct page *p, const char *id, const char *title)
{
	html_begin_with(&p->h, "section", "id", id, NULL);
	html_element(&p->h, "h2", NULL, title);
	html_raw(&p->h, "\n");
}

void page_section_end(struct page *p)
{
	html_end(&p->h);
	html_raw(&p->h, "\n");
}

void page_details(struct page *p, const char *class, bool open)
{
	html_begin_with(&p->h, "details", "class", class, open ? "open" : NULL, NULL, NULL);
	html_begin(&p->h, "summary", NULL);
}

/* The anchor is inside, so that a link to it opens what it is in. */
void page_body(struct page *p, const char *id)
{
	html_end(&p->h);
	if (id)
		html_begin_with(&p->h, "div", "class", "body", "id", id, NULL);
	else
		html_begin(&p->h, "div", "body");
}

void page_details_end(struct page *p)
{
	html_end(&p->h);
	html_end(&p->h);
	html_raw(&p->h, "\n");
}

void page_table(struct page *p, const char *class, const char *caption, const char *const *heads, size_t nr_heads)
{
	/* Who has no mouse must get to one that may scroll. */
	if (nr_heads > 4)
		html_begin_with(&p->h, "div", "class", "box", "tabindex", "0", "role", "region", "aria-label", caption, NULL);
	else
		html_begin(&p->h, "div", "box");
	html_begin(&p->h, "table", class);
	html_element(&p->h, "caption", NULL, caption);
	if (!nr_heads)
		return;
	html_begin(&p->h, "thead", NULL);
	html_begin(&p->h, "tr", NULL);
	for (size_t i = 0; i < nr_heads; i++) {
		html_begin_with(&p->h, "th", "scope", "col", NULL);
		html_text(&p->h, heads[i]);
		html_end(&p->h);
	}
	html_end(&p->h);
	html_end(&p->h);
	html_raw(&p->h, "\n");
}

void page_table_end(struct page *p)
{
	html_end(&p->h);
	html_end(&p->h);
	html_raw(&p->h, "\n");
}

void page_fact(struct page *p, const char *what, const char *value)
{
	html_begin(&p->h, "tr", NULL);
	html_begin_with(&p->h, "th", "scope", "row", NULL);
	html_text(&p->h, what);
	html_end(&p->h);
	html_element(&p->h, "td", NULL, value);
	html_end(&p->h);
	html_raw(&p->h, "\n");
}

void page_factf(struct page *p, const char *what, const char *fmt, ...)
{
	char *text = NULL;
	va_list ap;

	va_start(ap, fmt);
	if (vasprintf(&text, fmt, ap) >= 0)
		page_fact(p, what, text);
	va_end(ap);
	free(text);
}

void page_lines(struct page *p, const struct om_unit *unit)
{
	if (p->lines.unit == unit)
		return;
	source_lines_close(p->lines.pre);
	source_lines_close(p->lines.post);
	p->lines = (struct review_lines){
		.unit = unit,
		.pre = source_lines_open(unit->pre->path),
		.post = source_lines_open(unit->post->path),
	};
}

/* What a Content-Security-Policy wants of an inline style or script (W3C CSP 3, 2.3.1); owned by the caller. */
static struct error *csp_hash(const char *text, char **ret)
{
	unsigned char digest[(SHA256_HEX_SIZE - 1) / 2], base64[sizeof(digest) * 2];
	char hex[SHA256_HEX_SIZE];
	struct error *err = sha256_hex(text, strlen(text), hex);

	if (err)
		return err;
	for (size_t i = 0; i < sizeof(digest); i++) {
		unsigned byte;

		sscanf(hex + 2 * i, "%2x", &byte);
		digest[i] = byte;
	}
	EVP_EncodeBlock(base64, digest, sizeof(digest));
	*ret = xasprintf("'sha256-%s'", (char *)base64);
	return NULL;
}

/* Nothing is loaded from anywhere, and nothing runs but the script that is here: not even if an escape were forgotten. */
static struct error *write_head(struct page *p)
{
	_cleanup_free_ char *style_hash = NULL, *script_hash = NULL, *policy = NULL;
	struct error *err = csp_hash(style, &style_hash);

	err = err ?: csp_hash(script, &script_hash);
	if (err)
		return err;
	policy = xasprintf("default-src 'none'; style-src %s; script-src %s; base-uri 'none'; form-action 'none'", style_hash,
			   script_hash);
	html_begin(&p->h, "head", NULL);
	html_void(&p->h, "meta", "charset", "utf-8", NULL);
	html_void(&p->h, "meta", "http-equiv", "Content-Security-Policy", "content", policy, NULL);
	html_void(&p->h, "meta", "name", "viewport", "content", "width=device-width, initial-scale=1", NULL);
	html_void(&p->h, "meta", "name", "color-scheme", "content", "light dark", NULL);
	html_elementf(&p->h, "title", NULL, "Update %s for %s", p->c->opt.id, p->c->kernel.release ?: "an unknown kernel");
	html_begin(&p->h, "style", NULL);
	html_raw(&p->h, style);
	html_end(&p->h);
	html_end(&p->h);
	html_raw(&p->h, "\n");
	return NULL;
}

static void link_to(struct page *p, const char *id, const char *text)
{
	_cleanup_free_ char *href = xasprintf("#%s", id);

	html_begin(&p->h, "li", NULL);
	html_begin_with(&p->h, "a", "href", href, NULL);
	html_text(&p->h, text);
	html_end(&p->h);
	html_end(&p->h);
}

static void write_contents(struct page *p)
{
	html_begin_with(&p->h, "nav", "aria-label", "Contents", NULL);
	html_begin(&p->h, "ul", NULL);
	if (p->why)
		link_to(p, "why", "Why there is no update");
	link_to(p, "summary", "Summary");
	link_to(p, "diff", "Diff");
	link_to(p, "functions", "Functions");
	link_to(p, "data", "Data");
	link_to(p, "symbols", "Symbols");
	link_to(p, "notes", "Notes");
	html_end(&p->h);
	html_end(&p->h);
	html_raw(&p->h, "\n");
}

static void write_title(struct page *p)
{
	const struct error *why = p->why;

	html_begin(&p->h, "header", NULL);
	html_elementf(&p->h, "h1", NULL, "Update %s for %s", p->c->opt.id, p->c->kernel.release ?: "an unknown kernel");
	if (!why)
		html_element(&p->h, "p", "outcome made", "\xe2\x9c\x93 Made");
	else
		html_elementf(&p->h, "p", "outcome refused", "\xe2\x9c\x97 %s",
			      why->kind == ERROR_REFUSED    ? "Refused: not made"
			      : why->kind == ERROR_NO_MATCH ? "Not made: the code is not the kernel's"
							    : "Not made");
	html_end(&p->h);
	html_raw(&p->h, "\n");
}

static void write_body(struct page *p)
{
	html_begin(&p->h, "body", NULL);
	write_title(p);
	write_contents(p);
	html_begin(&p->h, "main", NULL);
	html_raw(&p->h, "\n");
	review_refusals(p);
	review_summary(p);
	review_diff(p);
	review_index(p);
	review_functions(p);
	review_data(p);
	review_symbols(p);
	review_notes(p);
	html_end(&p->h);
	html_begin(&p->h, "script", NULL);
	html_raw(&p->h, script);
	html_end(&p->h);
	html_end(&p->h);
}

static struct error *write_page(struct page *p)
{
	struct error *err;

	html_raw(&p->h, "<!DOCTYPE html>\n");
	html_begin_with(&p->h, "html", "lang", "en", NULL);
	err = write_head(p);
	if (err)
		return err;
	write_body(p);
	html_end(&p->h);
	html_raw(&p->h, "\n");
	return NULL;
}

struct adding {
	struct page *page;
	const struct target *target;
};

static void add_function(const struct om_span *post, void *arg)
{
	struct adding *a = arg;
	struct page *p = a->page;
	const struct om_target *t = a->target->om;

	for (size_t i = 0; i < t->nr_units; i++) {
		if (t->units[i].post != post->obj)
			continue;
		p->functions = xrealloc(p->functions, (p->nr_functions + 1) * sizeof(*p->functions));
		p->functions[p->nr_functions++] = (struct review_function){a->target, &t->units[i], post};
	}
}

static void page_open(struct page *p)
{
	for (size_t i = 0; i < p->c->nr_targets; i++) {
		struct adding a = {p, &p->c->targets[i]};

		manifest_functions(a.target, add_function, &a);
	}
	p->texts = source_text_create(p->c);
}

static void page_close(struct page *p)
{
	source_lines_close(p->lines.pre);
	source_lines_close(p->lines.post);
	source_text_destroy(p->texts);
	free(p->functions);
}

struct error *review_check(const struct create *c)
{
	struct new_file file;
	struct error *err;

	if (path_is_dir(c->opt.report))
		return error_errno(EISDIR, "--report=%s", c->opt.report);
	err = new_file_open(&file, c->opt.report);
	if (err)
		return error_prefix(err, "--report");
	new_file_drop(&file);
	return NULL;
}

struct error *review_write(const struct create *c, const struct error *why)
{
	struct page p = {.c = c, .why = why};
	struct new_file file;
	struct error *err = new_file_open(&file, c->opt.report);
	int fd = err ? -1 : dup(file.fd);

	if (err)
		return error_prefix(err, "--report");
	p.h.out = fd < 0 ? NULL : fdopen(fd, "w");
	if (!p.h.out) {
		err = error_errno(errno, "--report=%s", c->opt.report);
		close(fd);
		new_file_drop(&file);
		return err;
	}
	page_open(&p);
	err = write_page(&p);
	page_close(&p);
	if ((fflush(p.h.out) || ferror(p.h.out)) && !err)
		err = error_errno(errno ?: EIO, "--report=%s", c->opt.report);
	if (fclose(p.h.out) && !err)
		err = error_errno(errno, "--report=%s", c->opt.report);
	if (!err)
		return new_file_finish(&file);
	new_file_drop(&file);
	return err;
}
