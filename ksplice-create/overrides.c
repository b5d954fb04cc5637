// SPDX-License-Identifier: GPL-2.0-or-later
#include "ksplice-create/overrides.h"

#include <string.h>
#include <sys/stat.h>

#include "ksplice-create/blobs.h"
#include "ksplice-create/definition-text.h"
#include "ksplice-create/image.h"
#include "ksplice-create/kernel-memory.h"
#include "ksplice-create/outside.h"
#include "ksplice-create/tree.h"
#include "objmanip/lost.h"
#include "objmanip/refusals.h"

#define VMLINUX "vmlinux"

static enum om_bound bound_by(enum linkage linkage)
{
	switch (linkage) {
	case LINKAGE_GLOBAL:
		return OM_BOUND_STRONG;
	case LINKAGE_WEAK:
		return OM_BOUND_WEAK;
	case LINKAGE_LOCAL:
		return OM_BOUND_NONE;
	default:
		return OM_BOUND_UNKNOWN;
	}
}

static enum om_bound bound_in_module(const struct kernel_memory *km, const char *target, const char *name)
{
	if (!kernel_memory_has(km, target))
		return OM_BOUND_UNKNOWN;
	return bound_by(kernel_memory_module_linkage(km, target, name));
}

static enum om_bound bound(void *ctx, const char *target, const char *name)
{
	const struct create *c = ctx;

	if (strcmp(target, VMLINUX))
		return bound_in_module(c->kernel.memory, target, name);
	return bound_by(image_linkage(c->kernel.image, name));
}

void overrides_give_symbols(struct create *c)
{
	for (size_t i = 0; c->kernel.memory && i < c->nr_targets; i++) {
		c->targets[i].om->bound = bound;
		c->targets[i].om->bound_ctx = c;
	}
}

/* Of the sources. */

struct search {
	struct create *c;
	struct om_target *t;
	char **found;		/* of each doubt: the file that decides; owned */
};

static bool is_source(const char *name)
{
	return (ends_with(name, ".c") && !ends_with(name, ".mod.c")) || (ends_with(name, ".S") && !ends_with(name, ".lds.S"));
}

/* What is linked by itself has functions of the kernel's names, too. */
static bool is_of_the_kernel(const char *name)
{
	const char *why;

	return unused_kind(name, &why) == FILE_SOURCE && !blobs_source(name);
}

/* Other architectures' files are no part of this kernel. @dir ends with a slash. */
static bool may_be_built(const struct search *s, const char *dir)
{
	_cleanup_free_ char *arch = xasprintf("arch/%s/", s->c->kernel.srcarch);

	if (starts_with(dir, "arch/") && dir[5] && !starts_with(dir, arch))
		return false;
	return is_of_the_kernel(dir);
}

static bool decides(enum om_doubt_kind kind, enum definition found)
{
	return kind == OM_DOUBT_WEAK ? found != DEFINITION_NONE : found == DEFINITION_WEAK;
}

static struct error *look_into(struct search *s, const char *file)
{
	_cleanup_free_ char *path = xasprintf("%s/%s", s->c->kernel.source, file), *text = NULL;
	struct error *err = file_read(path, TEXT_MAX, &text, NULL);

	for (size_t i = 0; !err && i < s->t->nr_doubts; i++)
		if (!s->found[i] && decides(s->t->doubts[i].kind, definition_text(text, ends_with(file, ".S"), s->t->doubts[i].name)))
			s->found[i] = xstrdup(file);
	return err;
}

/* @rel: directory in the tree, "" for the top. What the diff touches has been compiled and seen. */
static struct error *look_below(struct search *s, const char *rel)
{
	_cleanup_free_ char *dir = xasprintf("%s/%s", s->c->kernel.source, rel);
	_cleanup_strv_ struct strv names = STRV_INIT;
	struct error *err = tree_list(dir, &names);

	for (size_t i = 0; !err && i < names.n; i++) {
		_cleanup_free_ char *name = xasprintf("%s%s%s", rel, *rel ? "/" : "", names.v[i]);
		_cleanup_free_ char *path = xasprintf("%s/%s", s->c->kernel.source, name), *inside = xasprintf("%s/", name);
		struct stat st;

		if (lstat(path, &st))
			continue;
		if (S_ISDIR(st.st_mode) && names.v[i][0] != '.' && may_be_built(s, inside))
			err = look_below(s, name);
		else if (S_ISREG(st.st_mode) && is_source(name) && !strv_has(&s->c->patches.files, name) && is_of_the_kernel(name))
			err = look_into(s, name);
	}
	return err;
}

static char *where(const struct om_doubt *d)
{
	return xasprintf("%s: %s", d->span->obj->unit, d->name);
}

static struct error *refuse(struct om_target *t, const struct om_doubt *d, const char *file)
{
	switch (d->kind) {
	case OM_DOUBT_TAKEN:
		return om_refuse_one(t, where(d), "make the change in the function that runs now; or give --image=, by which it is seen whether "
				     "it is in the kernel", "new, but %s has a weak definition of this name: if it is in the kernel, that "
				     "runs, and would go on to do so", file);
	case OM_DOUBT_LEFT:
		return om_refuse_one(t, where(d), "leave the function, and give it what the other one does", "removed, but %s has a weak "
				     "definition of this name, which would run instead in a kernel that is built so; in this one the old one "
				     "would go on", file);
	default:
		return om_refuse_one(t, where(d), "give --image=, which tells", "weak, and %s has another definition of this name: it is not "
				     "known which of them runs", file);
	}
}

/* Where to look: a module's other files are beside its first unit or below, as a rule; vmlinux has them anywhere. */
static char *top_of(const struct om_target *t)
{
	const char *unit = t->units[0].post->unit, *slash = strrchr(unit, '/');

	return strcmp(t->name, VMLINUX) && slash ? xstrndup(unit, slash - unit) : xstrdup("");
}

static struct error *check_target(struct create *c, struct om_target *t)
{
	_cleanup_free_ char *top = top_of(t);
	struct search s = {.c = c, .t = t, .found = xrealloc(NULL, t->nr_doubts * sizeof(*s.found))};
	struct error *err;

	memset(s.found, 0, t->nr_doubts * sizeof(*s.found));
	err = look_below(&s, top);
	for (size_t i = 0; i < t->nr_doubts; i++) {
		if (!err && s.found[i])
			err = refuse(t, &t->doubts[i], s.found[i]);
		free(s.found[i]);
	}
	free(s.found);
	return err;
}

struct error *overrides_check(struct create *c)
{
	struct error *err = NULL;

	for (size_t i = 0; !err && i < c->nr_targets; i++)
		if (c->targets[i].om->nr_doubts)
			err = check_target(c, c->targets[i].om);
	return err;
}
