// SPDX-License-Identifier: GPL-2.0-or-later
#include "ksplice-create/stripped.h"

#include <ctype.h>
#include <string.h>

/* Behind the comment at @p; @p itself if there is none. */
static const char *skip_comment(const char *p)
{
	const char *end;

	if (p[0] == '/' && p[1] == '*') {
		end = strstr(p + 2, "*/");
		return end ? end + 2 : p + strlen(p);
	}
	return p[0] == '/' && p[1] == '/' ? p + strcspn(p, "\n") : p;
}

/* Behind the string or character constant at @p; @p itself if there is none. */
static const char *skip_string(const char *p)
{
	char quote = *p;

	if (quote != '"' && quote != '\'')
		return p;
	for (p++; *p && *p != quote && *p != '\n'; p++)
		p += *p == '\\' && p[1];
	return p + (*p == quote);
}

/* The directive at @p, which is at a "#", to s->directives; returns where its last line ends. */
static const char *take_directive(struct stripped *s, const char *p)
{
	_cleanup_str_ struct str word = STR_INIT;

	str_add(&word, "", 0);
	while (*p && *p != '\n') {
		const char *end = skip_comment(p);
		bool continued = p[0] == '\\' && p[1] == '\n';

		if (end == p && !continued && !isspace((unsigned char)*p)) {
			end = skip_string(p);
			end += end == p;
			str_add(&word, p, (size_t)(end - p));
			p = end;
			continue;
		}
		if (word.len && word.s[word.len - 1] != ' ')
			str_add(&word, " ", 1);
		p = end != p ? end : p + (continued ? 2 : 1);
	}
	strv_add(&s->directives, word.s);
	return p;
}

static void strip(const char *p, struct stripped *s)
{
	bool line_start = true;

	str_add(&s->text, "", 0);
	while (*p) {
		const char *end = skip_comment(p);

		if (end != p) {
			str_add(&s->text, " ", 1);
		} else if (line_start && *p == '#') {
			/* What stands before it and what behind it matters: an #endif that moves leaves all else as it was. */
			end = take_directive(s, p);
			str_addf(&s->text, "\n#pragma %s", s->directives.v[s->directives.n - 1]);
		} else {
			end = skip_string(p);
			end += end == p;
			str_add(&s->text, p, (size_t)(end - p));
			line_start = *p == '\n' || (line_start && isspace((unsigned char)*p));
		}
		p = end;
	}
}

void stripped_read(struct stripped *s, const char *text)
{
	*s = (struct stripped){.text = STR_INIT, .directives = STRV_INIT};
	strip(text, s);
}

void stripped_free(struct stripped *s)
{
	str_free(&s->text);
	strv_free(&s->directives);
}

bool stripped_has_guard(const struct stripped *s)
{
	const struct strv *directives = &s->directives;
	const char *name;

	for (size_t i = 0; i < directives->n; i++)
		if (!strcmp(directives->v[i], "#pragma once"))
			return true;
	if (directives->n < 2 || !starts_with(directives->v[0], "#ifndef ") || !starts_with(directives->v[1], "#define "))
		return false;
	name = directives->v[0] + strlen("#ifndef ");
	return !strncmp(directives->v[1] + strlen("#define "), name, strcspn(name, " "));
}

bool source_is_nested(const char *p)
{
	enum { DEEPEST = 64 };
	long depth = 0, at[DEEPEST];
	size_t n = 0;
	bool line_start = true;

	while (*p) {
		const char *end = skip_comment(p), *word;
		struct stripped one = {.text = STR_INIT, .directives = STRV_INIT};

		if (end == p && line_start && *p == '#') {
			end = take_directive(&one, p);
			word = one.directives.v[0] + 1 + (one.directives.v[0][1] == ' ');
			if (starts_with(word, "if") && n < DEEPEST)
				at[n++] = depth;
			else if (starts_with(word, "if") || ((starts_with(word, "el") || starts_with(word, "endif")) && (!n || at[n - 1] != depth)))
				depth = -1;
			else if (starts_with(word, "endif"))
				n--;
			strv_free(&one.directives);
			if (depth < 0)
				return false;
		} else if (end == p) {
			end = skip_string(p);
			end += end == p;
			depth += !!strchr("({[", *p) - !!strchr(")}]", *p);
			line_start = *p == '\n' || (line_start && isspace((unsigned char)*p));
		}
		p = end;
	}
	return !depth && !n;
}
