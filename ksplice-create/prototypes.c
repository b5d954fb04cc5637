// SPDX-License-Identifier: GPL-2.0-or-later
/* Finds exported functions whose callers outside of the update would call them wrongly. */
#include "ksplice-create/prototypes.h"

#include <string.h>

#include "ksplice-create/prototype-text.h"
#include "ksplice-create/tree.h"
#include "objmanip/exports.h"
#include "objmanip/refuse.h"
#include "objmanip/select.h"

#define ADVICE "leave the function as it is, with its prototype, and give the callers that the diff changes a new one under " \
	       "another name"

static const struct unit *unit_of(const struct create *c, const struct om_span *span)
{
	for (size_t i = 0; i < c->nr_units; i++)
		if (!strcmp(c->units[i].name, span->obj->unit))
			return &c->units[i];
	return NULL;
}

static struct error *check(struct create *c, struct om_target *t, const struct om_span *span)
{
	const struct unit *u = unit_of(c, span);
	_cleanup_free_ char *old = u ? xasprintf("%s/%s", c->kernel.source, u->source) : NULL;
	_cleanup_free_ char *new = u ? xasprintf("%s/%s", c->ws.stage, u->source) : NULL;
	_cleanup_free_ char *a = NULL, *b = NULL, *was = NULL, *is = NULL;
	struct error *err;

	/* A definition that is not touched is as it was; its types are layouts.c's business. */
	if (!u || !path_exists(old) || !path_exists(new))
		return NULL;
	err = file_read(old, TEXT_MAX, &a, NULL);
	err = err ?: file_read(new, TEXT_MAX, &b, NULL);
	if (err)
		return err;
	was = prototype_text(a, span->name);
	is = prototype_text(b, span->name);
	if (!strcmp(was, is))
		return NULL;
	return om_refuse_one(t, xasprintf("%s: %s", span->obj->unit, span->name), ADVICE,
			     "exported, and its prototype becomes '%s', was '%s': modules outside of the update call it by the old one",
			     is, was);
}

struct error *prototypes_check(struct create *c)
{
	struct error *err = NULL;

	for (size_t i = 0; i < c->nr_targets; i++) {
		struct om_target *t = c->targets[i].om;

		for (size_t k = 0; k < t->nr_units; k++)
			om_for_each_span(span, t->units[k].post)
				if (!err && om_replaced(span) && om_exports(t->units[k].pre, span->twin->name))
					err = check(c, t, span);
	}
	return err;
}
