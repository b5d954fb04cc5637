// SPDX-License-Identifier: GPL-2.0-or-later
/* Has kbuild preprocess suspects, keeps digests of what came out, and compares them. */
#include "ksplice-create/digests.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include "common/sha256.h"
#include "ksplice-create/digest-store.h"
#include "ksplice-create/kbuild.h"
#include "ksplice-create/preprocessor.h"
#include "ksplice-create/progress.h"
#include "ksplice-create/tree.h"
#include "ksplice-create/used-names.h"
#include "ksplice-create/workspace.h"

/* Of what declarations.h takes for used and source-types.h for staying, and of includes_made() of preprocessor.c: digests of another one cannot be compared with. */
#define DIGEST_VERSION 6
#define AT_A_TIME 256	/* units: what is lost when the user does not want to wait */
#define GENERATIONS_KEPT 8 /* of the tree: each is a few hundred kilobytes */
#define NAMES_KEPT 2	/* likewise: each is some tens of megabytes */

/* From beside the digest, if they are there. */
static struct error *keep_names(const char *digest, const char *dir, const char *unit, bool post)
{
	_cleanup_free_ char *from = xasprintf("%s" DIGEST_NAMES_SUFFIX, digest), *to = digest_names_path(dir, unit);

	if (!path_exists(from))
		return NULL;
	return post ? tree_unlink(from) : tree_move(from, to);
}

/* Preprocesses the suspects, and adds their digests to @have. */
static struct error *make_some(struct create *c, const struct suspect *const *list, size_t nr, bool post, const char *names,
			       struct digest_store *have)
{
	_cleanup_strv_ struct strv c_units = STRV_INIT, asm_units = STRV_INIT;
	struct error *err;

	for (size_t i = 0; i < nr; i++)
		strv_add(list[i]->assembler ? &asm_units : &c_units, list[i]->unit);
	err = kbuild_preprocess(c, DIGEST, &c_units, &asm_units);
	for (size_t i = 0; !err && i < nr; i++) {
		_cleanup_free_ char *key = digest_key(list[i], post), *path = kbuild_preprocessed(c, list[i]->unit, list[i]->assembler);
		_cleanup_free_ char *hex = NULL;

		err = file_read(path, SHA256_HEX_SIZE, &hex, NULL);
		if (!err && strlen(hex) != SHA256_HEX_SIZE - 1)
			err = error_new(ERROR_BAD_FILE, "%s: no digest", path);
		err = err ?: keep_names(path, names, list[i]->unit, post);
		err = err ?: tree_unlink(path);
		if (!err)
			digest_store_put(have, key, hex);
	}
	return err;
}

/* Is there all that is asked of one side of a unit? */
static bool is_made(const struct digest_store *have, const struct suspect *s, bool post, const char *names)
{
	const char *hex = digest_store_get(have, s, post);
	_cleanup_free_ char *path = digest_names_path(names, s->unit);

	if (post || !hex)
		return hex || s->spared;
	return !s->names_known || s->assembler || !strcmp(hex, DIGEST_UNKNOWN) || path_exists(path);
}

/* Makes what @have lacks of one side, from the view as it is; saves it to @path now and then, as the user may not want to wait. */
static struct error *make_digests(struct create *c, const struct suspect *list, size_t nr, bool post, const char *path,
				  const char *names, struct digest_store *have)
{
	_cleanup_free_ const struct suspect **missing = xrealloc(NULL, (nr + 1) * sizeof(*missing));
	struct progress progress;
	struct error *err = NULL;
	size_t n = 0;

	for (size_t i = 0; i < nr; i++)
		if (!is_made(have, &list[i], post, names))
			missing[n++] = &list[i];
	if (!n)
		return NULL;
	progress_begin(&progress, c, n);
	for (size_t i = 0; !err && i < n; i += AT_A_TIME) {
		err = make_some(c, missing + i, n - i < AT_A_TIME ? n - i : AT_A_TIME, post, names, have);
		err = err ?: digest_store_save(path, have);
	}
	progress_end(&progress);
	return err;
}

static struct error *make_post(struct create *c, const struct suspect *list, size_t nr, const char *path, const char *names,
			       struct digest_store *have)
{
	struct error *err = workspace_patched(c);

	err = err ?: make_digests(c, list, nr, true, path, names, have);
	err = err ? error_prefix(err, "preprocessing the patched source") : NULL;
	return error_first(err, workspace_unpatched(c));
}

/* Those that use nothing of what is another thing in the touched headers need not be preprocessed with the diff. */
static struct error *spare(struct create *c, struct suspect *list, size_t nr, const char *names, const struct digest_store *have)
{
	struct error *err = NULL;
	size_t n = 0;

	for (size_t i = 0; !err && i < nr; i++) {
		_cleanup_free_ char *path = digest_names_path(names, list[i].unit);
		bool any;

		if (!list[i].names_known || list[i].assembler || !strcmp(digest_store_get(have, &list[i], false), DIGEST_UNKNOWN))
			continue;
		err = used_names_any(path, &list[i].names, &any);
		list[i].spared = !err && !any;
		n += list[i].spared;
	}
	if (n)
		log_detail(&c->log, "%zu units use nothing of what the touched headers declare differently", n);
	return err;
}

struct error *digests_compare(struct create *c, struct suspect *list, size_t nr, const char *tree)
{
	_cleanup_free_ char *dir = xasprintf("%s/digests", c->ws.dir), *path = xasprintf("%s/%d-%.16s", dir, DIGEST_VERSION, tree);
	_cleanup_free_ char *all = xasprintf("%s/names", c->ws.dir), *names = xasprintf("%s/%d-%.16s", all, DIGEST_VERSION, tree);
	struct digest_store have = {};
	struct error *err = digest_store_load(path, &have);

	err = err ?: make_digests(c, list, nr, false, path, names, &have);
	err = err ?: spare(c, list, nr, names, &have);
	err = err ?: make_post(c, list, nr, path, names, &have);
	/* What is used now is not what was looked at long ago. */
	utimensat(AT_FDCWD, path, NULL, 0);
	utimensat(AT_FDCWD, names, NULL, 0);
	err = err ?: digest_store_drop_old(dir, GENERATIONS_KEPT) ?: digest_store_drop_old(all, NAMES_KEPT);
	for (size_t i = 0; !err && i < nr; i++) {
		const char *pre = digest_store_get(&have, &list[i], false), *post = list[i].spared ? pre : digest_store_get(&have, &list[i], true);

		list[i].differs = strcmp(pre, post) || !strcmp(pre, DIGEST_UNKNOWN);
	}
	digest_store_free(&have);
	return err;
}
