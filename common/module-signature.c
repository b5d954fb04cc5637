// SPDX-License-Identifier: GPL-2.0-or-later
/* Reads and checks signatures of kernel modules, over libcrypto. */
#include "common/module-signature.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/cms.h>
#include <openssl/err.h>

/* include/linux/module_signature.h */
#define MARKER		"~Module signature appended~\n"
#define MARKER_LEN	(sizeof(MARKER) - 1)
#define ID_TYPE_PKCS7	2

struct trailer {
	uint8_t algo, hash, id_type, signer_len, key_id_len, pad[3];
	uint32_t sig_len;	/* big endian */
};

char *hex_text(const unsigned char *bytes, size_t size)
{
	char *text = malloc(2 * size + 1);

	if (!text)
		return NULL;
	text[0] = 0;
	for (size_t i = 0; i < size; i++)
		sprintf(text + 2 * i, "%02x", bytes[i]);
	return text;
}

/* As RFC 2253 has it, with what is not ASCII escaped. */
static char *name_text(const X509_NAME *name)
{
	BIO *out = BIO_new(BIO_s_mem());
	char *data, *text = NULL;
	long len;

	if (out && X509_NAME_print_ex(out, name, 0, XN_FLAG_RFC2253) >= 0) {
		len = BIO_get_mem_data(out, &data);
		text = strndup(data ? data : "", len);
	}
	BIO_free(out);
	return text;
}

static char *hash_name(const CMS_SignerInfo *signer)
{
	X509_ALGOR *digest;
	const ASN1_OBJECT *id;
	char name[64];

	CMS_SignerInfo_get0_algs((CMS_SignerInfo *)signer, NULL, NULL, &digest, NULL);
	X509_ALGOR_get0(&id, NULL, NULL, digest);
	OBJ_obj2txt(name, sizeof(name), id, 0);
	for (char *p = name; *p; p++)
		*p = tolower((unsigned char)*p);
	return strdup(name);
}

/* Where the signature is; @len 0: nowhere. */
static struct error *find(const unsigned char *module, size_t size, const unsigned char **sig, size_t *len)
{
	struct trailer t;

	*len = 0;
	if (size < MARKER_LEN || memcmp(module + size - MARKER_LEN, MARKER, MARKER_LEN))
		return NULL;
	size -= MARKER_LEN;
	if (size < sizeof(t))
		return error_new(ERROR_BAD_FILE, "the signature of the module is damaged: its end alone is there");
	size -= sizeof(t);
	memcpy(&t, module + size, sizeof(t));
	*len = ntohl(t.sig_len);
	if (t.id_type != ID_TYPE_PKCS7)
		return error_new(ERROR_BAD_FILE, "the signature of the module is of type %u, not PKCS#7", t.id_type);
	if (!*len || *len >= size)
		return error_new(ERROR_BAD_FILE, "the signature of the module is damaged: its length is not possible");
	*sig = module + size - *len;
	return NULL;
}

static struct error *parse(const unsigned char *sig, size_t len, CMS_ContentInfo **cms, CMS_SignerInfo **signer)
{
	const unsigned char *end = sig;
	STACK_OF(CMS_SignerInfo) *all;

	*cms = d2i_CMS_ContentInfo(NULL, &end, len);
	all = *cms && end == sig + len && OBJ_obj2nid(CMS_get0_type(*cms)) == NID_pkcs7_signed ? CMS_get0_SignerInfos(*cms) : NULL;
	ERR_clear_error();
	if (all && sk_CMS_SignerInfo_num(all) == 1) {
		*signer = sk_CMS_SignerInfo_value(all, 0);
		return NULL;
	}
	CMS_ContentInfo_free(*cms);
	return error_new(ERROR_BAD_FILE, "the signature of the module is damaged: it is no PKCS#7 message of one signer");
}

/* False when out of memory. */
static bool describe(CMS_SignerInfo *signer, struct module_signature *s)
{
	ASN1_OCTET_STRING *key_id = NULL;
	ASN1_INTEGER *serial = NULL;
	X509_NAME *issuer = NULL;

	CMS_SignerInfo_get0_signer_id(signer, &key_id, &issuer, &serial);
	s->hash = hash_name(signer);
	if (key_id) {
		s->key_id = hex_text(ASN1_STRING_get0_data(key_id), ASN1_STRING_length(key_id));
		return s->hash && s->key_id;
	}
	s->issuer = name_text(issuer);
	s->serial = hex_text(ASN1_STRING_get0_data(serial), ASN1_STRING_length(serial));
	return s->hash && s->issuer && s->serial;
}

struct error *module_signature_read(const void *module, size_t size, struct module_signature **ret)
{
	const unsigned char *sig = NULL;
	CMS_SignerInfo *signer;
	CMS_ContentInfo *cms;
	struct error *err;
	size_t len;

	*ret = NULL;
	err = find(module, size, &sig, &len);
	if (err || !len)
		return err;
	err = parse(sig, len, &cms, &signer);
	if (err)
		return err;
	*ret = calloc(1, sizeof(**ret));
	if (!*ret || !describe(signer, *ret)) {
		err = error_errno(ENOMEM, "the signature of the module");
		module_signature_free(*ret);
		*ret = NULL;
	} else {
		(*ret)->content_size = sig - (const unsigned char *)module;
	}
	CMS_ContentInfo_free(cms);
	return err;
}

void module_signature_free(struct module_signature *s)
{
	if (!s)
		return;
	free(s->issuer);
	free(s->serial);
	free(s->key_id);
	free(s->hash);
	free(s);
}

char *module_signature_key(const struct module_signature *s)
{
	char *text;
	int len = s->key_id ? asprintf(&text, "key id %s", s->key_id)
			    : asprintf(&text, "serial %s of %s", s->serial, s->issuer);

	return len < 0 ? NULL : text;
}

json_t *module_signature_json(const struct module_signature *s)
{
	return json_pack("{s:s?, s:s?, s:s?, s:s}", "issuer", s->issuer, "serial", s->serial, "key_id", s->key_id,
			 "hash", s->hash);
}

/* 1: good; 0: not; -1: out of memory. */
static int verify(CMS_ContentInfo *cms, const void *content, size_t size, X509 *cert)
{
	STACK_OF(X509) *certs = sk_X509_new_null();
	BIO *in = BIO_new_mem_buf(content, size);
	int ret = -1;

	/* Who has issued the certificate is of no interest: the kernel asks whether it knows that one. */
	if (certs && in && sk_X509_push(certs, cert))
		ret = CMS_verify(cms, certs, NULL, in, NULL, CMS_BINARY | CMS_NOINTERN | CMS_NO_SIGNER_CERT_VERIFY) == 1;
	BIO_free(in);
	sk_X509_free(certs);
	ERR_clear_error();
	return ret;
}

struct error *module_signature_verify(const void *module, size_t size, X509 *cert)
{
	const unsigned char *sig = NULL;
	CMS_SignerInfo *signer;
	CMS_ContentInfo *cms;
	struct error *err;
	size_t len;
	int good;

	err = find(module, size, &sig, &len);
	if (!err && !len)
		err = error_new(ERROR_REFUSED, "the module is not signed");
	if (!err)
		err = parse(sig, len, &cms, &signer);
	if (err)
		return err;
	good = verify(cms, module, sig - (const unsigned char *)module, cert);
	CMS_ContentInfo_free(cms);
	if (good < 0)
		return error_errno(ENOMEM, "the signature of the module");
	return good ? NULL : error_new(ERROR_REFUSED, "the signature is not one of that key over this module");
}
