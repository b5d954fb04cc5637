// SPDX-License-Identifier: GPL-2.0-or-later
/* What one side of one unit knows of types, numbers and variables, as source_types() says it. */
#include "ksplice-create/layout-parts.h"

#include <string.h>

void layout_side_free(struct layout_side *s)
{
	strmap_free(&s->names);
	strv_free(&s->texts);
	strv_free(&s->ignored);
	free(s->about);
}

static struct layout_about about(const char *word)
{
	bool bound = starts_with(word, "bound ");

	if (!strcmp(word, "typedef"))
		return (struct layout_about){.kind = LAYOUT_TYPEDEF, .stays = true};
	if (bound || starts_with(word, "value "))
		return (struct layout_about){.kind = LAYOUT_ENUMERATOR, .stays = true, .bound = bound, .list = strchr(word, ' ') + 1};
	if (starts_with(word, "variable "))
		return (struct layout_about){.kind = LAYOUT_VARIABLE, .stays = true, .list = strchr(word, ' ') + 1};
	if (!strcmp(word, "callers"))
		return (struct layout_about){.kind = LAYOUT_CALLERS};
	return (struct layout_about){.kind = LAYOUT_STRUCTURE, .stays = !strcmp(word, "stays"), .list = starts_with(word, "stack ") ? word + 6 : NULL};
}

void layout_side_parse(char *text, struct layout_side *s)
{
	static const char *const kinds[] = {"struct", "typedef", "enumerator", "variable", "callers"};
	char *save = NULL;

	for (char *line = strtok_r(text, "\n", &save); line; line = strtok_r(NULL, "\n", &save)) {
		char *word = strchr(line, '\t'), *members = word ? strchr(word + 1, '\t') : NULL;
		_cleanup_free_ char *name = NULL;
		struct layout_about what;
		size_t n;

		if (!members) {
			strv_add(&s->ignored, line);
			continue;
		}
		*word++ = *members++ = 0;
		what = about(word);
		name = what.kind == LAYOUT_VARIABLE && *what.list ? xasprintf("variable %s of %s", line, what.list)
							    : xasprintf("%s %s", kinds[what.kind], line);
		n = strmap_find(&s->names, name);
		if (n != STRMAP_NONE) {
			s->about[n].twice = true;
			continue;
		}
		n = strmap_add(&s->names, name);
		strv_add(&s->texts, members);
		s->about = xrealloc(s->about, (n + 1) * sizeof(*s->about));
		s->about[n] = what;
	}
}
