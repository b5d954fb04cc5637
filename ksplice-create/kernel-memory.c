// SPDX-License-Identifier: GPL-2.0-or-later
#include "ksplice-create/kernel-memory.h"

#include <string.h>

#include "ksplice-create/module-image.h"
#include "ksplice-create/util.h"

#define MODULES_SIZE	0x3f000000ull	/* what x86_64 has for them */
/* Per-CPU data of modules lies behind the kernel's own, which on x86_64 begins at 0 and is nowhere near as large. */
#define PERCPU_START	0x1000000ull

struct loaded {
	char *name;
	struct module_image *image;
	struct strv depends;		/* names of all that it depends on, itself or through others */
};

struct kernel_memory {
	const struct image *img;
	const struct module_files *files;
	const char *release;
	struct loaded *modules;
	size_t nr;
	uint64_t used, next_percpu;	/* bytes that modules have, all together; where the next one's per-CPU data goes */
	struct strv loading;		/* modules that are being loaded, each for the one before it */
};

struct kernel_memory *kernel_memory_create(const struct image *img, const struct module_files *files, const char *release)
{
	struct kernel_memory *km = xrealloc(NULL, sizeof(*km));

	*km = (struct kernel_memory){ .img = img, .files = files, .release = release, .next_percpu = PERCPU_START };
	return km;
}

static void loaded_free(struct loaded *l)
{
	free(l->name);
	module_image_close(l->image);
	strv_free(&l->depends);
}

void kernel_memory_destroy(struct kernel_memory *km)
{
	if (!km)
		return;
	for (size_t i = 0; i < km->nr; i++)
		loaded_free(&km->modules[i]);
	free(km->modules);
	strv_free(&km->loading);
	free(km);
}

static const struct loaded *find(const struct kernel_memory *km, const char *name)
{
	for (size_t i = 0; i < km->nr; i++)
		if (!strcmp(km->modules[i].name, name))
			return &km->modules[i];
	return NULL;
}

/* What the module loader is to a module: vmlinux first, then the modules that it depends on (find_symbol(), 6.1). */
struct linking {
	const struct kernel_memory *km;
	const struct strv *depends;
};

static bool exported(const struct linking *l, const char *name, uint64_t *addr)
{
	if (image_global(l->km->img, name, addr))
		return true;
	for (size_t i = 0; i < l->depends->n; i++)
		if (module_image_global(find(l->km, l->depends->v[i])->image, name, addr))
			return true;
	return false;
}

static bool resolve(void *ctx, const char *name, uint64_t *addr)
{
	return exported(ctx, name, addr);
}

/* "6.1.0-53-cloud-amd64 SMP preempt mod_unload modversions " */
static struct error *check_release(const struct kernel_memory *km, const char *path, const struct module_image *m)
{
	const char *magic = module_image_info(m, "vermagic") ?: "";
	size_t len = strlen(km->release);

	if (!strncmp(magic, km->release, len) && (magic[len] == ' ' || !magic[len]))
		return NULL;
	return error_new(ERROR_WRONG_KERNEL, "%s: a module of %.*s, but the update is to be for %s", path,
			 (int)strcspn(magic, " "), *magic ? magic : "?", km->release);
}

static void depend(struct kernel_memory *km, struct strv *depends, const char *name)
{
	const struct strv *more = &find(km, name)->depends;

	strv_add_new(depends, name);
	for (size_t i = 0; i < more->n; i++)
		strv_add_new(depends, more->v[i]);
}

/* "a,b-c": loads each, and notes it and what it depends on. */
static struct error *load_depends(struct kernel_memory *km, const char *path, const char *list, struct strv *ret)
{
	_cleanup_free_ char *words = xstrdup(list);
	struct error *err = NULL;
	char *save = NULL;
	bool found;

	for (char *name = strtok_r(words, ",", &save); !err && name; name = strtok_r(NULL, ",", &save)) {
		for (char *p = name; *p; p++)
			*p = *p == '-' ? '_' : *p;
		err = kernel_memory_load(km, name, &found);
		if (!err && !found)
			err = error_new(ERROR_BAD_FILE, "%s: depends on module %s, which is not among those of this kernel",
					path, name);
		if (!err)
			depend(km, ret, name);
	}
	return err;
}

static struct error *place(struct kernel_memory *km, const char *path, struct loaded *l)
{
	struct linking linking = { km, &l->depends };
	const struct module_linker linker = { &linking, resolve };
	uint64_t size = module_image_size(l->image);
	struct error *err;

	if (size > MODULES_SIZE - km->used)
		return error_new(ERROR_OTHER, "%s: there is no more room for modules", path);
	err = module_image_place(l->image, module_image_start(l->image) + km->used, km->next_percpu, &linker);
	km->used += size;
	km->next_percpu += (module_image_percpu_size(l->image) + 4095) & ~4095ull;
	return err;
}

static struct error *load(struct kernel_memory *km, const char *name, const char *path)
{
	struct loaded l = { .name = xstrdup(name) };
	struct error *err = module_image_open(path, &l.image);

	err = err ?: check_release(km, path, l.image);
	err = err ?: load_depends(km, path, module_image_info(l.image, "depends") ?: "", &l.depends);
	err = err ?: place(km, path, &l);
	if (err) {
		loaded_free(&l);
		return err;
	}
	km->modules = xrealloc(km->modules, (km->nr + 1) * sizeof(*km->modules));
	km->modules[km->nr++] = l;
	return NULL;
}

struct error *kernel_memory_load(struct kernel_memory *km, const char *name, bool *found)
{
	_cleanup_free_ char *path = NULL;
	struct error *err;

	*found = find(km, name);
	if (*found || !km->files)
		return NULL;
	err = module_files_get(km->files, name, &path);
	*found = path;
	if (err || !path)
		return err;
	if (strv_has(&km->loading, name))
		return error_new(ERROR_BAD_FILE, "%s: depends on itself", path);
	strv_add(&km->loading, name);
	err = load(km, name, path);
	strv_drop_last(&km->loading);
	return err;
}

bool kernel_memory_has(const struct kernel_memory *km, const char *name)
{
	return find(km, name);
}

void kernel_memory_depend(struct kernel_memory *km, const char *target, const char *module)
{
	depend(km, &((struct loaded *)find(km, target))->depends, module);
}

bool kernel_memory_module_has_global(const struct kernel_memory *km, const char *module, const char *name)
{
	return module_image_global(find(km, module)->image, name, NULL);
}

enum linkage kernel_memory_module_linkage(const struct kernel_memory *km, const char *module, const char *name)
{
	return module_image_linkage(find(km, module)->image, name);
}

/* Where the addresses of a search go. */
struct found {
	uint64_t *addrs;
	size_t room, nr;
};

static void add_found(struct found *f, const uint64_t *addrs, size_t nr)
{
	for (size_t i = 0; i < nr; i++, f->nr++)
		if (f->nr < f->room)
			f->addrs[f->nr] = addrs[i];
}

static void find_in_module(const struct loaded *l, const char *name, struct found *f)
{
	const uint64_t *addrs;
	size_t nr = l ? module_image_find(l->image, name, &addrs) : 0;

	if (nr)
		add_found(f, addrs, nr);
}

size_t kernel_memory_find(const struct kernel_memory *km, const char *target, const char *name, bool own, uint64_t *addrs,
			  size_t room)
{
	const struct loaded *l = find(km, target);
	struct found f = { addrs, room, 0 };
	const uint64_t *in_vmlinux;
	size_t nr;

	if (!l || !own) {
		nr = image_find(km->img, name, &in_vmlinux);
		add_found(&f, in_vmlinux, nr);
	}
	find_in_module(l, name, &f);
	for (size_t i = 0; l && !own && i < l->depends.n; i++)
		find_in_module(find(km, l->depends.v[i]), name, &f);
	return f.nr;
}

size_t kernel_memory_read(const struct kernel_memory *km, uint64_t addr, void *buf, size_t len)
{
	size_t n = image_read(km->img, addr, buf, len);

	/* Modules follow each other without a hole between them. */
	for (size_t i = 0; i < km->nr && n < len; i++)
		n += module_image_read(km->modules[i].image, addr + n, (char *)buf + n, len - n);
	return n;
}

const char *kernel_memory_symbol_at(const struct kernel_memory *km, uint64_t addr, uint64_t *off)
{
	for (size_t i = 0; i < km->nr; i++) {
		const char *name = module_image_symbol_at(km->modules[i].image, addr, off);

		if (name)
			return name;
	}
	return image_symbol_at(km->img, addr, off);
}
