// SPDX-License-Identifier: GPL-2.0-or-later
/* Signs as scripts/sign-file.c of the kernel does. */
#include "tests/unit/signed-module.h"

#include <arpa/inet.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/cms.h>
#include <openssl/x509v3.h>

const char signed_content[] = "\177ELF, say";
const size_t signed_content_size = sizeof(signed_content);

X509 *make_certificate(EVP_PKEY *key, const char *name, long serial)
{
	X509 *cert = X509_new();
	X509_NAME *subject = X509_get_subject_name(cert);
	X509_EXTENSION *ext;
	X509V3_CTX ctx;

	X509_set_version(cert, 2);
	ASN1_INTEGER_set(X509_get_serialNumber(cert), serial);
	X509_gmtime_adj(X509_getm_notBefore(cert), -60);
	X509_gmtime_adj(X509_getm_notAfter(cert), 3600);
	X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_UTF8, (const unsigned char *)name, -1, -1, 0);
	X509_set_issuer_name(cert, subject);
	X509_set_pubkey(cert, key);
	X509V3_set_ctx_nodb(&ctx);
	ext = X509V3_EXT_conf_nid(NULL, &ctx, NID_subject_key_identifier, "a1:b2:c3");
	X509_add_ext(cert, ext, -1);
	X509_EXTENSION_free(ext);
	if (X509_sign(cert, key, EVP_sha256()) <= 0)
		abort();
	return cert;
}

static CMS_ContentInfo *sign(X509 *cert, EVP_PKEY *key, unsigned int flags)
{
	BIO *in = BIO_new_mem_buf(signed_content, sizeof(signed_content));
	CMS_ContentInfo *cms = CMS_sign(NULL, NULL, NULL, NULL, CMS_NOCERTS | CMS_PARTIAL | CMS_BINARY | CMS_DETACHED);

	if (!CMS_add1_signer(cms, cert, key, EVP_sha256(), CMS_NOCERTS | CMS_BINARY | CMS_NOSMIMECAP | CMS_NOATTR | flags) ||
	    CMS_final(cms, in, NULL, CMS_NOCERTS | CMS_BINARY) != 1)
		abort();
	BIO_free(in);
	return cms;
}

char *make_signed_module(X509 *cert, EVP_PKEY *key, unsigned int flags, unsigned char id_type, size_t *size)
{
	CMS_ContentInfo *cms = sign(cert, key, flags);
	unsigned char trailer[12] = { 0, 0, id_type }, *sig = NULL;
	size_t len = i2d_CMS_ContentInfo(cms, &sig);
	uint32_t be = htonl(len);
	char *module, *p;

	memcpy(trailer + 8, &be, 4);
	*size = sizeof(signed_content) + len + sizeof(trailer) + strlen(SIGNED_MARKER);
	module = p = malloc(*size);
	p = mempcpy(p, signed_content, sizeof(signed_content));
	p = mempcpy(p, sig, len);
	p = mempcpy(p, trailer, sizeof(trailer));
	memcpy(p, SIGNED_MARKER, strlen(SIGNED_MARKER));
	OPENSSL_free(sig);
	CMS_ContentInfo_free(cms);
	return module;
}
