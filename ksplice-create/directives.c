// SPDX-License-Identifier: GPL-2.0-or-later
/* Finds the preprocessor's directives. */
#include "ksplice-create/directives.h"

#include <ctype.h>
#include <string.h>

size_t name_length(const char *p)
{
	size_t n = 0;

	while (isalnum((unsigned char)p[n]) || p[n] == '_')
		n++;
	return n;
}

/* Blanks and comments may stand before a directive. */
static bool begins_line(const char *text, const char *p)
{
	while (p > text && (p[-1] == ' ' || p[-1] == '\t'))
		p--;
	return p == text || p[-1] == '\n' || (p - text >= 2 && p[-1] == '/' && p[-2] == '*');
}

bool directive_next(const char *text, const char **p, struct directive *ret)
{
	for (const char *at = strchr(*p, '#'); at; at = strchr(at, '#')) {
		bool begins = begins_line(text, at);

		at++;
		if (!begins)
			continue;
		at += strspn(at, " \t");
		ret->word = at;
		ret->len = name_length(at);
		*p = at + ret->len;
		ret->rest = *p + strspn(*p, " \t");
		if (ret->len)
			return true;
	}
	return false;
}

bool directive_is(const struct directive *d, const char *word)
{
	return strlen(word) == d->len && !strncmp(d->word, word, d->len);
}
