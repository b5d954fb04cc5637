// SPDX-License-Identifier: GPL-2.0-or-later
/* Unpacks gzip in memory, up to a limit. */
#include "ksplice-apply/gunzip.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <zlib.h>

#define GZIP_ONLY	(15 + 16)	/* windowBits: no zlib, no raw deflate */
#define FIRST_ROOM	(1u << 20)	/* bytes */

struct room {
	unsigned char *data;
	size_t cap;
	size_t used;
};

/* Doubles, up to one byte more than allowed: that byte tells "too large" from "just fits". */
static struct error *grow(struct room *room, size_t max)
{
	size_t cap = room->cap ? 2 * room->cap : FIRST_ROOM;
	unsigned char *p;

	if (cap > max + 1)
		cap = max + 1;
	if (cap == room->cap)
		return error_new(ERROR_BAD_FILE, "unpacks to more than %zu bytes", max);
	p = realloc(room->data, cap);
	if (!p)
		return error_errno(ENOMEM, "unpacking");
	room->data = p;
	room->cap = cap;
	return NULL;
}

static struct error *inflate_all(z_stream *z, struct room *room, size_t max)
{
	for (;;) {
		int ret;

		if (room->used == room->cap) {
			struct error *err = grow(room, max);

			if (err)
				return err;
		}
		z->next_out = room->data + room->used;
		z->avail_out = room->cap - room->used;
		ret = inflate(z, Z_NO_FLUSH);
		room->used = room->cap - z->avail_out;
		if (ret == Z_STREAM_END)
			break;
		if (ret == Z_MEM_ERROR)
			return error_errno(ENOMEM, "unpacking");
		if (ret != Z_OK && ret != Z_BUF_ERROR)
			return error_new(ERROR_BAD_FILE, "damaged: %s", z->msg ? z->msg : "not gzip data");
		if (z->avail_out)
			return error_new(ERROR_BAD_FILE, "truncated");
	}
	if (room->used > max)
		return error_new(ERROR_BAD_FILE, "unpacks to more than %zu bytes", max);
	if (z->avail_in)
		return error_new(ERROR_BAD_FILE, "there is something behind the end of the gzip data");
	return NULL;
}

struct error *gunzip(const void *data, size_t size, size_t max, void **out, size_t *out_size)
{
	z_stream z = { .next_in = (unsigned char *)data };
	struct room room = { 0 };
	struct error *err;

	if (size > UINT_MAX || max > UINT_MAX / 4)
		return error_new(ERROR_BAD_FILE, "too large");
	z.avail_in = size;
	if (inflateInit2(&z, GZIP_ONLY) != Z_OK)
		return error_errno(ENOMEM, "unpacking");
	err = inflate_all(&z, &room, max);
	inflateEnd(&z);
	if (err) {
		free(room.data);
		return err;
	}
	*out = room.data;
	*out_size = room.used;
	return NULL;
}
