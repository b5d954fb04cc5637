/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Digests of preprocessed units and the names that units use, kept in the work directory by the tree that they were made from. */
#ifndef KSPLICE_CREATE_DIGEST_STORE_H
#define KSPLICE_CREATE_DIGEST_STORE_H

#include "common/sha256.h"
#include "ksplice-create/digests.h"
#include "ksplice-create/strmap.h"

/* The digests of both sides, by unit and what the unit might include of the diff; all zero: none. */
struct digest_store {
	struct strmap keys;	/* "UNIT TOUCHED" */
	struct strv hex;
};

/* Adds those of the file @path, if it is there. */
struct error *digest_store_load(const char *path, struct digest_store *d);
struct error *digest_store_save(const char *path, const struct digest_store *d);
void digest_store_free(struct digest_store *d);

/* What the digest of one side of a unit is put under. Owned by the caller. */
char *digest_key(const struct suspect *s, bool post);
void digest_store_put(struct digest_store *d, const char *key, const char *hex);
/* NULL: there is none. Borrowed from the store, until one is put there. */
const char *digest_store_get(const struct digest_store *d, const struct suspect *s, bool post);

/* Where, in directory @dir, the names are that the unpatched unit uses. Owned by the caller. */
char *digest_names_path(const char *dir, const char *unit);

/* Of what is in @dir, leaves the @kept that were used last. */
struct error *digest_store_drop_old(const char *dir, size_t kept);

#endif
