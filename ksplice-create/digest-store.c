// SPDX-License-Identifier: GPL-2.0-or-later
#include "ksplice-create/digest-store.h"

#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "ksplice-create/tree.h"

void digest_store_free(struct digest_store *d)
{
	strmap_free(&d->keys);
	strv_free(&d->hex);
}

char *digest_key(const struct suspect *s, bool post)
{
	return xasprintf("%s %.16s", s->unit, post ? s->touched : "unpatched");
}

void digest_store_put(struct digest_store *d, const char *key, const char *hex)
{
	size_t known = d->keys.names.n;

	/* One that was made again for its names is the same. */
	if (strmap_add(&d->keys, key) == known)
		strv_add(&d->hex, hex);
}

const char *digest_store_get(const struct digest_store *d, const struct suspect *s, bool post)
{
	_cleanup_free_ char *key = digest_key(s, post);
	size_t n = strmap_find(&d->keys, key);

	return n == STRMAP_NONE ? NULL : d->hex.v[n];
}

/* Lines "UNIT TOUCHED HEX". */
struct error *digest_store_load(const char *path, struct digest_store *d)
{
	_cleanup_free_ char *text = NULL;
	char *save = NULL;
	struct error *err;

	if (!path_exists(path))
		return NULL;
	err = file_read(path, TEXT_MAX, &text, NULL);
	if (err)
		return err;
	for (char *line = strtok_r(text, "\n", &save); line; line = strtok_r(NULL, "\n", &save)) {
		char *hex = strrchr(line, ' ');

		/* The last line of a full disk. */
		if (!hex || strlen(hex + 1) != SHA256_HEX_SIZE - 1)
			continue;
		*hex = 0;
		digest_store_put(d, line, hex + 1);
	}
	return NULL;
}

struct error *digest_store_save(const char *path, const struct digest_store *d)
{
	_cleanup_str_ struct str text = STR_INIT;

	for (size_t i = 0; i < d->keys.names.n; i++)
		str_addf(&text, "%s %s\n", d->keys.names.v[i], d->hex.v[i]);
	return tree_write(path, text.s ?: "", text.len);
}

/* Those of trees that were looked at long ago. */
struct error *digest_store_drop_old(const char *dir, size_t kept)
{
	_cleanup_strv_ struct strv names = STRV_INIT;
	struct error *err = path_is_dir(dir) ? tree_list(dir, &names) : NULL;

	while (!err && names.n > kept) {
		time_t oldest = 0;
		size_t which = 0;

		for (size_t i = 0; i < names.n; i++) {
			_cleanup_free_ char *path = xasprintf("%s/%s", dir, names.v[i]);
			struct stat st;

			if (!stat(path, &st) && (!i || st.st_mtime < oldest)) {
				oldest = st.st_mtime;
				which = i;
			}
		}
		_cleanup_free_ char *path = xasprintf("%s/%s", dir, names.v[which]);

		err = tree_remove(path);
		free(names.v[which]);
		names.v[which] = names.v[--names.n];
		names.v[names.n] = NULL;
	}
	return err;
}

/* Where the names are that the unpatched unit uses. */
char *digest_names_path(const char *dir, const char *unit)
{
	char *path = xasprintf("%s/%s", dir, unit);

	for (char *p = path + strlen(dir) + 1; *p; p++)
		*p = *p == '/' ? '~' : *p;
	return path;
}
