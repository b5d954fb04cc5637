// SPDX-License-Identifier: GPL-2.0-or-later
/* Writes HTML, whatever the text. */
#include "ksplice-create/html.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "ksplice-create/util.h"

/*
 * Characters that show nothing, or change how others are shown (Unicode 15: Cc, Cf, Zl, Zp, default ignorables).  Source that reads
 * otherwise than it compiles is an attack of its own (CVE-2021-42574).  Ascending.
 */
static const struct {
	uint32_t first, last;
} unseen[] = {
	{0x00, 0x08},	    {0x0b, 0x1f},	{0x7f, 0x9f},	    {0xad, 0xad},	{0x34f, 0x34f},
	{0x600, 0x605},	    {0x61c, 0x61c},	{0x6dd, 0x6dd},	    {0x70f, 0x70f},	{0x890, 0x891},
	{0x8e2, 0x8e2},	    {0x115f, 0x1160},	{0x17b4, 0x17b5},   {0x180b, 0x180f},	{0x200b, 0x200f},
	{0x2028, 0x202e},   {0x2060, 0x206f},	{0x3164, 0x3164},   {0xfe00, 0xfe0f},	{0xfeff, 0xfeff},
	{0xffa0, 0xffa0},   {0xfff0, 0xfffb},	{0xfffe, 0xffff},   {0x110bd, 0x110bd}, {0x110cd, 0x110cd},
	{0x13430, 0x1343f}, {0x1bca0, 0x1bca3}, {0x1d173, 0x1d17a}, {0xe0000, 0x10ffff},
};

static bool is_unseen(uint32_t c)
{
	for (size_t i = 0; i < ARRAY_SIZE(unseen) && unseen[i].first <= c; i++)
		if (c <= unseen[i].last)
			return true;
	return false;
}

/* The character at @s and its bytes, 0: no UTF-8 (RFC 3629: not longer than needed, no surrogates, up to 10ffff). */
static unsigned decode(const unsigned char *s, size_t len, uint32_t *ret)
{
	static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
	unsigned n = *s < 0x80 ? 1 : (*s & 0xe0) == 0xc0 ? 2 : (*s & 0xf0) == 0xe0 ? 3 : (*s & 0xf8) == 0xf0 ? 4 : 0;
	uint32_t c = n > 1 ? *s & (0x7f >> n) : *s;

	if (!n || n > len)
		return 0;
	for (unsigned i = 1; i < n; i++) {
		if ((s[i] & 0xc0) != 0x80)
			return 0;
		c = c << 6 | (s[i] & 0x3f);
	}
	*ret = c;
	return c < least[n] || (c >= 0xd800 && c <= 0xdfff) || c > 0x10ffff ? 0 : n;
}

static const char *entity(uint32_t c)
{
	switch (c) {
	case '<': return "&lt;";
	case '>': return "&gt;";
	case '&': return "&amp;";
	case '"': return "&quot;";
	case '\'': return "&#39;";
	default: return NULL;
	}
}

/* @marked: with an element about what is made visible, so that it is not taken for text that has a backslash. */
static void escape(FILE *out, const char *data, size_t len, bool marked)
{
	const unsigned char *s = (const unsigned char *)data;

	while (len) {
		uint32_t c = 0;
		unsigned n = decode(s, len, &c);
		bool hidden = !n || is_unseen(c);

		fputs(hidden && marked ? "<b class=\"unseen\">" : "", out);
		if (!n)
			fprintf(out, "\\x%02x", *s);
		else if (hidden)
			fprintf(out, c < 0x80 ? "\\x%02x" : "\\u{%x}", c);
		else if (entity(c))
			fputs(entity(c), out);
		else
			fwrite(s, 1, n, out);
		fputs(hidden && marked ? "</b>" : "", out);
		s += n ?: 1;
		len -= n ?: 1;
	}
}

static void attributes(struct html *h, va_list ap)
{
	const char *name;

	while ((name = va_arg(ap, const char *))) {
		const char *value = va_arg(ap, const char *);

		fprintf(h->out, value ? " %s=\"" : " %s", name);
		if (!value)
			continue;
		escape(h->out, value, strlen(value), false);
		fputc('"', h->out);
	}
}

static void push(struct html *h, const char *tag)
{
	if (h->depth == HTML_DEPTH)
		abort();
	h->open[h->depth++] = tag;
}

void html_begin(struct html *h, const char *tag, const char *class)
{
	if (class)
		html_begin_with(h, tag, "class", class, NULL);
	else
		html_begin_with(h, tag, NULL);
}

void html_begin_with(struct html *h, const char *tag, ...)
{
	va_list ap;

	push(h, tag);
	fprintf(h->out, "<%s", tag);
	va_start(ap, tag);
	attributes(h, ap);
	va_end(ap);
	fputc('>', h->out);
}

void html_end(struct html *h)
{
	if (!h->depth)
		abort();
	fprintf(h->out, "</%s>", h->open[--h->depth]);
}

void html_void(struct html *h, const char *tag, ...)
{
	va_list ap;

	fprintf(h->out, "<%s", tag);
	va_start(ap, tag);
	attributes(h, ap);
	va_end(ap);
	fputc('>', h->out);
}

void html_bytes(struct html *h, const char *data, size_t len)
{
	escape(h->out, data, len, true);
}

void html_text(struct html *h, const char *text)
{
	html_bytes(h, text, strlen(text));
}

static void text_va(struct html *h, const char *fmt, va_list ap)
{
	char *text;

	if (vasprintf(&text, fmt, ap) < 0)
		abort();
	html_text(h, text);
	free(text);
}

void html_textf(struct html *h, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	text_va(h, fmt, ap);
	va_end(ap);
}

void html_element(struct html *h, const char *tag, const char *class, const char *text)
{
	html_begin(h, tag, class);
	html_text(h, text);
	html_end(h);
}

void html_elementf(struct html *h, const char *tag, const char *class, const char *fmt, ...)
{
	va_list ap;

	html_begin(h, tag, class);
	va_start(ap, fmt);
	text_va(h, fmt, ap);
	va_end(ap);
	html_end(h);
}

void html_raw(struct html *h, const char *markup)
{
	fputs(markup, h->out);
}
