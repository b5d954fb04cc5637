// SPDX-License-Identifier: GPL-2.0-or-later
/* Signatures at the end of modules: what is read of them, whether they are good, and why the kernel refuses a module. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <openssl/cms.h>
#include <openssl/evp.h>

#include "common/module-signature.h"
#include "ksplice-apply/unsigned.h"
#include "tests/unit/cmocka-all.h"
#include "tests/unit/signed-module.h"

/* Like a module that sign-file has signed, with these keys. */
static struct {
	EVP_PKEY *key, *other_key;
	X509 *cert, *other_cert;
	char *module;
	size_t size;
	char dir[64], lockdown[96];
} t;

static void sign_module(unsigned int flags, unsigned char id_type)
{
	free(t.module);
	t.module = make_signed_module(t.cert, t.key, flags, id_type, &t.size);
}

static int set_up(void **state)
{
	t.key = EVP_EC_gen("P-256");
	t.other_key = EVP_EC_gen("P-256");
	t.cert = make_certificate(t.key, "B\303\244r \033[31m, \"x\"", 0x1a2b);
	t.other_cert = make_certificate(t.other_key, "other", 7);
	sign_module(0, 2);
	strcpy(t.dir, "/tmp/test-signature-XXXXXX");
	snprintf(t.lockdown, sizeof(t.lockdown), "%s/lockdown", mkdtemp(t.dir));
	return 0;
}

static int tear_down(void **state)
{
	free(t.module);
	t.module = NULL;
	X509_free(t.cert);
	X509_free(t.other_cert);
	EVP_PKEY_free(t.key);
	EVP_PKEY_free(t.other_key);
	unlink(t.lockdown);
	rmdir(t.dir);
	return 0;
}

static void fails(struct error *err, enum error_kind kind, const char *text)
{
	assert_non_null(err);
	if (err->kind != kind || !strstr(err->text, text))
		fail_msg("kind %d: %s", err->kind, err->text);
	error_free(err);
}

static void test_read(void **state)
{
	struct module_signature *s;
	char *key;

	assert_null(module_signature_read(t.module, t.size, &s));
	assert_string_equal(s->issuer, "CN=B\\C3\\A4r \\1B[31m\\, \\\"x\\\"");
	assert_string_equal(s->serial, "1a2b");
	assert_null(s->key_id);
	assert_string_equal(s->hash, "sha256");
	assert_int_equal(s->content_size, signed_content_size);
	key = module_signature_key(s);
	assert_string_equal(key, "serial 1a2b of CN=B\\C3\\A4r \\1B[31m\\, \\\"x\\\"");
	free(key);
	module_signature_free(s);
}

static void test_key_id(void **state)
{
	struct module_signature *s;
	json_t *json;
	char *key;

	sign_module(CMS_USE_KEYID, 2);
	assert_null(module_signature_read(t.module, t.size, &s));
	assert_string_equal(s->key_id, "a1b2c3");
	assert_null(s->issuer);
	key = module_signature_key(s);
	assert_string_equal(key, "key id a1b2c3");
	json = module_signature_json(s);
	assert_true(json_is_null(json_object_get(json, "serial")));
	assert_string_equal(json_string_value(json_object_get(json, "key_id")), "a1b2c3");
	json_decref(json);
	free(key);
	module_signature_free(s);
}

static void test_unsigned(void **state)
{
	struct module_signature *s;

	for (size_t size = 0; size <= signed_content_size; size++) {
		assert_null(module_signature_read(t.module, size, &s));
		assert_null(s);
	}
	/* Without the last byte of the marker it is none. */
	assert_null(module_signature_read(t.module, t.size - 1, &s));
	assert_null(s);
	fails(module_signature_verify(t.module, t.size - 1, t.cert), ERROR_REFUSED, "is not signed");
}

/* Whatever is missing before the end: it is noticed, or what is left is not what was signed. */
static void test_truncated(void **state)
{
	for (size_t cut = 1; cut <= t.size - strlen(SIGNED_MARKER); cut++) {
		size_t size = t.size - cut;
		char *rest = malloc(size);
		struct module_signature *s = NULL;
		struct error *err;

		memcpy(rest, t.module + cut, size);
		err = module_signature_read(rest, size, &s);
		assert_true(!err == !!s);
		if (err)
			assert_int_equal(err->kind, ERROR_BAD_FILE);
		else
			fails(module_signature_verify(rest, size, t.cert), ERROR_REFUSED, "not one of that key");
		error_free(err);
		module_signature_free(s);
		free(rest);
	}
}

static void test_damaged(void **state)
{
	struct module_signature *s;
	unsigned char *len = (unsigned char *)t.module + t.size - strlen(SIGNED_MARKER) - 4;

	len[0] = 0x7f;
	fails(module_signature_read(t.module, t.size, &s), ERROR_BAD_FILE, "its length is not possible");
	memset(len, 0, 4);
	fails(module_signature_read(t.module, t.size, &s), ERROR_BAD_FILE, "its length is not possible");
	len[3] = 5;
	fails(module_signature_read(t.module, t.size, &s), ERROR_BAD_FILE, "no PKCS#7 message of one signer");
	sign_module(0, 1);
	fails(module_signature_read(t.module, t.size, &s), ERROR_BAD_FILE, "of type 1, not PKCS#7");
}

static void test_verify(void **state)
{
	assert_null(module_signature_verify(t.module, t.size, t.cert));
	fails(module_signature_verify(t.module, t.size, t.other_cert), ERROR_REFUSED, "not one of that key");
	for (size_t i = 0; i < signed_content_size; i++) {
		t.module[i] ^= 1;
		fails(module_signature_verify(t.module, t.size, t.cert), ERROR_REFUSED, "not one of that key over this module");
		t.module[i] ^= 1;
	}
}

/* @level: what the lockdown file says; NULL: there is none. @said: of the kernel. */
static struct error *why(const char *level, int errnum, const char *said, bool is_signed)
{
	const struct kernel k = { .lockdown = t.lockdown };
	FILE *f;

	unlink(t.lockdown);
	if (level) {
		f = fopen(t.lockdown, "w");
		fputs(level, f);
		fclose(f);
	}
	return unsigned_error(&k, "mod", t.module, is_signed ? t.size : signed_content_size, errnum, said);
}

#define INTEGRITY "none [integrity] confidentiality\n"

static void test_why_unsigned(void **state)
{
	fails(why(NULL, EKEYREJECTED, NULL, false), ERROR_REFUSED, "mod: is not signed, and this kernel loads only modules that are "
	      "signed by a key that it knows (module.sig_enforce)\n");
	fails(why(INTEGRITY, EPERM, "", false), ERROR_REFUSED, "not signed, and this kernel loads only modules that are signed by a key "
	      "that it knows (lockdown=integrity)\n");
	fails(why("none integrity [confidentiality]\n", EPERM, "", false), ERROR_REFUSED, "(lockdown=confidentiality)\n");
	fails(why(NULL, EPERM, "\n  Lockdown: ksplice-apply: unsigned module loading is restricted", false), ERROR_REFUSED, "(lockdown)\n");
}

static void test_why_unknown_key(void **state)
{
	static const char said[] = "\n  Loading of module with unavailable key is rejected";

	fails(why(NULL, EKEYREJECTED, said, true), ERROR_REFUSED, "is signed by a key that this kernel does not know (serial 1a2b of CN=");
	fails(why(INTEGRITY, EPERM, "", true), ERROR_REFUSED, "does not know (serial 1a2b");
	fails(why(NULL, EKEYREJECTED, "\n  Loading of module with unsupported crypto is rejected", true), ERROR_REFUSED,
	      "cannot check, with sha256");
}

static void test_why_altered(void **state)
{
	fails(why(NULL, EKEYREJECTED, "", true), ERROR_REFUSED, "is not what was signed (serial 1a2b");
	/* The log cannot be read. */
	fails(why(INTEGRITY, EKEYREJECTED, NULL, true), ERROR_REFUSED, "either it does not know that key, or the module was altered");
}

/* Something else went wrong. */
static void test_why_not(void **state)
{
	assert_null(why(INTEGRITY, ENOEXEC, "", false));
	assert_null(why("[none] integrity confidentiality\n", EPERM, "", false));
	assert_null(why(NULL, EPERM, NULL, false));
	assert_null(why(NULL, EPERM, "\n  something", true));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_read, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_key_id, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_unsigned, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_truncated, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_damaged, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_verify, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_why_unsigned, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_why_unknown_key, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_why_altered, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_why_not, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
