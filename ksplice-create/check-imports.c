// SPDX-License-Identifier: GPL-2.0-or-later
#include "ksplice-create/check-imports.h"

#include <string.h>

#include "ksplice-create/image.h"
#include "ksplice-create/kernel-memory.h"
#include "ksplice-create/report.h"
#include "ksplice-create/targets.h"
#include "objmanip/links.h"
#include "objmanip/refusals.h"
#include "objmanip/symbols.h"

#define ADVICE "use something that this file could use in an ordinary build, or put a copy under another name into it"

static bool refers_to(const struct om_obj *obj, const char *name)
{
	for (size_t i = 1; i < obj->nr_symbols; i++)
		if (om_is_undefined(&obj->symbols[i]) && !strcmp(obj->symbols[i].name, name))
			return true;
	return false;
}

/* The same name may be imported twice, called and as a pointer. */
static bool is_first(const struct om_target *t, const struct om_import *imp)
{
	for (const struct om_import *i = t->imports; i < imp; i++)
		if (!i->pre && !strcmp(i->name, imp->name))
			return false;
	return true;
}

/* What the unpatched unit referred to has been linked once, and is matched with the rest of that unit. */
static bool is_new(const struct om_target *t, const struct om_import *imp)
{
	return !imp->pre && !refers_to(imp->pre_obj, imp->name) && is_first(t, imp);
}

static char *where(const struct om_import *imp)
{
	return xasprintf("%s: %s", imp->pre_obj->unit, imp->name);
}

static bool image_has(const struct create *c, const char *name)
{
	const uint64_t *addrs;

	return c->kernel.image && image_find(c->kernel.image, name, &addrs);
}

static void note_unknown(struct create *c, const struct om_import *imp, const char *why)
{
	report_note(c, "%s: newly refers to %s, which is not exported: %s it is not known whether it is global or a static thing "
		    "of another file", imp->pre_obj->unit, imp->name, why);
}

/* The image knows all, or nearly; without it, only that what is exported is global. */
static struct error *check_in_vmlinux(struct create *c, struct om_target *t, const struct om_import *imp, const struct exports *e)
{
	enum linkage linkage;

	if (!c->kernel.image) {
		if (!exports_has_vmlinux(e, imp->name))
			note_unknown(c, imp, "without --image");
		return NULL;
	}
	linkage = image_linkage(c->kernel.image, imp->name);
	if (linkage == LINKAGE_UNKNOWN)
		note_unknown(c, imp, "of a per-CPU variable, without vmlinux with symbols for --image,");
	if (linkage != LINKAGE_LOCAL)
		return NULL;
	if (c->opt.series && !image_has(c, imp->name)) {
		report_note(c, "%s: newly refers to %s, which the image has not; an update which is in force must have brought it",
			    imp->pre_obj->unit, imp->name);
		return NULL;
	}
	return om_refuse_one(t, where(imp), ADVICE, "newly referred to, but %s",
			     image_has(c, imp->name) ? "static in another file: the kernel could not be linked so"
						     : "vmlinux has nothing of that name");
}

/* By what the same diff changes in another target. */
static bool newly_exported(const struct create *c, const struct om_target *t, const char *name)
{
	for (size_t i = 0; i < c->nr_targets; i++)
		if (om_links_newly_exported(&c->targets[i].om, 1, t, name))
			return true;
	return false;
}

/*
 * A module links to what is exported and to its own other units; not to the rest of vmlinux.  Of the other units we know only
 * when the module's file is at hand.
 */
static struct error *check_in_module(struct create *c, struct om_target *t, const struct om_import *imp, const struct exports *e)
{
	bool known;

	/* Each module's own; the linker makes it. */
	if (exports_has(e, imp->name) || !strcmp(imp->name, "__this_module"))
		return NULL;
	if (newly_exported(c, t, imp->name))
		return NULL;
	known = c->kernel.memory && kernel_memory_has(c->kernel.memory, t->name);
	if (known && kernel_memory_module_has_global(c->kernel.memory, t->name, imp->name))
		return NULL;
	if (image_has(c, imp->name))
		return om_refuse_one(t, where(imp), ADVICE, "newly referred to, but vmlinux does not export it to modules like %s",
				     t->name);
	if (known)
		return om_refuse_one(t, where(imp), ADVICE, "newly referred to, but nobody exports it, and no other file of module %s "
				     "has a global of that name", t->name);
	report_note(c, "%s: newly refers to %s, which is not exported: whether it is a global symbol of module %s is not known",
		    imp->pre_obj->unit, imp->name, t->name);
	return NULL;
}

/*
 * Its place is that of pre, whose source has what earlier updates have added to the file and has not what they have taken away; what the kernel
 * has at that distance may be something else then (objmanip/stand-in.h).
 */
static struct error *check_distance(const struct create *c, struct om_target *t, const struct om_import *imp)
{
	if (!c->opt.series || !imp->distance)
		return NULL;
	return om_refuse_one(t, where(imp), "make an update against the kernel's own source, with all that is in force, and put it in their place "
			     "(ksplice-apply --replace)", "found by its distance from another variable of the file, which an update that is in "
			     "force may have changed");
}

struct error *check_imports(struct create *c, const struct exports *e)
{
	struct error *err = NULL;

	for (size_t i = 0; i < c->nr_targets; i++) {
		struct om_target *t = c->targets[i].om;

		for (size_t k = 0; k < t->nr_imports && !err; k++) {
			const struct om_import *imp = &t->imports[k];

			err = check_distance(c, t, imp);
			if (err || !is_new(t, imp))
				continue;
			err = strcmp(t->name, "vmlinux") ? check_in_module(c, t, imp, e) : check_in_vmlinux(c, t, imp, e);
		}
	}
	return err;
}
