// SPDX-License-Identifier: GPL-2.0-or-later
/* Data of which it is in doubt whether it is the old one, or that the kernel has as another kind. */
#include "objmanip/refuse-parts.h"
#include "objmanip/refuse.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "objmanip/names.h"
#include "objmanip/static-keys.h"

static struct error *no_memory(const struct om_target *t)
{
	return error_errno(ENOMEM, "%s", t->name);
}

static bool has_values(const struct om_span *span)
{
	return span->section->class == OM_CLASS_DATA || span->section->class == OM_CLASS_PERCPU;
}

/* The post span without twin could be one of several static variables of the pre object, or a new one. */
struct error *om_refuse_static(struct om_target *t, struct om_unit *unit, const struct om_span *span)
{
	struct error *err = NULL;
	char *plain;

	if (!span->carried || span->verdict != OM_NEW || span->declared || !has_values(span) || !span->symbol ||
	    om_macro_static(span))
		return NULL;
	plain = om_name_plain(span->name);
	if (!plain)
		return no_memory(t);
	om_for_each_span(pre, unit->pre) {
		char *other = pre->symbol && pre->verdict == OM_GONE && pre->section->class == span->section->class ?
				      om_name_plain(pre->name) : NULL;
		bool same = other && !strcmp(plain, other);

		free(other);
		if (!same)
			continue;
		err = om_refuse_one(t, om_where_span(span), om_name_numbered(span->name) ? "give static variables in functions different names" :
				    "leave the variable in its function; or, if another one is meant, give it another name",
				    "cannot tell whether static variable \"%s\" is the old %s or a new one", plain, pre->name);
		break;
	}
	free(plain);
	return err;
}

static bool is_object(const struct om_span *span)
{
	return (has_values(span) || span->section->class == OM_CLASS_RODATA) && span->symbol && !om_macro_static(span) &&
	       !om_by_content(span);
}

static bool is_init_data(const struct om_span *span)
{
	return span->section->class == OM_CLASS_INIT && !om_is_code(span) && span->symbol && span->symbol->type == STT_OBJECT;
}

const char *om_kind_of(const struct om_span *span)
{
	if (is_init_data(span))
		return "init data, which the kernel has freed,";
	if (span->section->class == OM_CLASS_TEXT)
		return "a function";
	return span->section->class == OM_CLASS_PERCPU ? "per-CPU data" : has_values(span) ? "a variable" : "a constant";
}

/*
 * A variable that becomes a constant has another section, so that it seems to be another object.  But the kernel has it, with a
 * value and an address that others know, even where both are alike: file->f_op == &fops.  What init code left in a variable that is
 * no longer __initdata is lost.
 */
struct error *om_refuse_kind(struct om_target *t, struct om_unit *unit, const struct om_span *span)
{
	struct error *err = NULL;
	char *plain;

	if (span->verdict != OM_NEW || span->declared || !is_object(span))
		return NULL;
	plain = om_name_plain(span->name);
	if (!plain)
		return no_memory(t);
	om_for_each_span(pre, unit->pre) {
		char *other = pre->verdict == OM_GONE && (is_object(pre) || is_init_data(pre)) && pre->section->class != span->section->class ?
				      om_name_plain(pre->name) : NULL;
		bool same = other && !strcmp(plain, other);

		free(other);
		if (!same)
			continue;
		err = om_refuse_one(t, om_where_span(span), "leave const and the section of it as they are; or, where a second object is "
				    "meant, say so with ksplice_data_new() of ksplice-patch.h (docs/authoring.md); ksplice_data_ignore() "
				    "is only for data that keeps its kind", "existing data that changed its kind: %s was %s and is %s now",
				    pre->name, om_kind_of(pre), om_kind_of(span));
		break;
	}
	free(plain);
	return err;
}

/* A diff that takes __ro_after_init away does so because it writes there. */
struct error *om_refuse_read_only(struct om_target *t, const struct om_span *span)
{
	if (!span->twin || span->declared == OM_IGNORE || !om_is_read_only_after_boot(span->twin) || om_is_read_only_after_boot(span))
		return NULL;
	return om_refuse_one(t, om_where_span(span), "keep __ro_after_init and let the new code write to another variable; or, if nothing of the diff "
			     "writes to it, say so with ksplice_data_ignore() of ksplice-patch.h",
			     "no longer __ro_after_init: the kernel's object was made read-only when it had booted");
}
