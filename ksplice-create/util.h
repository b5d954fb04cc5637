/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Strings, lists of strings, and memory.  Out of memory ends the program: a tool at the desk has nothing better to
 * do, and every other failure is a struct error.
 */
#ifndef KSPLICE_CREATE_UTIL_H
#define KSPLICE_CREATE_UTIL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

static inline void cleanup_free(void *p)
{
	free(*(void **)p);
}
#define _cleanup_free_ __attribute__((cleanup(cleanup_free)))

void *xrealloc(void *p, size_t size);
char *xstrdup(const char *s);
char *xstrndup(const char *s, size_t n);
char *xasprintf(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/*
 * This program, for make, the shell and the compiler to call while it runs.  Owned by the caller.  By its number: where it lies may have
 * a name that they take apart, and another one may lie there by now.
 */
char *self_path(void);

bool starts_with(const char *s, const char *prefix);
bool ends_with(const char *s, const char *suffix);

/* A list of owned strings, with a NULL behind the last, so that .v is an argv. Start with STRV_INIT. */
struct strv {
	char **v;
	size_t n;
};
#define STRV_INIT {NULL, 0}
#define _cleanup_strv_ __attribute__((cleanup(strv_free)))

void strv_add(struct strv *s, const char *string); /* copies */
void strv_addf(struct strv *s, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
bool strv_has(const struct strv *s, const char *string);
void strv_add_new(struct strv *s, const char *string); /* unless it is there */
void strv_drop_last(struct strv *s);
void strv_sort(struct strv *s);
void strv_free(struct strv *s); /* the strings too; leaves an empty list */

/* Growing text. Start with STR_INIT; .s is NULL or NUL-terminated. */
struct str {
	char *s;
	size_t len;
};
#define STR_INIT {NULL, 0}
#define _cleanup_str_ __attribute__((cleanup(str_free)))

void str_add(struct str *s, const char *data, size_t len);
void str_addf(struct str *s, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void str_free(struct str *s);

#endif
