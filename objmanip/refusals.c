// SPDX-License-Identifier: GPL-2.0-or-later
/* The list of refusals of a target. */
#include "objmanip/refusals.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct error *no_memory(const struct om_target *t)
{
	return error_errno(ENOMEM, "%s", t->name);
}

struct error *om_refuse_one(struct om_target *t, char *where, const char *advice, const char *fmt, ...)
{
	struct om_refusal *grown = realloc(t->refusals, (t->nr_refusals + 1) * sizeof(*grown)), r = { .where = where };
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vasprintf(&r.reason, fmt, ap);
	va_end(ap);
	if (n < 0)
		r.reason = NULL;
	r.advice = strdup(advice);
	if (grown)
		t->refusals = grown;
	if (!grown || !where || !r.reason || !r.advice) {
		free(where);
		free(r.reason);
		free(r.advice);
		return no_memory(t);
	}
	t->refusals[t->nr_refusals++] = r;
	return NULL;
}

void om_refusals_keep_settled(struct om_target *t)
{
	size_t kept = 0;

	for (size_t i = 0; i < t->nr_refusals; i++) {
		struct om_refusal *r = &t->refusals[i];

		if (r->settled) {
			t->refusals[kept++] = *r;
			continue;
		}
		free(r->where);
		free(r->reason);
		free(r->advice);
	}
	t->nr_refusals = kept;
}

char *om_where_name(const struct om_obj *obj, const char *name)
{
	char *s;

	return asprintf(&s, "%s: %s", obj->unit, name) < 0 ? NULL : s;
}

char *om_where_span(const struct om_span *span)
{
	return om_where_name(span->obj, span->name);
}

char *om_where_off(const struct om_span *span, uint64_t off)
{
	char buf[512];

	return strdup(om_where(span, off, buf, sizeof(buf)));
}
