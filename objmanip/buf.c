// SPDX-License-Identifier: GPL-2.0-or-later
/* A growing run of bytes. */
#include "objmanip/buf.h"

#include <stdlib.h>
#include <string.h>

void om_buf_add(struct om_buf *b, const void *data, size_t len)
{
	if (b->failed || !len)
		return;
	if (len > b->room - b->len) {
		size_t room = (b->len + len) * 2 + 64;
		uint8_t *grown = realloc(b->data, room);

		if (!grown) {
			b->failed = true;
			return;
		}
		b->data = grown;
		b->room = room;
	}
	memcpy(b->data + b->len, data, len);
	b->len += len;
}

void om_buf_u8(struct om_buf *b, uint8_t v)
{
	om_buf_add(b, &v, 1);
}

void om_buf_uleb(struct om_buf *b, uint64_t v)
{
	do {
		om_buf_u8(b, (v & 0x7f) | (v > 0x7f ? 0x80 : 0));
		v >>= 7;
	} while (v);
}

void om_buf_sleb(struct om_buf *b, int64_t v)
{
	bool more = true;

	while (more) {
		uint8_t byte = v & 0x7f;

		v >>= 7;
		more = !((v == 0 && !(byte & 0x40)) || (v == -1 && (byte & 0x40)));
		om_buf_u8(b, byte | (more ? 0x80 : 0));
	}
}

void om_buf_align(struct om_buf *b, size_t align)
{
	while (b->len % align && !b->failed)
		om_buf_u8(b, 0);
}

void om_buf_free(struct om_buf *b)
{
	free(b->data);
	*b = (struct om_buf){ 0 };
}
