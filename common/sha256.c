// SPDX-License-Identifier: GPL-2.0-or-later
#include "common/sha256.h"

#include <errno.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <unistd.h>

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

static struct error *digest_fd(EVP_MD_CTX *ctx, int fd)
{
	char buf[65536];
	ssize_t n;

	if (!EVP_DigestInit_ex(ctx, EVP_sha256(), NULL))
		return error_new(ERROR_SYSTEM, "libcrypto cannot compute a SHA-256");
	while ((n = read(fd, buf, sizeof(buf))) != 0) {
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return error_errno(errno, "cannot read");
		if (!EVP_DigestUpdate(ctx, buf, n))
			return error_new(ERROR_SYSTEM, "libcrypto cannot compute a SHA-256");
	}
	return NULL;
}

struct error *sha256_fd_hex(int fd, char hex[SHA256_HEX_SIZE])
{
	unsigned char digest[EVP_MAX_MD_SIZE];
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	struct error *err;
	unsigned int len;

	if (!ctx)
		return error_errno(ENOMEM, "SHA-256");
	err = digest_fd(ctx, fd);
	if (!err && !EVP_DigestFinal_ex(ctx, digest, &len))
		err = error_new(ERROR_SYSTEM, "libcrypto cannot compute a SHA-256");
	EVP_MD_CTX_free(ctx);
	if (!err)
		to_hex(digest, len, hex);
	return err;
}
