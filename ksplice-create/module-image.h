/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A loadable module as it would be in memory, nothing patched yet: the file NAME.ko, laid out at some address and
 * relocated as the kernel's module loader does (kernel/module/main.c: layout_sections(), simplify_symbols(),
 * apply_relocations(); module-ppc64le.h; 6.1).  The file is not trusted.
 */
#ifndef KSPLICE_CREATE_MODULE_IMAGE_H
#define KSPLICE_CREATE_MODULE_IMAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/error.h"
#include "ksplice-create/symbol-index.h"

struct module_image;

/* Who knows where undefined symbols are; false: nobody has @name. */
struct module_linker {
	void *ctx;
	bool (*resolve)(void *ctx, const char *name, uint64_t *addr);
};

/* Reads the file, uncompressed, and lays it out; it has no address yet.  ERROR_BAD_FILE: no module, or damaged. */
struct error *module_image_open(const char *path, struct module_image **ret);
void module_image_close(struct module_image *m); /* NULL is fine */

/* The value of "TAG=value" in its .modinfo ("depends", "vermagic"); NULL: there is none. */
const char *module_image_info(const struct module_image *m, const char *tag);
/* Where the kernel's first module could be. */
uint64_t module_image_start(const struct module_image *m);
/* Bytes that it needs, a multiple of the page size; and per CPU. */
uint64_t module_image_size(const struct module_image *m);
uint64_t module_image_percpu_size(const struct module_image *m);

/*
 * Puts it at @base, its per-CPU data at offset @percpu, and relocates it, once.  ERROR_BAD_FILE: a relocation that the
 * loader would not take; ERROR_NO_MATCH: it needs a symbol that @linker does not know.
 */
struct error *module_image_place(struct module_image *m, uint64_t base, uint64_t percpu, const struct module_linker *linker);

/* As of an image (image.h), after module_image_place(); init sections are gone. */
size_t module_image_find(const struct module_image *m, const char *name, const uint64_t **addrs);
bool module_image_global(const struct module_image *m, const char *name, uint64_t *addr);
enum linkage module_image_linkage(const struct module_image *m, const char *name);
size_t module_image_read(const struct module_image *m, uint64_t addr, void *buf, size_t len);
const char *module_image_symbol_at(const struct module_image *m, uint64_t addr, uint64_t *off);

#endif
