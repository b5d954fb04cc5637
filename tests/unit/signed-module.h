/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Makes certificates, and bytes that are signed as sign-file signs a module. */
#ifndef TESTS_UNIT_SIGNED_MODULE_H
#define TESTS_UNIT_SIGNED_MODULE_H

#include <stddef.h>

#include <openssl/evp.h>
#include <openssl/x509.h>

#define SIGNED_MARKER "~Module signature appended~\n"

/* What is signed. */
extern const char signed_content[];
extern const size_t signed_content_size;

/* Self-signed, valid for an hour, with the key id a1b2c3. */
X509 *make_certificate(EVP_PKEY *key, const char *name, long serial);
/* @flags: CMS_USE_KEYID, or 0; @id_type: 2, as the kernel wants it. To be freed. */
char *make_signed_module(X509 *cert, EVP_PKEY *key, unsigned int flags, unsigned char id_type, size_t *size);

#endif
