// SPDX-License-Identifier: GPL-2.0-or-later
#include "tests/unit/vmlinuz-builder.h"

#include <archive.h>
#include <archive_entry.h>
#include <stdlib.h>
#include <string.h>

#define ROOM(size) ((size) + (size) / 8 + 0x10000)

static void *must(void *p)
{
	if (!p)
		abort();
	return p;
}

static void put_u32(uint8_t *p, uint32_t value)
{
	memcpy(p, &value, sizeof(value));
}

/* The frame of lz4 -l: magic, then blocks with their lengths; here one, of literals alone. */
static void *lz4(const void *data, size_t size, size_t *ret_size)
{
	uint8_t *out = must(malloc(ROOM(size))), *p = out + 8;
	size_t left = size;

	if (size < 15)
		abort();
	put_u32(out, 0x184c2102);
	*p++ = 0xf0;
	for (left -= 15; left >= 255; left -= 255)
		*p++ = 255;
	*p++ = left;
	memcpy(p, data, size);
	p += size;
	put_u32(out + 4, p - (out + 8));
	*ret_size = p - out;
	return out;
}

void *vb_compress(enum vb_format format, const void *data, size_t size, size_t *ret_size)
{
	static int (*const filters[])(struct archive *a) = {
		[VB_GZIP] = archive_write_add_filter_gzip, [VB_BZIP2] = archive_write_add_filter_bzip2,
		[VB_LZMA] = archive_write_add_filter_lzma, [VB_XZ] = archive_write_add_filter_xz,
		[VB_ZSTD] = archive_write_add_filter_zstd,
	};
	struct archive *a;
	struct archive_entry *entry;
	void *out;

	if (format == VB_LZ4)
		return lz4(data, size, ret_size);
	a = must(archive_write_new());
	entry = must(archive_entry_new());
	out = must(malloc(ROOM(size)));
	archive_entry_set_filetype(entry, AE_IFREG);
	archive_write_set_bytes_in_last_block(a, 1);
	if (archive_write_set_format_raw(a) || filters[format](a) || archive_write_open_memory(a, out, ROOM(size), ret_size) ||
	    archive_write_header(a, entry) || archive_write_data(a, data, size) != (ssize_t)size || archive_write_close(a))
		abort();
	archive_entry_free(entry);
	archive_write_free(a);
	return out;
}

void *vb_make(enum vb_format format, const void *stream, size_t size, uint32_t unpacked, size_t *ret_size)
{
	size_t payload = size + (format == VB_GZIP ? 0 : 4);
	uint8_t *file = must(calloc(1, VB_PAYLOAD + payload));

	file[0x1f1] = 1;			/* setup_sects: the kernel proper begins in the third sector */
	memcpy(file + 0x1fe, "\x55\xaa\xeb\x66HdrS\x0f\x02", 10);
	put_u32(file + 0x248, VB_PAYLOAD - 0x400);
	put_u32(file + 0x24c, payload);
	memcpy(file + VB_PAYLOAD, stream, size);
	if (format != VB_GZIP)
		put_u32(file + VB_PAYLOAD + size, unpacked);
	*ret_size = VB_PAYLOAD + payload;
	return file;
}

void *vb_vmlinuz(enum vb_format format, const void *kernel, size_t size, size_t *ret_size)
{
	size_t stream_size;
	void *stream = vb_compress(format, kernel, size, &stream_size);
	void *file = vb_make(format, stream, stream_size, size, ret_size);

	free(stream);
	return file;
}
