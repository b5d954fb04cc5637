// SPDX-License-Identifier: GPL-2.0-or-later
/* Lines of key=value: abort_detail, conflicts, splices, timing. */
#include <stdlib.h>
#include <string.h>

#include "ksplice-apply/reason.h"

/* The next word of @line: its start, and its length in @len; NULL at the end of the line. */
static const char *next_word(const char *line, size_t *len)
{
	line += strspn(line, " \t");
	*len = strcspn(line, " \t\n");
	return *len ? line : NULL;
}

char *detail_value(const char *detail, const char *key)
{
	size_t klen = strlen(key), len;
	const char *w;

	for (w = next_word(detail, &len); w; w = next_word(w + len, &len))
		if (len > klen && !strncmp(w, key, klen) && w[klen] == '=')
			return strndup(w + klen + 1, len - klen - 1);
	return NULL;
}

json_t *detail_json(const char *line)
{
	json_t *obj = json_object();
	const char *w;
	size_t len;

	for (w = next_word(line, &len); obj && w; w = next_word(w + len, &len)) {
		const char *eq = memchr(w, '=', len);
		char *key = eq ? strndup(w, eq - w) : NULL;

		if (key)
			json_object_set_new(obj, key, json_stringn(eq + 1, w + len - eq - 1));
		free(key);
	}
	return obj;
}
