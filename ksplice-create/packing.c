// SPDX-License-Identifier: GPL-2.0-or-later
#include "ksplice-create/packing.h"

#include <stdlib.h>
#include <string.h>

const char *packing_now(const struct packing *p)
{
	return p->now ?: "";
}

static void set(struct packing *p, char *now)
{
	free(p->now);
	p->now = now;
}

static void pop(struct packing *p)
{
	if (!p->outer.n)
		return;
	set(p, xstrdup(p->outer.v[p->outer.n - 1]));
	strv_drop_last(&p->outer);
}

/* gcc, "Structure-Layout Pragmas": pack(n), pack(), pack(push), pack(push, n), pack(pop). */
void packing_take(struct packing *p, const struct c_tokens *t)
{
	bool push = t->n > 3 && c_token_is(&t->v[3], "push");
	size_t i = 3;

	if (t->n < 4 || !c_token_is(&t->v[0], "pragma") || !c_token_is(&t->v[1], "pack") || !c_tokens_punct(t, 2, '('))
		return;
	if (push) {
		strv_add(&p->outer, packing_now(p));
		i += 1 + c_tokens_punct(t, i + 1, ',');
	}
	if (c_token_is(&t->v[3], "pop"))
		pop(p);
	else if (i < t->n && t->v[i].kind == C_NUMBER)
		set(p, xstrndup(t->v[i].s, t->v[i].len));
	else if (!push)
		set(p, NULL);
}

void packing_free(struct packing *p)
{
	strv_free(&p->outer);
	free(p->now);
}
