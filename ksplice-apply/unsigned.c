// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The kernel has one errno for several reasons (module_sig_check() in kernel/module/signing.c, 6.1 and 6.12):
 *
 *	EKEYREJECTED	with module.sig_enforce: not signed, or by a key that it does not know, or in a way that it does not
 *			know; its log tells which.  Always: signed, but these are not the bytes, or the key is revoked.
 *	EPERM		with lockdown and without module.sig_enforce: the first three
 *	EBADMSG, ...	what is behind the module is no signature
 *
 * What the module itself has at its end tells the rest, also where the log may not be read.
 */
#include "ksplice-apply/unsigned.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "common/file.h"
#include "common/module-signature.h"

#define SEE	"ksplice-apply(8) tells how, under SIGNATURES."

/* "integrity" of "none [integrity] confidentiality"; to be freed, NULL: none, or it cannot be read. */
static char *lockdown_level(const struct kernel *k)
{
	char *text, *open, *level = NULL;
	struct error *err;

	err = file_read(k->lockdown, 4096, &text, NULL);
	if (err) {
		error_free(err);
		return NULL;
	}
	open = strchr(text, '[');
	if (open && strncmp(open, "[none]", 6))
		level = strndup(open + 1, strcspn(open + 1, "]"));
	free(text);
	return level;
}

/* Why signatures are asked for: errnum tells, and for lockdown its file, or, where no securityfs is mounted, the log. */
static const char *demand(int errnum, const char *level)
{
	if (errnum == EKEYREJECTED)
		return "module.sig_enforce";
	if (!level)
		return "lockdown";
	return strcmp(level, "confidentiality") ? "lockdown=integrity" : "lockdown=confidentiality";
}

static struct error *not_signed(const char *name, const char *why)
{
	return error_new(ERROR_REFUSED, "%s: is not signed, and this kernel loads only modules that are signed by a key that it "
			 "knows (%s)\nHave the update made with ksplice-create --sign-key and --sign-cert. " SEE, name, why);
}

static struct error *key_unknown(const char *name, const char *why, const char *key)
{
	return error_new(ERROR_REFUSED, "%s: is signed by a key that this kernel does not know (%s), and it loads no others (%s)\n"
			 "Enrol the certificate here, or have the update signed by a key that is enrolled. " SEE, name, key, why);
}

static struct error *algorithm_unknown(const char *name, const char *why, const char *key, const char *hash)
{
	return error_new(ERROR_REFUSED, "%s: is signed (%s) in a way that this kernel cannot check, with %s, and it loads no such "
			 "module (%s)\nHave the update signed with a key of the kind that the kernel's own modules are signed with.",
			 name, key, hash, why);
}

static struct error *not_the_bytes(const char *name, const char *key)
{
	return error_new(ERROR_REFUSED, "%s: is not what was signed (%s): it was altered after that; or key or module are "
			 "revoked on this machine\nDo not use this file. Get the update again from who has made it.", name, key);
}

/* Without the log, EKEYREJECTED may be either. */
static struct error *either(const char *name, const char *key)
{
	return error_new(ERROR_REFUSED, "%s: the kernel does not accept its signature (%s): either it does not know that key, or "
			 "the module was altered after it was signed\nThe kernel's log (dmesg) tells which. Enrol the certificate "
			 "here, or get the update again from who has made it. " SEE, name, key);
}

static struct error *signed_error(const char *name, const struct module_signature *s, int errnum, const char *why, const char *said)
{
	char *key = module_signature_key(s);
	struct error *err;

	if (!key)
		return error_errno(ENOMEM, "%s", name);
	if (said && strstr(said, "module with unsupported crypto"))
		err = algorithm_unknown(name, why, key, s->hash);
	else if (errnum == EPERM || errnum == ENOKEY || (said && strstr(said, "module with unavailable key")))
		err = key_unknown(name, why, key);
	else if (said)
		err = not_the_bytes(name, key);
	else
		err = either(name, key);
	free(key);
	return err;
}

static bool is_about_signatures(int errnum, const char *level, const char *said)
{
	if (errnum == EPERM)
		return level || (said && strstr(said, "Lockdown:"));
	return errnum == EKEYREJECTED || errnum == ENOKEY;
}

struct error *unsigned_error(const struct kernel *k, const char *name, const void *image, size_t size, int errnum,
			     const char *said)
{
	char *level = lockdown_level(k);
	struct module_signature *s = NULL;
	struct error *err = NULL;

	if (is_about_signatures(errnum, level, said)) {
		err = module_signature_read(image, size, &s);
		if (err)
			err = error_prefix(err, "%s", name);
		else
			err = s ? signed_error(name, s, errnum, demand(errnum, level), said) : not_signed(name, demand(errnum, level));
	}
	module_signature_free(s);
	free(level);
	return err;
}
