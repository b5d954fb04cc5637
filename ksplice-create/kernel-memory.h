/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The memory of the kernel that the update is for, as far as the desk has it: the image, vmlinux, and beside it some of its
 * modules, each with those that it depends on, at addresses where they could be.
 */
#ifndef KSPLICE_CREATE_KERNEL_MEMORY_H
#define KSPLICE_CREATE_KERNEL_MEMORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/error.h"
#include "ksplice-create/image.h"
#include "ksplice-create/module-files.h"

struct kernel_memory;

/* Only vmlinux at first.  All is borrowed; @files may be NULL: then there are no modules. */
struct kernel_memory *kernel_memory_create(const struct image *img, const struct module_files *files, const char *release);
void kernel_memory_destroy(struct kernel_memory *km); /* NULL is fine */

/*
 * Loads module @name and what it depends on, if they are not there yet.  *@found: there is such a module.
 * ERROR_BAD_FILE, ERROR_NO_MATCH, ERROR_WRONG_KERNEL: it is damaged, or not of this kernel.
 */
struct error *kernel_memory_load(struct kernel_memory *km, const char *name, bool *found);
bool kernel_memory_has(const struct kernel_memory *km, const char *name);
/* New code of module @target will need @module too, though the target was not linked to it; both are there. */
void kernel_memory_depend(struct kernel_memory *km, const char *target, const char *module);
/* Whether any unit of @module, which is there, can link to @name because another unit of it defines it. */
bool kernel_memory_module_has_global(const struct kernel_memory *km, const char *module, const char *name);
/* The most that is known of one of that name there (symbol-index.h). */
enum linkage kernel_memory_module_linkage(const struct kernel_memory *km, const char *module, const char *name);

/*
 * The addresses that the symbol tables have for @name, for somebody who matches target @target ("vmlinux" or a module): of the
 * target itself, and unless @own of all that it could have been linked to.  Up to @room of them go to @addrs; returns how
 * many there are.
 */
size_t kernel_memory_find(const struct kernel_memory *km, const char *target, const char *name, bool own, uint64_t *addrs,
			  size_t room);
/* Up to @len bytes from @addr; returns how many. */
size_t kernel_memory_read(const struct kernel_memory *km, uint64_t addr, void *buf, size_t len);
/* The last symbol at or before @addr, and the distance; NULL if there is none. */
const char *kernel_memory_symbol_at(const struct kernel_memory *km, uint64_t addr, uint64_t *off);

#endif
