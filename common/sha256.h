/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef COMMON_SHA256_H
#define COMMON_SHA256_H

#include <stddef.h>

#include "common/error.h"

#define SHA256_HEX_SIZE	65	/* characters of a digest in hex, with its NUL */

/* Writes the SHA-256 of @size bytes at @data in lower-case hex. ERROR_SYSTEM when libcrypto has no SHA-256. */
struct error *sha256_hex(const void *data, size_t size, char hex[SHA256_HEX_SIZE]);

#endif
