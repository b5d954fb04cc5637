// SPDX-License-Identifier: GPL-2.0-or-later
#include "ksplice-create/source-callers.h"

#include <stdlib.h>
#include <string.h>

const struct c_token *source_function_name(const struct c_tokens *t)
{
	for (size_t i = 1; i < t->n; i++) {
		size_t end;

		if (!c_tokens_punct(t, i, '('))
			continue;
		end = c_tokens_skip(t, i);
		if (c_tokens_punct(t, c_tokens_skip_attributes(t, end), '{'))
			return t->v[i - 1].kind == C_WORD ? &t->v[i - 1] : NULL;
		i = end - 1;
	}
	return NULL;
}

struct graph {
	struct c_source *src;
	size_t nr_names;
	struct c_ids *in;	/* by number of a name: the functions' declarations that mention it */
	bool *asked;		/* likewise: it is, or was, in @todo */
	struct c_ids todo;
};

static void ask(struct graph *g, uint32_t name)
{
	if (name >= g->nr_names || g->asked[name])
		return;
	g->asked[name] = true;
	c_ids_add(&g->todo, name);
}

static void read_mentions(struct graph *g)
{
	for (size_t i = 0; i < g->src->nr_decls; i++) {
		const struct c_declaration *d = &g->src->decls[i];

		for (size_t k = 0; d->used && d->is_function && k < d->mentions.n; k++)
			c_ids_add(&g->in[d->mentions.v[k]], i);
	}
}

static void add_line(struct graph *g, uint32_t callee, struct str *ret)
{
	const struct c_name *name = &g->src->names[callee];
	const struct c_ids *in = &g->in[callee];
	bool any = false;

	for (size_t i = 0; i < in->n; i++) {
		struct c_tokens t = c_declaration_tokens(&g->src->decls[in->v[i]]);
		const struct c_token *function = source_function_name(&t);
		uint32_t caller = function ? c_source_name(g->src, function->s, function->len) : callee;

		free(t.v);
		if (caller == callee)
			continue;
		if (!any)
			str_addf(ret, "%.*s\tcallers\t", (int)name->len, name->s);
		any = true;
		str_addf(ret, "%.*s ", (int)g->src->names[caller].len, g->src->names[caller].s);
		ask(g, caller);
	}
	if (any)
		str_add(ret, "\n", 1);
}

void source_callers(struct c_source *src, const struct strv *functions, struct str *ret)
{
	struct graph g = {.src = src, .nr_names = src->nr_names};

	g.in = xrealloc(NULL, (g.nr_names + 1) * sizeof(*g.in));
	g.asked = xrealloc(NULL, g.nr_names + 1);
	memset(g.in, 0, g.nr_names * sizeof(*g.in));
	memset(g.asked, 0, g.nr_names);
	read_mentions(&g);
	for (size_t i = 0; i < functions->n; i++)
		ask(&g, c_source_name(src, functions->v[i], strlen(functions->v[i])));
	/* The list grows while it is gone through. */
	for (size_t i = 0; i < g.todo.n; i++)
		add_line(&g, g.todo.v[i], ret);
	for (size_t i = 0; i < g.nr_names; i++)
		free(g.in[i].v);
	free(g.in);
	free(g.asked);
	free(g.todo.v);
}
