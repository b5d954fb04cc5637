// SPDX-License-Identifier: GPL-2.0-or-later
/* Finds the declarations that the compiler uses. */
#include <stdlib.h>
#include <string.h>

#include "ksplice-create/c-source.h"
#include "ksplice-create/util.h"

/* The compiler refers to these without being told. */
static const char *const implicit[] = {"memcpy", "memset", "memmove", "memcmp", "strlen"};

static void use_name(struct c_source *src, uint32_t id, struct c_ids *todo)
{
	struct c_name *n = &src->names[id];

	if (n->used || n->keyword)
		return;
	n->used = true;
	for (size_t i = 0; i < n->in.n; i++) {
		struct c_declaration *d = &src->decls[n->in.v[i]];

		if (d->used)
			continue;
		d->used = true;
		c_ids_add(todo, n->in.v[i]);
	}
}

void c_source_find_used(struct c_source *src)
{
	struct c_ids todo = {};

	for (size_t i = 0; i < ARRAY_SIZE(implicit); i++)
		use_name(src, c_source_name(src, implicit[i], strlen(implicit[i])), &todo);
	for (size_t i = 0; i < src->nr_decls; i++)
		if (src->decls[i].used)
			c_ids_add(&todo, i);
	while (todo.n) {
		const struct c_declaration *d = &src->decls[todo.v[--todo.n]];

		for (size_t i = 0; i < d->mentions.n; i++)
			use_name(src, d->mentions.v[i], &todo);
	}
	free(todo.v);
}
