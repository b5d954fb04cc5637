// SPDX-License-Identifier: GPL-2.0-or-later
#include "ksplice-create/vmlinuz.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <string.h>
#include <sys/mman.h>

/* Fields of the setup header, by their offsets in the file. */
#define SETUP_SECTS 0x1f1	/* 8 bits: sectors of the real-mode code behind the first */
#define BOOT_FLAG 0x1fe
#define HEADER 0x202
#define VERSION 0x206		/* 16 bits; the payload's fields came with 2.08 */
#define PAYLOAD_OFFSET 0x248	/* 32 bits, from the protected-mode code on */
#define PAYLOAD_LENGTH 0x24c
#define HEADER_END 0x250

#define SECTOR 512

/* How kernels are compressed: suffix-y in arch/x86/boot/compressed/Makefile, compressed_formats[] in lib/decompress.c. */
static const struct format {
	const char *name, *magic;
	size_t magic_len;
	int filter;
	const char *program;	/* instead of a filter of libarchive's: Debian's is built without lzo */
	bool has_size;		/* the format's own last field is the size; behind all others, size_append puts it */
} formats[] = {
	{ "gzip", "\x1f\x8b", 2, ARCHIVE_FILTER_GZIP, .has_size = true },
	{ "bzip2", "BZh", 3, ARCHIVE_FILTER_BZIP2 },
	{ "lzma", "\x5d\x00\x00", 3, ARCHIVE_FILTER_LZMA },
	{ "xz", "\xfd" "7zXZ\x00", 6, ARCHIVE_FILTER_XZ },
	{ "lzo", "\x89LZO\x00", 5, .program = "lzop -dc" },
	{ "lz4", "\x02\x21\x4c\x18", 4, ARCHIVE_FILTER_LZ4 },
	{ "zstd", "\x28\xb5\x2f\xfd", 4, ARCHIVE_FILTER_ZSTD },
};

struct payload {
	const char *path;		/* of the file that has it */
	const uint8_t *data;
	size_t size;			/* of what is compressed */
	uint32_t unpacked;		/* as the build noted it */
	const struct format *format;
};

static uint32_t get(const uint8_t *p, size_t len)
{
	uint32_t value = 0;

	for (size_t i = 0; i < len; i++)
		value |= (uint32_t)p[i] << 8 * i;
	return value;
}

static struct error *bad(const char *path, const char *what)
{
	return error_new(ERROR_BAD_FILE, "%s: a vmlinuz %s", path, what);
}

bool vmlinuz_is(const void *file, size_t size)
{
	const uint8_t *p = file;

	return size >= HEADER_END && get(p + BOOT_FLAG, 2) == 0xaa55 && !memcmp(p + HEADER, "HdrS", 4);
}

static struct error *find_payload(const uint8_t *file, size_t size, struct payload *p)
{
	uint64_t start = (get(file + SETUP_SECTS, 1) ?: 4) * SECTOR + SECTOR;

	if (get(file + VERSION, 2) < 0x208)
		return bad(p->path, "of a boot protocol before 2.08, which does not tell where the kernel is in it");
	start += get(file + PAYLOAD_OFFSET, 4);
	p->size = get(file + PAYLOAD_LENGTH, 4);
	if (p->size < 16 || start > size || p->size > size - start)
		return bad(p->path, "that is cut off: the kernel in it reaches beyond its end");
	p->data = file + start;
	/* mkpiggy.c takes its output_len from there, too. */
	p->unpacked = get(p->data + p->size - 4, 4);
	if (!p->unpacked || p->unpacked > VMLINUZ_MAX)
		return bad(p->path, "whose kernel would be larger than any can be");
	for (size_t i = 0; i < sizeof(formats) / sizeof(formats[0]) && !p->format; i++)
		if (!memcmp(p->data, formats[i].magic, formats[i].magic_len))
			p->format = &formats[i];
	if (!p->format)
		return bad(p->path, "compressed in a way that is not known");
	p->size -= p->format->has_size ? 0 : 4;
	return NULL;
}

static struct error *failed(struct archive *a, const struct payload *p)
{
	return error_new(archive_errno(a) == ENOMEM ? ERROR_SYSTEM : ERROR_BAD_FILE, "%s: cannot uncompress the kernel in it (%s): %s",
			 p->path, p->format->name, archive_error_string(a) ?: "damaged");
}

/*
 * One filter and no other: libarchive would go on to look whether what comes out is compressed, too, and of such things put
 * into each other a small file can hold more than could ever be read.
 */
static struct error *add_filter(struct archive *a, const struct payload *p)
{
	int ret = p->format->program ? archive_read_append_filter_program(a, p->format->program)
				     : archive_read_append_filter(a, p->format->filter);

	if (ret == ARCHIVE_OK && archive_read_support_format_raw(a) == ARCHIVE_OK)
		return NULL;
	return error_new(ERROR_OTHER, "%s: cannot uncompress the kernel in it (%s): %s%s", p->path, p->format->name,
			 archive_error_string(a) ?: "libarchive cannot", p->format->program ? "; install it" : "");
}

static struct error *open_payload(struct archive *a, const struct payload *p)
{
	struct archive_entry *entry;
	struct error *err = add_filter(a, p);

	if (!err && (archive_read_open_memory(a, p->data, p->size) != ARCHIVE_OK ||
		     archive_read_next_header(a, &entry) != ARCHIVE_OK))
		err = failed(a, p);
	return err;
}

static struct error *read_payload(struct archive *a, const struct payload *p, uint8_t *out)
{
	uint8_t more;
	size_t n = 0;
	ssize_t got;

	while (n < p->unpacked) {
		got = archive_read_data(a, out + n, p->unpacked - n);
		if (got < 0)
			return failed(a, p);
		if (!got)
			return bad(p->path, "whose kernel is shorter than it says");
		n += got;
	}
	got = archive_read_data(a, &more, 1);
	if (got < 0)
		return failed(a, p);
	return got ? bad(p->path, "whose kernel is longer than it says") : NULL;
}

static struct error *uncompress(const struct payload *p, uint8_t *out)
{
	struct archive *a = archive_read_new();
	struct error *err;

	if (!a)
		return error_errno(ENOMEM, "%s", p->path);
	err = open_payload(a, p);
	err = err ?: read_payload(a, p, out);
	archive_read_free(a);
	return err;
}

struct error *vmlinuz_unpack(const char *path, const void *file, size_t size, void **data, size_t *data_size)
{
	struct payload p = { .path = path };
	struct error *err = find_payload(file, size, &p);

	if (err)
		return err;
	*data = mmap(NULL, p.unpacked, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (*data == MAP_FAILED)
		return error_errno(errno, "%s", path);
	*data_size = p.unpacked;
	err = uncompress(&p, *data);
	if (err)
		munmap(*data, p.unpacked);
	return err;
}
