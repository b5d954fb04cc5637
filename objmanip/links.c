// SPDX-License-Identifier: GPL-2.0-or-later
#include "objmanip/links.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "objmanip/exports.h"
#include "objmanip/objmanip.h"

static struct error *add(struct om_link **list, size_t *nr, const char *id, const char *name, const struct om_target *from)
{
	struct om_link *grown;

	for (size_t i = 0; i < *nr; i++)
		if (!strcmp((*list)[i].name, name))
			return NULL;
	grown = reallocarray(*list, *nr + 1, sizeof(*grown));
	if (!grown)
		return error_errno(ENOMEM, "%s", name);
	*list = grown;
	grown += *nr;
	*grown = (struct om_link){ .name = strdup(name), .from = from };
	if (!grown->name || asprintf(&grown->publish, "ks:%s:new:%s", id, name) < 0) {
		free(grown->name);
		return error_errno(ENOMEM, "%s", name);
	}
	(*nr)++;
	return NULL;
}

static void list_free(struct om_link **list, size_t *nr)
{
	for (size_t i = 0; i < *nr; i++) {
		free((*list)[i].name);
		free((*list)[i].publish);
	}
	free(*list);
	*list = NULL;
	*nr = 0;
}

void om_links_free(struct om_target *t)
{
	list_free(&t->takes, &t->nr_takes);
	list_free(&t->offers, &t->nr_offers);
}

/* Whether a unit of @t newly exports @name; *@is_new: and no unit of it had anything global of that name before. */
static bool newly_exports(const struct om_target *t, const char *name, bool *is_new)
{
	bool found = false, old = false;

	for (size_t i = 0; i < t->nr_units; i++) {
		const struct om_symbol *post = om_find_symbol(t->units[i].post, name);
		const struct om_symbol *pre = om_find_symbol(t->units[i].pre, name);

		found |= post && post->bind != STB_LOCAL && om_exports(t->units[i].post, name) &&
			 !om_exports(t->units[i].pre, name);
		old |= !!pre;
	}
	*is_new = !old;
	return found;
}

static bool refers_to(const struct om_obj *obj, const char *name)
{
	for (size_t i = 1; i < obj->nr_symbols; i++)
		if (om_is_undefined(&obj->symbols[i]) && !strcmp(obj->symbols[i].name, name))
			return true;
	return false;
}

static struct error *link_symbol(struct om_target *const *targets, size_t nr, struct om_target *t, const char *name)
{
	for (size_t i = 0; i < nr; i++) {
		bool is_new;
		struct error *err;

		if (targets[i] == t || !newly_exports(targets[i], name, &is_new) || !is_new)
			continue;
		err = add(&t->takes, &t->nr_takes, t->id, name, targets[i]);
		return err ?: add(&targets[i]->offers, &targets[i]->nr_offers, t->id, name, targets[i]);
	}
	return NULL;
}

/* vmlinux is linked to nothing in a module, and what a unit referred to before is somewhere already. */
static struct error *link_target(struct om_target *const *targets, size_t nr, struct om_target *t)
{
	struct error *err = NULL;

	if (!strcmp(t->name, "vmlinux"))
		return NULL;
	for (size_t i = 0; i < t->nr_units && !err; i++) {
		const struct om_obj *post = t->units[i].post;

		for (size_t k = 1; k < post->nr_symbols && !err; k++) {
			const struct om_symbol *sym = &post->symbols[k];

			if (om_is_undefined(sym) && sym->name[0] && !refers_to(t->units[i].pre, sym->name))
				err = link_symbol(targets, nr, t, sym->name);
		}
	}
	return err;
}

struct error *om_links_make(struct om_target *const *targets, size_t nr)
{
	struct error *err = NULL;

	for (size_t i = 0; i < nr && !err; i++)
		err = link_target(targets, nr, targets[i]);
	return err;
}

static const char *published(const struct om_link *list, size_t nr, const char *name)
{
	for (size_t i = 0; i < nr; i++)
		if (!strcmp(list[i].name, name))
			return list[i].publish;
	return NULL;
}

const char *om_link_taken(const struct om_target *t, const char *name)
{
	return published(t->takes, t->nr_takes, name);
}

const char *om_link_offered(const struct om_target *t, const struct om_obj *post, const struct om_symbol *sym)
{
	if (sym->bind == STB_LOCAL || !sym->span || !om_exports(post, sym->name))
		return NULL;
	return published(t->offers, t->nr_offers, sym->name);
}

bool om_links_need(const struct om_target *t, const struct om_target *from)
{
	for (size_t i = 0; i < t->nr_takes; i++)
		if (t->takes[i].from == from)
			return true;
	return false;
}

bool om_links_newly_exported(struct om_target *const *targets, size_t nr, const struct om_target *t, const char *name)
{
	bool is_new;

	for (size_t i = 0; i < nr; i++)
		if (targets[i] != t && newly_exports(targets[i], name, &is_new))
			return true;
	return false;
}
