// SPDX-License-Identifier: GPL-2.0-or-later
/* Signs modules, and looks beforehand whether it will go. */
#include "ksplice-create/signing.h"

#include <errno.h>
#include <limits.h>
#include <string.h>
#include <unistd.h>

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include "common/module-signature.h"
#include "common/names.h"
#include "common/subprocess.h"
#include "ksplice-create/modules.h"
#include "ksplice-create/tree.h"

#define CERTIFICATE_MAX	(1u << 20)	/* bytes */

struct signing {
	X509 *cert;
	char *cert_path;		/* as sign-file gets it, and */
	char *key;			/* the key: a path or "pkcs11:..." */
	char *program;			/* sign-file */
	char *hash;			/* "sha256" */
	char *subject, *key_id;
	struct module_signature *made;	/* the last one */
};

/* What sign-file has libcrypto look up in a token, and does not open as a file. */
static bool is_token(const char *key)
{
	return starts_with(key, "pkcs11:");
}

/* scripts/sign-file.c, read_x509(): DER where the first two bytes are those of a long sequence, else PEM. */
static X509 *parse_certificate(const char *data, size_t size)
{
	const unsigned char *p = (const unsigned char *)data;
	BIO *in;
	X509 *cert;

	if (size > 2 && p[0] == 0x30 && p[1] >= 0x81 && p[1] <= 0x84)
		return d2i_X509(NULL, &p, size);
	in = BIO_new_mem_buf(data, size);
	cert = in ? PEM_read_bio_X509(in, NULL, NULL, NULL) : NULL;
	BIO_free(in);
	return cert;
}

static char *time_text(const ASN1_TIME *t)
{
	BIO *out = BIO_new(BIO_s_mem());
	char *data, *text;
	long len;

	if (!out || !ASN1_TIME_print(out, t))
		text = xstrdup("a time that cannot be read");
	else {
		len = BIO_get_mem_data(out, &data);
		text = xstrndup(data, len);
	}
	BIO_free(out);
	return text;
}

/*
 * The kernel looks at no dates (crypto/asymmetric_keys/), but who enrols the certificate elsewhere may; and who signs with one that
 * is out of date has mostly taken the wrong one.
 */
static struct error *check_dates(const struct signing *s, const char *path)
{
	const ASN1_TIME *from = X509_get0_notBefore(s->cert), *until = X509_get0_notAfter(s->cert);
	_cleanup_free_ char *first = time_text(from), *last = time_text(until);

	if (X509_cmp_current_time(until) <= 0)
		return error_new(ERROR_OTHER, "%s: this certificate has expired on %s: give --sign-cert one that is valid", path,
				 last);
	if (X509_cmp_current_time(from) >= 0)
		return error_new(ERROR_OTHER, "%s: this certificate is not valid before %s: is the clock of this machine right?",
				 path, first);
	return NULL;
}

static char *subject_text(X509 *cert)
{
	BIO *out = BIO_new(BIO_s_mem());
	char *data = NULL, *text;
	long len = 0;

	if (out && X509_NAME_print_ex(out, X509_get_subject_name(cert), 0, XN_FLAG_RFC2253) >= 0)
		len = BIO_get_mem_data(out, &data);
	text = len > 0 ? xstrndup(data, len) : xstrdup("a subject without a name");
	BIO_free(out);
	return text;
}

static struct error *read_certificate(struct signing *s, const char *path)
{
	_cleanup_free_ char *data = NULL;
	const ASN1_OCTET_STRING *id;
	size_t size;
	struct error *err = file_read(path, CERTIFICATE_MAX, &data, &size);

	if (err)
		return error_prefix(err, "the certificate to sign with");
	s->cert = parse_certificate(data, size);
	ERR_clear_error();
	if (!s->cert)
		return error_new(ERROR_OTHER, "%s: no X.509 certificate in PEM or DER form", path);
	s->cert_path = realpath(path, NULL);
	if (!s->cert_path)
		return error_errno(errno, "%s", path);
	s->subject = subject_text(s->cert);
	id = X509_get0_subject_key_id(s->cert);
	s->key_id = id ? hex_text(ASN1_STRING_get0_data(id), ASN1_STRING_length(id)) : xstrdup("");
	return check_dates(s, path);
}

/* What the passphrase is asked for, and whether it was. */
struct passphrase {
	const char *given;	/* NULL: none */
	bool asked;
};

static int tell_passphrase(char *buf, int size, int writing, void *arg)
{
	struct passphrase *p = arg;
	size_t len = p->given ? strlen(p->given) : 0;

	p->asked = true;
	if (!p->given || len >= size)
		return -1;
	memcpy(buf, p->given, len);
	return len;
}

static const char *passphrase_of(const struct create *c)
{
	static const char name[] = "KBUILD_SIGN_PIN=";

	for (size_t i = 0; i < c->environment.n; i++)
		if (starts_with(c->environment.v[i], name))
			return c->environment.v[i] + strlen(name);
	return NULL;
}

static struct error *bad_key(const char *path, const struct passphrase *p)
{
	if (!p->asked)
		return error_new(ERROR_OTHER, "%s: no private key in PEM form", path);
	if (!p->given)
		return error_new(ERROR_OTHER, "%s: this key is protected by a passphrase: give that in the environment variable "
				 "KBUILD_SIGN_PIN", path);
	return error_new(ERROR_OTHER, "%s: KBUILD_SIGN_PIN in the environment is not the passphrase of this key", path);
}

/* Only to look whether it is the certificate's. sign-file reads it by itself. */
static struct error *check_key(const struct create *c, const struct signing *s, const char *path)
{
	struct passphrase p = {.given = passphrase_of(c)};
	BIO *in;
	EVP_PKEY *key;
	bool fits;

	errno = 0;
	in = access(path, R_OK) ? NULL : BIO_new_file(path, "r");
	if (!in)
		return error_errno(errno ?: EIO, "%s: the key to sign with", path);
	key = PEM_read_bio_PrivateKey(in, NULL, tell_passphrase, &p);
	BIO_free(in);
	fits = key && X509_check_private_key(s->cert, key) == 1;
	ERR_clear_error();
	EVP_PKEY_free(key);
	if (!key)
		return bad_key(path, &p);
	return fits ? NULL : error_new(ERROR_OTHER, "%s: is not the key of the certificate %s (%s)", path, c->opt.sign_cert,
				       s->subject);
}

static struct error *find_key(const struct create *c, struct signing *s)
{
	struct error *err;

	if (is_token(c->opt.sign_key)) {
		s->key = xstrdup(c->opt.sign_key);
		return NULL;
	}
	err = check_key(c, s, c->opt.sign_key);
	if (err)
		return err;
	/* A whole path, so that sign-file does not take a name for an option or a token. */
	s->key = realpath(c->opt.sign_key, NULL);
	return s->key ? NULL : error_errno(errno, "%s", c->opt.sign_key);
}

struct error *signing_open(struct create *c)
{
	struct signing *s;
	struct error *err;

	if (!c->opt.sign_key)
		return NULL;
	s = c->signing = xrealloc(NULL, sizeof(*s));
	*s = (struct signing){};
	err = read_certificate(s, c->opt.sign_cert);
	return err ?: find_key(c, s);
}

struct error *signing_for_kernel(struct create *c)
{
	if (!c->signing || c->kernel.module_hash)
		return NULL;
	return error_new(ERROR_USAGE, "%s: this kernel knows no signatures of modules (CONFIG_MODULE_SIG): leave --sign-key and "
			 "--sign-cert out", c->kernel.config);
}

/* A URI may have the PIN in it (RFC 7512), and sign-file tells which URI it was that did not work. */
static void hide_pin(char *text)
{
	while ((text = strstr(text, "pin-value="))) {
		text += strlen("pin-value=");
		for (; *text && !strchr("&;? \n'\"", *text); text++)
			*text = '*';
	}
}

/* With the user's whole environment: what stands between libcrypto and a token has variables of its own. */
static struct error *sign_file(struct create *c, const char *from, const char *to)
{
	const struct signing *s = c->signing;
	const char *const argv[] = {s->program, s->hash, s->key, s->cert_path, from, to, NULL};
	const struct subprocess p = {.argv = argv, .env = (const char *const *)c->environment.v};
	struct subprocess_result r;
	struct error *err = subprocess_run(&p, &r);

	if (err)
		return err;
	hide_pin(r.out);
	if (r.status)
		err = error_new(ERROR_OTHER, "cannot sign with %s (exit status %d of the kernel's sign-file)%s%s",
				is_token(s->key) ? "the key in the token" : c->opt.sign_key, r.status, *r.out ? ":\n" : "", r.out);
	subprocess_result_free(&r);
	return err;
}

/* Is it what was to be signed, and behind that a signature made with the certificate's key? */
static struct error *check_signed(const struct create *c, const char *plain_path, const char *path, struct module_signature **ret)
{
	_cleanup_free_ char *plain = NULL, *module = NULL;
	size_t plain_size, size;
	struct error *err = file_read(plain_path, UPDATE_SIZE_MAX, &plain, &plain_size);

	*ret = NULL;
	err = err ?: file_read(path, UPDATE_SIZE_MAX, &module, &size);
	if (err)
		return err;
	err = module_signature_verify(module, size, c->signing->cert);
	err = err ?: module_signature_read(module, size, ret);
	if (!err && ((*ret)->content_size != plain_size || memcmp(plain, module, plain_size)))
		err = error_new(ERROR_OTHER, "sign-file has changed more than that it has added a signature");
	if (!err && strcmp((*ret)->hash, c->signing->hash))
		err = error_new(ERROR_OTHER, "the signature is of %s and not of %s", (*ret)->hash, c->signing->hash);
	return err ? error_prefix(err, "%s", path) : NULL;
}

struct error *signing_sign(struct create *c, const char *from, const char *to)
{
	struct module_signature *made = NULL;
	struct error *err = sign_file(c, from, to);

	err = err ?: check_signed(c, from, to, &made);
	module_signature_free(c->signing->made);
	c->signing->made = made;
	return err;
}

struct error *signing_use(struct create *c, const char *program, const char *hash)
{
	struct signing *s = c->signing;

	s->program = realpath(program, NULL);
	s->hash = xstrdup(hash);
	return s->program ? NULL : error_errno(errno, "%s", program);
}

struct error *signing_try(struct create *c)
{
	static const char content[] = "is this the key of the certificate?\n";
	_cleanup_free_ char *from = xasprintf("%s/to-be-signed", c->ws.dir), *to = xasprintf("%s/signed", c->ws.dir);
	_cleanup_free_ char *program = xasprintf("%s/scripts/sign-file", c->ws.build);
	struct error *err = signing_use(c, program, c->kernel.module_hash);

	err = err ?: tree_write(from, content, strlen(content));
	err = err ?: signing_sign(c, from, to);
	err = err ?: tree_unlink(from);
	return err ?: tree_unlink(to);
}

static struct error *sign_module(struct create *c, const char *module, const char *from)
{
	_cleanup_free_ char *to = modules_packed_path(c, module);

	return signing_sign(c, from, to);
}

struct error *signing_run(struct create *c)
{
	_cleanup_free_ char *dir = xasprintf("%s/signed", c->ws.update), *core = modules_core_path(c);
	struct error *err;

	err = tree_empty(dir);
	err = err ?: sign_module(c, "ksplice", core);
	for (size_t i = 0; !err && i < c->nr_targets; i++) {
		const struct target *t = &c->targets[i];
		_cleanup_free_ char *match = modules_path(c, t->match_module), *code = modules_path(c, t->code_module);

		err = sign_module(c, t->match_module, match);
		err = err ?: sign_module(c, t->code_module, code);
	}
	return err;
}

const char *signing_subject(const struct signing *s)
{
	return s->subject;
}

const char *signing_key_id(const struct signing *s)
{
	return s->key_id ?: "";
}

const struct module_signature *signing_made(const struct signing *s)
{
	return s->made;
}

void signing_close(struct signing *s)
{
	if (!s)
		return;
	X509_free(s->cert);
	free(s->cert_path);
	free(s->key);
	free(s->program);
	free(s->hash);
	free(s->subject);
	free(s->key_id);
	module_signature_free(s->made);
	free(s);
}
