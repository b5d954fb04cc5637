// SPDX-License-Identifier: GPL-2.0-or-later
#include "ksplice-create/hunk-places.h"

#include <stdlib.h>
#include <string.h>

static const char *next_line(const char *p)
{
	p += strcspn(p, "\n");
	return *p ? p + 1 : p;
}

/* "--- a/fs/x.c\t2020-01-01" */
static bool names(const char *line, const char *file)
{
	_cleanup_free_ char *name = xstrndup(line + 4, strcspn(line + 4, "\t\r\n "));
	size_t len = strlen(name), n = strlen(file);

	return ends_with(name, file) && (len == n || name[len - n - 1] == '/');
}

static const char *find_hunk(const char *diff, const char *file, size_t nth, size_t number)
{
	size_t part = 0, hunk = 0;
	bool here = false;

	for (const char *p = diff; *p; p = next_line(p)) {
		const char *after = next_line(p);

		if (starts_with(p, "--- ") && starts_with(after, "+++ ")) {
			here = (names(p, file) || names(after, file)) && part++ == nth;
			hunk = 0;
		} else if (here && starts_with(p, "@@ ") && ++hunk == number) {
			return p;
		}
	}
	return NULL;
}

/* Of "@@ -12,7 +12,8 @@": 7 of '-', 8 of '+'. */
static unsigned long nr_lines(const char *head, char side)
{
	const char *at = strchr(head, side);
	char *end;

	if (!at || at > head + strcspn(head, "\n"))
		return 0;
	strtoul(at + 1, &end, 10);
	return *end == ',' ? strtoul(end + 1, NULL, 10) : 1;
}

/* What the hunk at @p begins with, context and @side. */
static void old_lines(const char *p, char side, struct str *ret)
{
	unsigned long left = nr_lines(p, side);

	str_add(ret, "", 0);
	for (p = next_line(p); *p && left; p = next_line(p)) {
		/* Mailers strip the blank of an empty context line. */
		bool blank = *p == '\n';

		if (!blank && *p != ' ' && *p != side)
			continue;
		str_add(ret, p + !blank, (size_t)(next_line(p) - p) - !blank);
		left--;
	}
}

size_t hunk_places(const char *diff, const char *file, size_t nth, size_t number, char side, const char *text)
{
	const char *hunk = find_hunk(diff, file, nth, number);
	_cleanup_str_ struct str old = STR_INIT;
	size_t places = 0;

	if (!hunk)
		return 0;
	old_lines(hunk, side, &old);
	for (; *text && old.len; text = next_line(text))
		places += !strncmp(text, old.s, old.len);
	return places;
}

size_t hunk_moved(const char *line)
{
	static const char start[] = "Hunk #";
	size_t len = strcspn(line, "\n");

	if (!starts_with(line, start) || !memmem(line, len, "succeeded", 9) || !memmem(line, len, "(offset ", 8))
		return 0;
	return strtoul(line + strlen(start), NULL, 10);
}
