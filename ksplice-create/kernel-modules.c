// SPDX-License-Identifier: GPL-2.0-or-later
#include "ksplice-create/kernel-modules.h"

#include <string.h>

#include "ksplice-create/kernel-memory.h"
#include "ksplice-create/report.h"
#include "ksplice-create/tree.h"
#include "objmanip/symbols.h"

#define VMLINUX "vmlinux"

/* Directories in which packages have what we are given; before them is the root that the package was unpacked to. */
static const char *const homes[] = {"/usr/lib/debug/boot/", "/usr/lib/debug/lib/modules/", "/boot/", "/lib/modules/"};

/* The root of the package that has @file, owned by the caller: "" for /boot/config-REL; NULL: not known. */
static char *root_of(const char *file)
{
	_cleanup_free_ char *real = file ? realpath(file, NULL) : NULL;

	for (size_t i = 0; real && i < ARRAY_SIZE(homes); i++) {
		const char *home = strstr(real, homes[i]);

		if (home)
			return xstrndup(real, home - real);
	}
	return NULL;
}

static void look_beside(struct kernel *k, const char *file)
{
	static const char *const places[] = {"lib/modules", "usr/lib/modules"};
	_cleanup_free_ char *root = root_of(file);

	for (size_t i = 0; root && !k->modules && i < ARRAY_SIZE(places); i++) {
		_cleanup_free_ char *dir = xasprintf("%s/%s/%s", root, places[i], k->release);
		_cleanup_free_ char *kernel = xasprintf("%s/kernel", dir);

		/* A debug package has a tree of debug files beside, without this; a headers package has only links. */
		if (path_is_dir(kernel))
			k->modules = xstrdup(dir);
	}
}

struct error *kernel_modules_find(struct create *c)
{
	struct kernel *k = &c->kernel;

	if (!c->opt.modules) {
		look_beside(k, c->opt.image);
		look_beside(k, k->config);
		return NULL;
	}
	if (!k->image)
		return error_new(ERROR_USAGE, "--modules needs --image: modules are linked to the kernel proper");
	k->modules = realpath(c->opt.modules, NULL);
	if (k->modules && path_is_dir(k->modules))
		return NULL;
	return error_new(ERROR_USAGE, "--modules=%s: not a directory; give the kernel's own, lib/modules/%s of its image "
			 "package", c->opt.modules, k->release);
}

/* What is not there cannot be checked; who said where it is, wants to know. */
static struct error *load_target(struct create *c, const char *name)
{
	struct kernel *k = &c->kernel;
	bool found;
	struct error *err = kernel_memory_load(k->memory, name, &found);

	if (err || found)
		return err;
	if (c->opt.modules)
		return error_new(ERROR_OTHER, "%s has no module %s, which the diff changes; is it from the kernel's image "
				 "package?", k->modules, name);
	report_note(c, "module %s is not checked: %s%s (give --modules=DIR, the image package's lib/modules/%s)", name,
		    k->modules ?: "the kernel's modules are not at hand", k->modules ? " does not have it" : "", k->release);
	return NULL;
}

struct error *kernel_modules_load(struct create *c)
{
	_cleanup_free_ char *scratch = xasprintf("%s/modules", c->ws.dir);
	struct kernel *k = &c->kernel;
	struct error *err = NULL;

	if (!k->image)
		return NULL;
	if (k->modules)
		err = module_files_open(k->modules, scratch, &k->module_files);
	if (!err)
		k->memory = kernel_memory_create(k->image, k->modules ? &k->module_files : NULL, k->release);
	for (size_t i = 0; !err && i < c->nr_targets; i++)
		if (strcmp(c->targets[i].name, VMLINUX))
			err = load_target(c, c->targets[i].name);
	return err;
}

/* "drivers/net/dummy": the module's name is its end. */
static char *module_of(const char *path)
{
	const char *base = strrchr(path, '/') ? strrchr(path, '/') + 1 : path;
	char *name = xstrdup(base);

	for (char *p = name; *p; p++)
		*p = *p == '-' ? '_' : *p;
	return name;
}

static struct error *load_import(struct create *c, const char *target, const char *owner)
{
	_cleanup_free_ char *name = module_of(owner);
	struct kernel_memory *km = c->kernel.memory;
	bool found;
	struct error *err;

	if (!strcmp(name, VMLINUX) || !strcmp(name, target))
		return NULL;
	err = kernel_memory_load(km, name, &found);
	if (!err && found)
		kernel_memory_depend(km, target, name);
	return err;
}

struct error *kernel_modules_load_imports(struct create *c, const struct exports *e)
{
	struct kernel_memory *km = c->kernel.memory;
	struct error *err = NULL;

	for (size_t i = 0; km && !err && i < c->nr_targets; i++) {
		const struct om_target *t = c->targets[i].om;

		if (!kernel_memory_has(km, t->name))
			continue;
		for (size_t k = 0; !err && k < t->nr_imports; k++) {
			const char *owner = t->imports[k].pre ? NULL : exports_owner(e, t->imports[k].name);

			err = owner ? load_import(c, t->name, owner) : NULL;
		}
	}
	return err;
}
