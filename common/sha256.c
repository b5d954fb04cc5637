// SPDX-License-Identifier: GPL-2.0-or-later
/* SHA-256 in hex, over libcrypto. */
#include "common/sha256.h"

#include <openssl/evp.h>
#include <stdio.h>

static void to_hex(const unsigned char *digest, unsigned int size, char *hex)
{
	for (unsigned int i = 0; i < size; i++)
		sprintf(hex + 2 * i, "%02x", digest[i]);
}

struct error *sha256_hex(const void *data, size_t size, char hex[SHA256_HEX_SIZE])
{
	unsigned char digest[EVP_MAX_MD_SIZE];
	unsigned int len;

	if (!EVP_Digest(data, size, digest, &len, EVP_sha256(), NULL))
		return error_new(ERROR_SYSTEM, "libcrypto cannot compute a SHA-256");
	to_hex(digest, len, hex);
	return NULL;
}
