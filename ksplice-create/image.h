/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A kernel image, as linked: nothing patched yet as it is at boot, only seals.h is applied.  Either the ELF file vmlinux with
 * its symbol table, as the -dbg package has it, or vmlinuz, or a vmlinux from which the symbols are stripped: of these the symbols
 * are those that the kernel itself has (kallsyms.h).  Or the memory of a machine (memory-dump.h): as boot has left it, at the addresses
 * where it ran.  The file is not trusted: everything read from it is bounded by its size.
 */
#ifndef KSPLICE_CREATE_IMAGE_H
#define KSPLICE_CREATE_IMAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/error.h"
#include "ksplice-create/symbol-index.h"

struct image;

/* ERROR_BAD_FILE: no linked 64-bit kernel, or none whose symbols can be told. The file is mapped until image_close(). */
struct error *image_open(const char *path, struct image **ret);
void image_close(struct image *img); /* NULL is fine */

/*
 * The addresses that the symbol table has for @name, ascending, each once; returns how many.  *@addrs is the image's.
 * A per-CPU symbol's address is an offset (section .data..percpu of x86_64 begins at 0).
 */
size_t image_find(const struct image *img, const char *name, const uint64_t **addrs);

/*
 * Whether one of them is global or weak: what any unit of the kernel can link to; a static function is not.  Unknown: a per-CPU
 * variable that is not exported, in an image without a symbol table.
 */
enum linkage image_linkage(const struct image *img, const char *name);
/* One that is known to be, with its address. */
bool image_global(const struct image *img, const char *name, uint64_t *addr);

/* Copies up to @len bytes from kernel address @addr, returns how many: fewer where memory ends. .bss is zeros. */
size_t image_read(const struct image *img, uint64_t addr, void *buf, size_t len);

/* The last symbol at or before @addr, and the distance; NULL if there is none. */
const char *image_symbol_at(const struct image *img, uint64_t addr, uint64_t *off);

/* "Linux version 6.1.0-56-cloud-amd64 (...) ...", without the newline; NULL if the image does not tell. */
const char *image_banner(const struct image *img);
/* GNU build id in hex; NULL likewise. */
const char *image_build_id(const struct image *img);
const char *image_path(const struct image *img);

/* Something that the kernel exports to modules (image-exports.c). */
struct image_export {
	const char *name, *namespace;	/* "" in none */
	uint64_t addr;			/* of a per-CPU variable, its offset */
	uint32_t crc;			/* 0: the kernel has no MODVERSIONS */
	bool gpl;
};

/* Calls @each with every one of them, from __ksymtab and __kcrctab.  ERROR_BAD_FILE: the image has no such tables. */
struct error *image_exports(const struct image *img, void (*each)(void *ctx, const struct image_export *e), void *ctx);
/* Writes them to @path as the kernel's own part of Module.symvers: for a kernel whose headers package is not at hand. */
struct error *image_symvers(const struct image *img, const char *path);

#endif
