// SPDX-License-Identifier: GPL-2.0-or-later
/* Prints text from elsewhere without what a terminal would obey. */
#include "ksplice-apply/text.h"

#include <string.h>

static bool harmful(const unsigned char *p)
{
	if (p[0] == '\n' || p[0] == '\t')
		return false;
	return p[0] < 0x20 || p[0] == 0x7f || (p[0] == 0xc2 && p[1] >= 0x80 && p[1] <= 0x9f);
}

char *text_harmless(char *s)
{
	for (unsigned char *p = (unsigned char *)s; *p; p++) {
		if (!harmful(p))
			continue;
		if (*p == 0xc2)
			p[1] = '?';
		*p = '?';
	}
	return s;
}

void text_print(FILE *out, const char *s, const char *indent)
{
	for (const unsigned char *p = (const unsigned char *)s; *p; p++) {
		if (harmful(p)) {
			if (*p == 0xc2)
				p++;
			fputc('?', out);
			continue;
		}
		fputc(*p, out);
		if (*p == '\n' && p[1])
			fputs(indent, out);
	}
}

bool text_has_line(const char *text, const char *line)
{
	size_t len = strlen(line);

	for (; text; text = strchr(text, '\n')) {
		text += *text == '\n';
		if (!strncmp(text, line, len) && (text[len] == '\n' || !text[len]))
			return true;
	}
	return false;
}
