// SPDX-License-Identifier: GPL-2.0-or-later
/* The life of a target, and the order of the questions. */
#include "objmanip/objmanip.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "objmanip/aliases.h"
#include "objmanip/arch.h"
#include "objmanip/author.h"
#include "objmanip/compare.h"
#include "objmanip/correlate.h"
#include "objmanip/exports.h"
#include "objmanip/gone.h"
#include "objmanip/linkage.h"
#include "objmanip/links.h"
#include "objmanip/lost.h"
#include "objmanip/moved.h"
#include "objmanip/refuse.h"
#include "objmanip/renamed.h"
#include "objmanip/renumbered.h"
#include "objmanip/select.h"
#include "objmanip/stand-in.h"
#include "objmanip/symbols.h"

struct error *om_target_create(const char *name, const char *id, const struct om_layout *layout,
			       struct om_target **ret)
{
	struct om_target *t = calloc(1, sizeof(*t));

	if (!t || !(t->name = strdup(name)) || !(t->id = strdup(id))) {
		om_target_destroy(t);
		return error_errno(ENOMEM, "%s", name);
	}
	t->layout = layout;
	*ret = t;
	return NULL;
}

void om_target_destroy(struct om_target *t)
{
	if (!t)
		return;
	om_imports_free(t);
	free(t->author_hooks);
	free(t->doubts);
	om_links_free(t);
	for (size_t i = 0; i < t->nr_refusals; i++) {
		free(t->refusals[i].where);
		free(t->refusals[i].reason);
		free(t->refusals[i].advice);
	}
	free(t->refusals);
	for (size_t i = 0; i < t->nr_notes; i++)
		free(t->notes[i]);
	free(t->notes);
	for (size_t i = 0; i < t->nr_units; i++) {
		om_obj_close(t->units[i].pre);
		om_obj_close(t->units[i].post);
		om_obj_close(t->units[i].renumbered);
	}
	free(t->units);
	free(t->name);
	free(t->id);
	free(t);
}

struct error *om_target_add(struct om_target *t, const char *unit, const char *pre_path, const char *post_path)
{
	bool module = strcmp(t->name, "vmlinux");
	struct om_unit u = { 0 }, *grown;
	struct error *err;

	err = om_obj_open(pre_path, unit, module, t->layout, &u.pre) ?:
	      om_obj_open(post_path, unit, module, t->layout, &u.post);
	if (!err && u.pre->arch != u.post->arch)
		err = error_new(ERROR_BAD_FILE, "%s: pre object is for %s, post object for %s", unit, u.pre->arch->name,
				u.post->arch->name);
	grown = err ? NULL : realloc(t->units, (t->nr_units + 1) * sizeof(*grown));
	if (!grown) {
		om_obj_close(u.pre);
		om_obj_close(u.post);
		return err ?: error_errno(ENOMEM, "%s", unit);
	}
	t->units = grown;
	t->units[t->nr_units++] = u;
	return NULL;
}

struct error *om_target_add_extra(struct om_target *t, const char *unit, const char *path)
{
	struct error *err = om_target_add(t, unit, path, path);

	if (!err)
		t->units[t->nr_units - 1].extra = true;
	return err;
}

struct error *om_target_note(struct om_target *t, const char *fmt, ...)
{
	char **grown = realloc(t->notes, (t->nr_notes + 1) * sizeof(*grown)), *text;
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vasprintf(&text, fmt, ap);
	va_end(ap);
	if (grown)
		t->notes = grown;
	if (n < 0 || !grown) {
		if (n >= 0)
			free(text);
		return error_errno(ENOMEM, "%s", t->name);
	}
	t->notes[t->nr_notes++] = text;
	return NULL;
}

struct error *om_target_renumbered(struct om_target *t, const char *path, bool *usable)
{
	struct om_unit *unit = &t->units[t->nr_units - 1];
	struct error *err = om_obj_open(path, unit->pre->unit, unit->pre->module, t->layout, &unit->renumbered);

	err = err ?: om_renumbered_pair(unit, usable);
	if (!err && *usable)
		return NULL;
	om_obj_close(unit->renumbered);
	unit->renumbered = NULL;
	return err;
}

/* In each unit, and then across them. */
static struct error *find_twins(struct om_target *t)
{
	struct om_definitions before = { 0 }, post = { 0 };
	struct error *err = NULL;

	for (size_t i = 0; i < t->nr_units && !err; i++)
		err = om_correlate(&t->units[i]);
	err = err ?: om_definitions_read(t, OM_SIDE_BEFORE, &before) ?: om_definitions_read(t, OM_SIDE_POST, &post);
	if (!err) {
		om_link(t, OM_SIDE_BEFORE, &before, NULL);
		om_link(t, OM_SIDE_POST, &post, &before);
		err = om_moved_pair(t, &before, &post);
	}
	om_definitions_free(&before);
	om_definitions_free(&post);
	return err;
}

/* From here on it is pre that post is about. */
static struct error *settle(struct om_target *t)
{
	struct om_definitions pre;
	struct error *err = om_definitions_read(t, OM_SIDE_PRE, &pre);

	for (size_t i = 0; i < t->nr_units && !err; i++)
		om_renumbered_settle(&t->units[i]);
	if (!err)
		om_link(t, OM_SIDE_PRE, &pre, NULL);
	om_definitions_free(&pre);
	return err;
}

static struct error *compare(struct om_target *t)
{
	struct error *err = NULL;

	for (size_t i = 0; i < t->nr_units; i++)
		om_declarations_read(&t->units[i]);
	for (size_t i = 0; i < t->nr_units; i++)
		om_compare_begin(&t->units[i]);
	for (size_t i = 0; i < t->nr_units && !err; i++)
		err = om_compare(&t->units[i]);
	return err ?: settle(t);
}

struct error *om_target_diff(struct om_target *t)
{
	struct error *err = find_twins(t) ?: compare(t);

	err = err ?: om_author_hooks_read(t) ?: om_select(t) ?: om_stand_in_refuse(t) ?: om_refuse(t) ?: om_lost_refuse(t) ?: om_renamed_refuse(t) ?:
	      om_aliases_refuse(t) ?: om_gone_refuse(t) ?: om_author_refuse(t);
	err = err ?: om_exports_note(t) ?: om_overridden_note(t);
	/* What is refused may refer to what no symbol stands for. */
	if (err || t->nr_refusals)
		return err;
	return om_imports_make(t);
}

bool om_target_has_effect(const struct om_target *t)
{
	return t->nr_changed || t->nr_in_place || t->nr_author_hooks || t->nr_offers;
}
