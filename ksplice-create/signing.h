/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Signs the update's modules, the core among them, with the sign-file of the kernel's own build.  Whether key and
 * certificate are any good is found out before the long work.
 */
#ifndef KSPLICE_CREATE_SIGNING_H
#define KSPLICE_CREATE_SIGNING_H

#include "ksplice-create/create.h"

/*
 * Reads the certificate of --sign-cert and looks at the key of --sign-key, if that is a file, and makes c->signing of
 * them; does nothing where there is no such option.  No part of the key is kept.  ERROR_OTHER: one cannot be read, the
 * certificate is not valid now, or the key is not the certificate's.
 */
struct error *signing_open(struct create *c);
/* After kernel_find(). ERROR_USAGE: the kernel knows no signatures. */
struct error *signing_for_kernel(struct create *c);
/* Signs with this sign-file, by this hash. */
struct error *signing_use(struct create *c, const char *program, const char *hash);
/*
 * After kbuild_prepare(): uses the sign-file that it has made, and signs a few bytes, so that a token without that key, or of
 * another PIN, is noticed.
 */
struct error *signing_try(struct create *c);
/* After modules_build_update(): a signed copy of each module, checked, where modules_packed_path() tells. */
struct error *signing_run(struct create *c);
/* Writes @to, which is @from with a signature, and checks it. */
struct error *signing_sign(struct create *c, const char *from, const char *to);
void signing_close(struct signing *s);

/* Whose key it is, as text in the signatures; of the subject and the key of the certificate, for people. */
const char *signing_subject(const struct signing *s);
const char *signing_key_id(const struct signing *s);	/* hex, as in /proc/keys; "" where the certificate has none */
const struct module_signature *signing_made(const struct signing *s); /* NULL: nothing was signed yet */

#endif
