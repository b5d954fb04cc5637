// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * An exported function with another prototype.  Modules from elsewhere, which nobody compiles with the diff, call it by the old one:
 * rdma_restrack_count() got a parameter in 6.1.188, and a hook at its entry would find what is not there in a register.  So the
 * old function stays, and those who know the new prototype call the new function.
 */
#include "objmanip/anew.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "objmanip/exports.h"

/* What EXPORT_SYMBOL() and objtool (of CONFIG_CALL_PADDING: add_prefix_symbol(), tools/objtool/elf.c, 6.12) make of a name. */
static const char *const prefixes[] = { "", "__export_symbol_", "__ksymtab_", "__kstrtab_", "__kstrtabns_", "__crc_", "__pfx_" };
static const char *const section_prefixes[] = { "___ksymtab+", "___ksymtab_gpl+" };

bool om_is_anew(const char *name)
{
	return strstr(name, OM_ANEW) != NULL;
}

char *om_source_name(const char *name)
{
	const char *mark = strstr(name, OM_ANEW);
	char *ret;

	if (!mark)
		return strdup(name);
	return asprintf(&ret, "%.*s%s", (int)(mark - name), name, mark + strlen(OM_ANEW)) < 0 ? NULL : ret;
}

/* @made is of @prefix and @name, or of a part of that (foo.cold): what follows; else NULL. */
static const char *behind(const char *made, const char *prefix, const char *name)
{
	size_t n = strlen(prefix), len = strlen(name);

	if (strncmp(made, prefix, n) || strncmp(made + n, name, len))
		return NULL;
	made += n + len;
	return !*made || *made == '.' ? made : NULL;
}

/* *@made gets another name if it has that of @name; the object keeps it. */
static struct error *rename_one(struct om_obj *obj, const char **made, const char *name, const char *const *list, size_t nr)
{
	const char *end = NULL;
	char **grown, *text;

	for (size_t i = 0; i < nr && !end; i++)
		end = behind(*made, list[i], name);
	if (!end)
		return NULL;
	grown = reallocarray(obj->names, obj->nr_names + 1, sizeof(*grown));
	if (!grown)
		return error_errno(ENOMEM, "%s", obj->path);
	obj->names = grown;
	if (asprintf(&text, "%.*s" OM_ANEW "%s", (int)(end - *made), *made, end) < 0)
		return error_errno(ENOMEM, "%s", obj->path);
	obj->names[obj->nr_names++] = text;
	*made = text;
	return NULL;
}

static struct error *rename_in(struct om_obj *obj, const char *name)
{
	const size_t nr = sizeof(prefixes) / sizeof(*prefixes), nr_sections = sizeof(section_prefixes) / sizeof(*section_prefixes);
	struct error *err = NULL;

	om_for_each_section(sec, obj)
		err = err ?: rename_one(obj, &sec->name, name, section_prefixes, nr_sections);
	for (size_t i = 1; i < obj->nr_symbols && !err; i++) {
		struct om_symbol *sym = &obj->symbols[i];

		if (sym->type == STT_FILE || sym->type == STT_SECTION)
			continue;
		err = rename_one(obj, &sym->name, name, prefixes, nr);
		if (sym->span && sym->span->symbol == sym)
			sym->span->name = sym->name;
	}
	return err;
}

struct error *om_define_anew(struct om_target *t, const char *name)
{
	struct error *err = NULL;

	for (size_t i = 0; i < t->nr_units && !err; i++)
		if (!t->units[i].extra)
			err = rename_in(t->units[i].post, name);
	return err;
}

static bool is_only_name(const struct om_obj *obj, const struct om_symbol *sym)
{
	for (size_t i = 1; i < obj->nr_symbols; i++) {
		const struct om_symbol *other = &obj->symbols[i];

		if (other != sym && other->span == sym->span && other->bind != STB_LOCAL && !behind(other->name, "__pfx_", sym->name))
			return false;
	}
	return true;
}

static bool defines_alone(struct om_obj *obj, const char *name)
{
	const struct om_symbol *sym = om_find_symbol(obj, name);

	return sym && sym->bind == STB_GLOBAL && sym->span && sym->span->section->class == OM_CLASS_TEXT && !sym->span_off &&
	       om_exports(obj, name) && is_only_name(obj, sym);
}

bool om_can_define_anew(const struct om_target *t, const char *name)
{
	for (size_t i = 0; i < t->nr_units; i++)
		if (!t->units[i].extra && defines_alone(t->units[i].pre, name) && defines_alone(t->units[i].post, name))
			return true;
	return false;
}
