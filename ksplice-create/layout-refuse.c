// SPDX-License-Identifier: GPL-2.0-or-later
/* Whether objects that live on are concerned, and what is said then. */
#include "ksplice-create/layout-parts.h"

#include <string.h>

#include "ksplice-create/makers.h"
#include "ksplice-create/targets.h"
#include "objmanip/refusals.h"
#include "objmanip/select.h"
#include "objmanip/special.h"

#define ADVICE_VARIABLE "give what is another variable another name; or say ksplice_data_new() if it may begin anew, or ksplice_layout_ignore() if " \
			"what it holds is still right"
#define ADVICE "leave the structure as it is, and keep what is new in a shadow variable (ksplice-patch.h); if no object of it can " \
	       "exist while the update is applied, say ksplice_layout_ignore()"

bool layout_is_carried_from(const struct create *c, const struct unit *u)
{
	for (size_t i = 0; i < c->nr_targets; i++) {
		const struct om_target *t = c->targets[i].om;

		for (size_t k = 0; k < t->nr_units; k++) {
			if (strcmp(t->units[k].post->unit, u->name))
				continue;
			om_for_each_span(span, t->units[k].post)
				if (span->carried)
					return true;
		}
	}
	return false;
}

/* All units that know it are here.  Where none has one on a stack, they are made where no source says so: void *private. */
static bool lives_on(const struct layouts *l, const char *name)
{
	bool made = false;

	for (size_t i = 0; i < l->nr; i++) {
		if (strcmp(l->found[i].name, name))
			continue;
		if (l->found[i].about.stays)
			return true;
		made |= l->found[i].makers.n;
	}
	return !made;
}

/* Is it the same object to the differ? What that took for another one, or saw to differ, is its business. */
static bool is_kept(const struct om_target *t, const char *unit, const char *name)
{
	size_t len = strlen(name);

	for (size_t i = 0; i < t->nr_units; i++) {
		if (strcmp(t->units[i].post->unit, unit))
			continue;
		om_for_each_span(span, t->units[i].post) {
			bool named = !strncmp(span->name, name, len) && (!span->name[len] || span->name[len] == '.');

			if (named && span->twin && span->verdict == OM_SAME &&
			    (span->section->class == OM_CLASS_DATA || span->section->class == OM_CLASS_PERCPU))
				return true;
		}
	}
	return false;
}

/* An object on the stack is gone with the function that has it, if that is replaced. */
static struct error *refuse_maker(struct layouts *l, size_t i, struct om_target *t)
{
	_cleanup_free_ char *maker = l->found[i].about.kind == LAYOUT_STRUCTURE ? makers_kept(t, l->found[i].unit, &l->found[i].makers) : NULL;
	_cleanup_free_ char *key = xasprintf("%s %s on the stack", l->found[i].name, l->found[i].what);

	if (!maker || strv_has(&l->told, key))
		return NULL;
	strv_add(&l->told, key);
	return om_refuse_one(t, xasprintf("%s: %s", l->found[i].unit, l->found[i].name), ADVICE,
			     "%s: changed layout of what %s, which is not replaced, may have on its stack", l->found[i].what, maker);
}

static char *advice_for(enum layout_kind kind, const char *name)
{
	if (kind == LAYOUT_ENUMERATOR)
		return xasprintf(LAYOUT_ADVICE_NUMBER, name);
	return xstrdup(kind == LAYOUT_VARIABLE ? ADVICE_VARIABLE : ADVICE);
}

struct error *layout_refuse(struct layouts *l, size_t i)
{
	const char *name = l->found[i].name, *bare_at = strchr(name, ' ') + 1;
	enum layout_kind kind = l->found[i].about.kind;
	_cleanup_free_ char *bare = xstrndup(bare_at, strcspn(bare_at, " "));
	/* Of an enumeration the first one will do. */
	_cleanup_free_ char *key = xasprintf("%s %s", name, kind == LAYOUT_ENUMERATOR ? "" : l->found[i].what);
	_cleanup_free_ char *advice = advice_for(kind, bare);
	struct om_target *t = targets_of_unit(l->c, l->found[i].unit);

	if (!t || l->found[i].fits || strv_has(&l->ignored, bare) || strv_has(&l->told, key) ||
	    (kind == LAYOUT_VARIABLE && !is_kept(t, l->found[i].unit, bare)))
		return NULL;
	if (!lives_on(l, name))
		return refuse_maker(l, i, t);
	strv_add(&l->told, key);
	return om_refuse_one(t, xasprintf("%s: %s", l->found[i].unit, name), advice,
			     "%s: changed layout or meaning of objects that were made before the update and live on",
			     l->found[i].what);
}

/* Whether a structure has changed is not known then, and the diff touches some. */
struct error *layout_refuse_unknown(struct layouts *l, const char *unit)
{
	struct om_target *t = targets_of_unit(l->c, unit);

	if (!t)
		return NULL;
	return om_refuse_one(t, xstrdup(unit), "leave the definitions of structures out of the diff",
			     "its source cannot be preprocessed alone, so its structures cannot be compared");
}
