/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Makes a vmlinuz: what it is booted by is missing, so nothing but its header and the kernel in it is there. Aborts on failure. */
#ifndef TESTS_VMLINUZ_BUILDER_H
#define TESTS_VMLINUZ_BUILDER_H

#include <stddef.h>
#include <stdint.h>

/* How the kernel in it is compressed; not lzo, for which libarchive needs a program. */
enum vb_format { VB_GZIP, VB_BZIP2, VB_LZMA, VB_XZ, VB_LZ4, VB_ZSTD, VB_NR_FORMATS };

#define VB_PAYLOAD 0x620	/* where in the file the compressed kernel begins */

/* All results are to be freed. */
void *vb_compress(enum vb_format format, const void *data, size_t size, size_t *ret_size);
/* @stream: of vb_compress(), or a part of that; @unpacked: the size that is noted behind it, unless it is gzip's. */
void *vb_make(enum vb_format format, const void *stream, size_t size, uint32_t unpacked, size_t *ret_size);
/* Both at once. */
void *vb_vmlinuz(enum vb_format format, const void *kernel, size_t size, size_t *ret_size);

#endif
