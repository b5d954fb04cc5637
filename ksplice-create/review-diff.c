// SPDX-License-Identifier: GPL-2.0-or-later
/* The diff, file by file. */
#include "ksplice-create/review-page.h"

#include <stdio.h>
#include <string.h>

#define OPEN_LINES 400	/* a diff of up to so many is open */

/* Where the reader is in the diff. */
struct place {
	const char *line;
	size_t len;		/* without the newline */
	long old, new;		/* lines of the hunk that are still to come */
	bool in_file;		/* a <details> is open */
};

static bool next_line(struct place *at)
{
	at->line += at->len;
	at->line += *at->line == '\n';
	at->len = strcspn(at->line, "\n");
	return *at->line;
}

/* "@@ -1,2 +3 @@": a count that is left out is 1. */
static bool hunk_begins(struct place *at)
{
	long ignored;
	const char *p = at->line;

	if (sscanf(p, "@@ -%ld", &ignored) != 1)
		return false;
	p += 4 + strcspn(p + 4, " ,\n");
	at->old = 1;
	if (*p == ',' && sscanf(p, ",%ld", &at->old) != 1)
		return false;
	p += strcspn(p, " \n");
	at->new = 1;
	if (sscanf(p, " +%ld", &ignored) != 1)
		return false;
	p += 2 + strcspn(p + 2, " ,\n");
	return *p != ',' || sscanf(p, ",%ld", &at->new) == 1;
}

static bool begins(const struct place *at, const char *prefix)
{
	return at->len >= strlen(prefix) && !strncmp(at->line, prefix, strlen(prefix));
}

/* What git, diff and svn put before the hunks of a file; without the former two, "---" with "+++" behind it. */
static bool file_begins(const struct place *at)
{
	return begins(at, "diff ") || begins(at, "Index: ") ||
	       (begins(at, "--- ") && !strncmp(at->line + at->len, "\n+++ ", 5));
}

/* The name of the file that begins here, owned by the caller: behind "+++ ", or behind "--- " where that is /dev/null. */
static char *file_name(struct place at)
{
	_cleanup_free_ char *first = xstrndup(at.line, at.len);
	const char *name = NULL;
	size_t len = 0;

	for (bool more = true; more && !hunk_begins(&at); more = next_line(&at)) {
		if (!begins(&at, "--- ") && !begins(&at, "+++ "))
			continue;
		if (name && !strncmp(at.line + 4, "/dev/null", 9))
			break;
		name = at.line + 4;
		len = strcspn(name, "\t\n");
		if (*at.line == '+')
			break;
	}
	/* git's prefixes say which side it is, and nothing else. */
	if (name && len > 2 && (starts_with(name, "a/") || starts_with(name, "b/"))) {
		name += 2;
		len -= 2;
	}
	return name ? xstrndup(name, len) : xstrdup(first);
}

static void end_file(struct page *p, struct place *at)
{
	html_end(&p->h);
	if (at->in_file)
		page_details_end(p);
	at->in_file = false;
}

static void begin_file(struct page *p, struct place *at, bool open)
{
	_cleanup_free_ char *name = file_name(*at);

	page_details(p, "file", open);
	html_element(&p->h, "h3", NULL, name);
	page_body(p, NULL);
	html_begin(&p->h, "pre", "diff");
	at->in_file = true;
}

/* The sign at its start stays, so that colour is not all there is. */
static void hunk_line(struct page *p, struct place *at)
{
	const char *tag = *at->line == '+' ? "ins" : *at->line == '-' ? "del" : NULL;

	at->old -= *at->line == '-' || *at->line == ' ' || !at->len;
	at->new -= *at->line == '+' || *at->line == ' ' || !at->len;
	if (tag)
		html_begin(&p->h, tag, NULL);
	html_bytes(&p->h, at->line, at->len);
	html_raw(&p->h, "\n");
	if (tag)
		html_end(&p->h);
}

static void header_line(struct page *p, struct place *at)
{
	bool hunk = hunk_begins(at);

	html_begin(&p->h, "span", hunk ? "hunk" : "header");
	html_bytes(&p->h, at->line, at->len);
	html_raw(&p->h, "\n");
	html_end(&p->h);
}

static size_t count_lines(const char *text)
{
	size_t n = 0;

	for (; *text; text++)
		n += *text == '\n';
	return n;
}

static void write_diff(struct page *p, const char *text)
{
	struct place at = {.line = text, .len = strcspn(text, "\n")};
	bool open = count_lines(text) <= OPEN_LINES, headers = false;

	html_begin(&p->h, "pre", "diff");
	for (bool more = *text; more; more = next_line(&at)) {
		if (at.old > 0 || at.new > 0) {
			hunk_line(p, &at);
			headers = false;
			continue;
		}
		/* "--- a/file" is one more line of a file that "diff --git" began. */
		if (file_begins(&at) && !(headers && begins(&at, "--- "))) {
			end_file(p, &at);
			begin_file(p, &at, open);
			headers = true;
		}
		header_line(p, &at);
	}
	end_file(p, &at);
}

void review_diff(struct page *p)
{
	page_section(p, "diff", "Diff");
	if (p->c->patches.text.len)
		write_diff(p, p->c->patches.text.s);
	else
		html_element(&p->h, "p", NULL, "Nothing was read.");
	page_section_end(p);
}
