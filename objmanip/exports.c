// SPDX-License-Identifier: GPL-2.0-or-later
/* What a unit exports to modules, and what becomes of exports that the diff adds or removes. */
#include "objmanip/exports.h"

#include <stdio.h>
#include <string.h>

#include "objmanip/anew.h"

static const char *behind(const char *s, const char *prefix)
{
	size_t len = strlen(prefix);

	return strncmp(s, prefix, len) ? NULL : s + len;
}

/* Until 6.4, EXPORT_SYMBOL() makes a section of its own: ___ksymtab+foo, ___ksymtab_gpl+foo (include/linux/export.h). */
static const char *name_of_section(const struct om_section *sec)
{
	return behind(sec->name, "___ksymtab+") ?: behind(sec->name, "___ksymtab_gpl+");
}

/* Since 6.5 a symbol in .export_symbol, from which modpost makes the tables: __export_symbol_foo (include/linux/export.h). */
static const char *name_of_symbol(const struct om_symbol *sym)
{
	return sym->section && !strcmp(sym->section->name, ".export_symbol") ? behind(sym->name, "__export_symbol_") : NULL;
}

bool om_exports(const struct om_obj *obj, const char *name)
{
	for (size_t i = 1; i < obj->nr_sections; i++) {
		const char *s = name_of_section(&obj->sections[i]);

		if (s && !strcmp(s, name))
			return true;
	}
	for (size_t i = 1; i < obj->nr_symbols; i++) {
		const char *s = name_of_symbol(&obj->symbols[i]);

		if (s && !strcmp(s, name))
			return true;
	}
	return false;
}

/* An export may go to another unit, with its function. */
static bool is_exported(const struct om_target *t, const char *name, bool post)
{
	for (size_t i = 0; i < t->nr_units; i++)
		if (om_exports(post ? t->units[i].post : t->units[i].pre, name))
			return true;
	return false;
}

static bool is_exported_anew(const struct om_target *t, const char *name)
{
	char buf[512];

	return snprintf(buf, sizeof(buf), "%s" OM_ANEW, name) < (int)sizeof(buf) && is_exported(t, buf, true);
}

/* Notes @name, exported by @a before the diff or with it, unless it is exported likewise. */
static struct error *note(struct om_target *t, const struct om_obj *a, const char *name, bool added)
{
	if (!name || is_exported(t, name, !added) || om_is_anew(name) || is_exported_anew(t, name))
		return NULL;
	if (added)
		return om_target_note(t, "%s: the diff exports %s: it can be used inside of this update only; modules that are "
				      "loaded later do not see it", a->unit, name);
	return om_target_note(t, "%s: the diff no longer exports %s: the kernel does, until it is booted anew", a->unit, name);
}

static struct error *note_all(struct om_target *t, const struct om_obj *a, bool added)
{
	struct error *err = NULL;

	for (size_t i = 1; i < a->nr_sections && !err; i++)
		err = note(t, a, name_of_section(&a->sections[i]), added);
	for (size_t i = 1; i < a->nr_symbols && !err; i++)
		err = note(t, a, name_of_symbol(&a->symbols[i]), added);
	return err;
}

struct error *om_exports_note(struct om_target *t)
{
	struct error *err = NULL;

	for (size_t i = 0; i < t->nr_units && !err; i++) {
		const struct om_unit *u = &t->units[i];

		err = note_all(t, u->post, true) ?: note_all(t, u->pre, false);
	}
	return err;
}
