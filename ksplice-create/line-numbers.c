// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Gives the lines of a C source other numbers, by #line directives where these can stand: not inside of a comment or behind
 * a line that ends with a backslash.  In what the preprocessor skips (#if 0) they are skipped, too; so the number is told
 * again behind each #else, #elif and #endif.
 */
#include "ksplice-create/line-numbers.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

/* Lines [old, old + nr_old) became [new, new + nr_new); from 1. */
struct hunk {
	unsigned long old, nr_old, new, nr_new;
};

struct scanner {
	bool comment;		/* inside of one that began above */
	bool continued;		/* the line above ends with a backslash */
	bool conditional;	/* the line above is #else, #elif or #endif */
	bool in_conditional;	/* this one is, so far */
};

static const char *next_line(const char *p)
{
	p += strcspn(p, "\n");
	return *p ? p + 1 : p;
}

/* "5a6,7", "3,4d2", "3,4c3": diff(1) numbers the line before what is not there. */
static bool parse_hunk(const char *p, struct hunk *ret)
{
	unsigned long first[2], last[2];
	char *end, command = 0;

	for (int i = 0; i < 2; i++) {
		if (!isdigit((unsigned char)*p))
			return false;
		first[i] = last[i] = strtoul(p, &end, 10);
		if (*end == ',' && isdigit((unsigned char)end[1]))
			last[i] = strtoul(end + 1, &end, 10);
		if (!i)
			command = *end++;
		p = end;
	}
	if (*p != '\n' || last[0] < first[0] || last[1] < first[1] || !command || !strchr("acd", command))
		return false;
	ret->old = first[0] + (command == 'a');
	ret->nr_old = command == 'a' ? 0 : last[0] - first[0] + 1;
	ret->new = first[1] + (command == 'd');
	ret->nr_new = command == 'd' ? 0 : last[1] - first[1] + 1;
	return true;
}

/* The hunk at *@p or behind what belongs to the one before; false: there is none. */
static struct error *next_hunk(const char **p, struct hunk *ret, bool *found)
{
	while (**p && strchr("<>-\\", **p))
		*p = next_line(*p);
	*found = **p;
	if (*found && !parse_hunk(*p, ret))
		return error_new(ERROR_BAD_FILE, "diff says '%.*s', which is not known", (int)strcspn(*p, "\n"), *p);
	*p = next_line(*p);
	return NULL;
}

static bool is_conditional_end(const char *line, const char *end)
{
	static const char *const words[] = {"else", "elif", "endif"};

	while (line < end && isblank((unsigned char)*line))
		line++;
	if (line == end || *line++ != '#')
		return false;
	while (line < end && isblank((unsigned char)*line))
		line++;
	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		if ((size_t)(end - line) >= strlen(words[i]) && !memcmp(line, words[i], strlen(words[i])))
			return true;
	return false;
}

/* Behind the string or character that begins at @p, which a line's end ends at the latest. */
static const char *skip_quoted(const char *p, const char *end)
{
	char quote = *p++;

	while (p < end && *p != quote)
		p += *p == '\\' && p + 1 < end ? 2 : 1;
	return p < end ? p + 1 : end;
}

static void scan_line(struct scanner *s, const char *p, const char *end)
{
	bool starts_inside = s->comment || s->continued;

	/* gcc takes a backslash with blanks behind it for one at the end of the line. */
	while (end > p && isspace((unsigned char)end[-1]))
		end--;
	if (!starts_inside)
		s->in_conditional = is_conditional_end(p, end);
	s->continued = end > p && end[-1] == '\\';
	while (p < end) {
		if (s->comment) {
			s->comment = end - p < 2 || p[0] != '*' || p[1] != '/';
			p += s->comment ? 1 : 2;
		} else if (end - p >= 2 && p[0] == '/' && p[1] == '*') {
			s->comment = true;
			p += 2;
		} else if (end - p >= 2 && p[0] == '/' && p[1] == '/') {
			break;
		} else {
			p = *p == '"' || *p == '\'' ? skip_quoted(p, end) : p + 1;
		}
	}
	s->conditional = s->in_conditional && !s->comment && !s->continued;
}

struct numbering {
	struct str text;
	struct scanner scanner;
	unsigned long told;	/* the number that the preprocessor gives to the next line */
	bool any;		/* there has been a directive */
};

static void add_line(struct numbering *n, const char *line, unsigned long number)
{
	const char *end = next_line(line);
	bool unsure = n->any && n->scanner.conditional;

	if ((n->told != number || unsure) && !n->scanner.comment && !n->scanner.continued) {
		str_addf(&n->text, "#line %lu\n", number);
		n->told = number;
		n->any = true;
	}
	str_add(&n->text, line, end - line);
	scan_line(&n->scanner, line, end);
	n->told++;
}

/* @shift: to be added to the numbers of lines behind all hunks so far. */
static struct error *number_lines(struct numbering *n, const char *text, const char *hunks)
{
	unsigned long line = 1;
	struct hunk h;
	long shift = 0;
	bool found;
	struct error *err = next_hunk(&hunks, &h, &found);

	for (; *text && !err; text = next_line(text), line++) {
		while (found && !err && line == h.old + h.nr_old) {
			shift = (long)(h.new + h.nr_new) - (long)line;
			err = next_hunk(&hunks, &h, &found);
		}
		add_line(n, text, line + shift);
	}
	return err;
}

struct error *line_numbers(const char *text, const char *hunks, char **ret)
{
	struct numbering n = {.told = 1};
	struct error *err;

	str_add(&n.text, "", 0);
	err = number_lines(&n, text, hunks);
	*ret = !err && n.any ? n.text.s : NULL;
	if (!*ret)
		str_free(&n.text);
	return err;
}
