/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The memory of a machine as an ELF core file: /proc/kcore, what QEMU's dump-guest-memory writes, with paging or without, or kdump.
 * Only the kernel's own image in it is read.  It is found by what the kernel tells of itself, in the note VMCOREINFO
 * (kernel/crash_core.c; kernel/vmcore_info.c since 6.9).  The file is not trusted.
 */
#ifndef KSPLICE_CREATE_MEMORY_DUMP_H
#define KSPLICE_CREATE_MEMORY_DUMP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/error.h"
#include "ksplice-create/kallsyms.h"

struct memory_dump {
	uint64_t addr;		/* of _text, where the kernel ran; a multiple of the page size */
	uint8_t *memory;	/* from there to _end */
	size_t size;
	struct kallsyms kallsyms;
};

/* Whether the file at @path is an ELF core.  What cannot be read is none. */
bool memory_dump_is(const char *path);
/*
 * ERROR_BAD_FILE: damaged, without VMCOREINFO, or the kernel's image is not all in it.  Call memory_dump_free() also after a
 * failure.
 */
struct error *memory_dump_read(const char *path, struct memory_dump *ret);
void memory_dump_free(struct memory_dump *d);

#endif
