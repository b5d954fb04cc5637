// SPDX-License-Identifier: GPL-2.0-only
/*
 * Objects whose contents the update replaces where they are.  What matching found there is kept: it must be there still when
 * the new contents are written, and comes back with the undo.  stop.c writes them with the hooks.
 */
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "compat.h"
#include "core.h"
#include "symbols.h"

/* Text has its own way, and what is in no target at all is not ours to write. */
static bool is_data_of(const struct ksplice_target *t, unsigned long addr, u32 len)
{
	struct ksplice_target *by = ksplice_code_at(addr);
	const struct module *mod = by ? by->code : t->module;
	unsigned long last = addr + len - 1;

	if (!len || last < addr || !ksplice_arch_readable(addr) || !ksplice_arch_readable(last))
		return false;
	if (by && (!by->update->in_force || by->module != t->module))
		return false;
	if (!mod)
		return !ksplice_arch_in_modules(addr) && !ksplice_arch_in_modules(last) &&
		       !kernel_call(ksplice_core_kernel_text)(addr) && !kernel_call(ksplice_core_kernel_text)(last);
	return within_module_core(addr, mod) && within_module_core(last, mod) &&
	       addr - compat_text_start(mod) >= compat_text_size(mod) &&
	       last - compat_text_start(mod) >= compat_text_size(mod);
}

int ksplice_object_add(struct ksplice_target *t, const char *unit, const char *name, unsigned long addr, u32 len)
{
	struct ksplice_update *u = t->update;
	struct ksplice_object *o = &t->objects[t->nr_objects];

	if (!is_data_of(t, addr, len))
		return ksplice_fail(u, KSPLICE_NO_MATCH, -ENOEXEC, "unit=%s data=%s result=not_data_of_target", unit, name);
	*o = (struct ksplice_object){ .addr = addr, .len = len };
	t->nr_objects++;
	o->name = kstrdup(name, GFP_KERNEL);
	o->unit = kstrdup(unit, GFP_KERNEL);
	o->old = kvmalloc(len, GFP_KERNEL);
	if (!o->name || !o->unit || !o->old)
		return ksplice_fail(u, KSPLICE_OUT_OF_MEMORY, -ENOMEM, NULL);
	if (copy_from_kernel_nofault(o->old, (void *)addr, len))
		return ksplice_fail(u, KSPLICE_NO_MATCH, -ENOEXEC, "unit=%s data=%s result=unreadable", unit, name);
	return 0;
}

void ksplice_objects_free(struct ksplice_target *t)
{
	size_t i;

	for (i = 0; i < t->nr_objects; i++) {
		kfree(t->objects[i].name);
		kfree(t->objects[i].unit);
		kvfree(t->objects[i].old);
	}
	kvfree(t->objects);
	t->objects = NULL;
	t->nr_objects = 0;
}

static int object_take(struct ksplice_target *t, const struct ksplice_data *d, const struct module *mod)
{
	unsigned long contents = (unsigned long)d->contents;
	size_t i;

	for (i = 0; i < t->nr_objects; i++) {
		struct ksplice_object *o = &t->objects[i];

		if (o->addr != d->addr || o->len != d->size || o->new)
			continue;
		if (!within_module_core(contents, mod) || !within_module_core(contents + d->size - 1, mod))
			return ksplice_fail(t->update, KSPLICE_UNEXPECTED, -EINVAL, "data=%s contents=not_in_module",
					    o->name);
		o->new = d->contents;
		return 0;
	}
	return ksplice_fail(t->update, KSPLICE_UNEXPECTED, -EINVAL, "target=%s data=not_matched", t->name);
}

int ksplice_objects_take(struct ksplice_target *t, const struct ksplice_code_module *cm)
{
	size_t i;
	int err = 0;

	for (i = 0; i < cm->nr_data && !err; i++)
		err = object_take(t, &cm->data[i], cm->module);
	for (i = 0; i < t->nr_objects && !err; i++)
		if (!t->objects[i].new)
			err = ksplice_fail(t->update, KSPLICE_UNEXPECTED, -EINVAL, "data=%s contents=missing",
					   t->objects[i].name);
	return err;
}

void ksplice_objects_drop(struct ksplice_target *t)
{
	size_t i;

	for (i = 0; i < t->nr_objects; i++)
		t->objects[i].new = NULL;
}
