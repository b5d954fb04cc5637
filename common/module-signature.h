/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The signature at the end of a kernel module, as the kernel's sign-file appends it: a detached CMS message, a struct
 * module_signature, and a line that says so (include/linux/module_signature.h).
 */
#ifndef COMMON_MODULE_SIGNATURE_H
#define COMMON_MODULE_SIGNATURE_H

#include <stddef.h>

#include <jansson.h>
#include <openssl/x509.h>

#include "common/error.h"

/* The certificate is not in it: it names that by issuer and serial number, or by the id of its key. Strings are ASCII. */
struct module_signature {
	char *issuer;		/* "CN=...,O=..."; NULL with @key_id */
	char *serial;		/* lower-case hex; NULL with @key_id */
	char *key_id;		/* lower-case hex; NULL with the others */
	char *hash;		/* "sha256" */
	size_t content_size;	/* bytes of the module before it: those that are signed */
};

/*
 * *@ret is to be freed; NULL: the module is not signed.  ERROR_BAD_FILE: it ends as if it were, and no signature can be
 * read.  Whether it is a good one is not looked at.
 */
struct error *module_signature_read(const void *module, size_t size, struct module_signature **ret);
void module_signature_free(struct module_signature *s);

/* "serial 2d3b... of CN=..." or "key id 63b8..."; to be freed, NULL when out of memory. */
char *module_signature_key(const struct module_signature *s);
/* {"issuer": ..., "serial": ..., "key_id": ..., "hash": ...}, of which two or one are null. */
json_t *module_signature_json(const struct module_signature *s);

/* Was it made with the key of @cert, over just these bytes?  ERROR_REFUSED: no, or there is none. */
struct error *module_signature_verify(const void *module, size_t size, X509 *cert);

/* Lower-case hex of @size bytes; to be freed, NULL when out of memory. */
char *hex_text(const unsigned char *bytes, size_t size);

#endif
