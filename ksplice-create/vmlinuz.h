/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A kernel as it is booted: vmlinuz, a bzImage of x86 (Documentation/arch/x86/boot.rst; Documentation/x86/boot.rst before 6.4).
 * In it lies vmlinux without its symbol table, compressed.  The file is not trusted: everything read from it is bounded by its
 * size, and what comes out by VMLINUZ_MAX.
 */
#ifndef KSPLICE_CREATE_VMLINUZ_H
#define KSPLICE_CREATE_VMLINUZ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/error.h"

#define VMLINUZ_MAX (1u << 30)	/* of vmlinux; x86_64 has no room for more (KERNEL_IMAGE_SIZE) */

/* Whether the @size bytes at @file begin as one does; it may be damaged all the same. */
bool vmlinuz_is(const void *file, size_t size);

/*
 * Uncompresses what is in it: *@data is to be unmapped (munmap()), *@data_size bytes.  @path is for messages.
 * ERROR_BAD_FILE: damaged, or compressed in a way that is not known; ERROR_OTHER: the program for that way is not there.
 */
struct error *vmlinuz_unpack(const char *path, const void *file, size_t size, void **data, size_t *data_size);

#endif
