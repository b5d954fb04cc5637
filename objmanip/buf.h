/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A growing run of bytes. Out of memory is remembered, not returned, so that a writer checks once at its end. */
#ifndef OBJMANIP_BUF_H
#define OBJMANIP_BUF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct om_buf {
	uint8_t *data;	/* owned; NULL while empty */
	size_t len, room;
	bool failed;	/* out of memory: contents are incomplete */
};

void om_buf_add(struct om_buf *b, const void *data, size_t len);
void om_buf_u8(struct om_buf *b, uint8_t v);
/* LEB128, shortest form (DWARF 5, 7.6). */
void om_buf_uleb(struct om_buf *b, uint64_t v);
void om_buf_sleb(struct om_buf *b, int64_t v);
void om_buf_align(struct om_buf *b, size_t align);
void om_buf_free(struct om_buf *b);

#endif
