// SPDX-License-Identifier: GPL-2.0-or-later
/* Strings, lists of strings, and memory. */
#include "ksplice-create/util.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void *check(void *p)
{
	if (!p) {
		fputs("ksplice-create: out of memory\n", stderr);
		exit(1);
	}
	return p;
}

void *xrealloc(void *p, size_t size)
{
	return check(realloc(p, size));
}

char *xstrdup(const char *s)
{
	return check(strdup(s));
}

char *xstrndup(const char *s, size_t n)
{
	return check(strndup(s, n));
}

static char *format(const char *fmt, va_list ap)
{
	char *s;

	return check(vasprintf(&s, fmt, ap) < 0 ? NULL : s);
}

char *xasprintf(const char *fmt, ...)
{
	va_list ap;
	char *s;

	va_start(ap, fmt);
	s = format(fmt, ap);
	va_end(ap);
	return s;
}

char *self_path(void)
{
	return xasprintf("/proc/%d/exe", (int)getpid());
}

bool starts_with(const char *s, const char *prefix)
{
	return !strncmp(s, prefix, strlen(prefix));
}

bool ends_with(const char *s, const char *suffix)
{
	size_t len = strlen(s), n = strlen(suffix);

	return len >= n && !strcmp(s + len - n, suffix);
}

static void take(struct strv *s, char *string)
{
	s->v = xrealloc(s->v, (s->n + 2) * sizeof(*s->v));
	s->v[s->n++] = string;
	s->v[s->n] = NULL;
}

void strv_add(struct strv *s, const char *string)
{
	take(s, xstrdup(string));
}

void strv_addf(struct strv *s, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	take(s, format(fmt, ap));
	va_end(ap);
}

bool strv_has(const struct strv *s, const char *string)
{
	for (size_t i = 0; i < s->n; i++)
		if (!strcmp(s->v[i], string))
			return true;
	return false;
}

void strv_add_new(struct strv *s, const char *string)
{
	if (!strv_has(s, string))
		strv_add(s, string);
}

static int compare(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

void strv_drop_last(struct strv *s)
{
	free(s->v[--s->n]);
	s->v[s->n] = NULL;
}

void strv_sort(struct strv *s)
{
	if (s->n)
		qsort(s->v, s->n, sizeof(*s->v), compare);
}

void strv_free(struct strv *s)
{
	for (size_t i = 0; i < s->n; i++)
		free(s->v[i]);
	free(s->v);
	*s = (struct strv)STRV_INIT;
}

void str_add(struct str *s, const char *data, size_t len)
{
	s->s = xrealloc(s->s, s->len + len + 1);
	memcpy(s->s + s->len, data, len);
	s->len += len;
	s->s[s->len] = 0;
}

void str_addf(struct str *s, const char *fmt, ...)
{
	va_list ap;
	char *text;

	va_start(ap, fmt);
	text = format(fmt, ap);
	va_end(ap);
	str_add(s, text, strlen(text));
	free(text);
}

void str_free(struct str *s)
{
	free(s->s);
	*s = (struct str)STR_INIT;
}
