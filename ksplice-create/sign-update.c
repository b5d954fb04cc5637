// SPDX-License-Identifier: GPL-2.0-or-later
/* Signs an update file that is there already. */
#include "ksplice-create/sign-update.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "common/module-signature.h"
#include "ksplice-apply/update-file.h"
#include "ksplice-create/pack.h"
#include "ksplice-create/signing.h"
#include "ksplice-create/tree.h"

/* Where Debian and others have the sign-file of a kernel; %s: its release, %V: "6.1". */
static char *find_sign_file(const char *release)
{
	size_t major = strspn(release, "0123456789"), minor = release[major] == '.' ? strspn(release + major + 1, "0123456789") : 0;
	_cleanup_strv_ struct strv places = STRV_INIT;

	strv_addf(&places, "/usr/lib/linux-kbuild-%.*s/scripts/sign-file", (int)(major + 1 + minor), release);
	strv_addf(&places, "/lib/modules/%s/build/scripts/sign-file", release);
	strv_addf(&places, "/usr/src/linux-headers-%s/scripts/sign-file", release);
	for (size_t i = 0; i < places.n; i++)
		if (path_exists(places.v[i]))
			return xstrdup(places.v[i]);
	return NULL;
}

static struct error *prepare(struct create *c, const struct manifest *m)
{
	const char *hash = json_string_value(json_object_get(json_object_get(m->root, "kernel"), "module_hash"));
	_cleanup_free_ char *program = c->opt.sign_file ? xstrdup(c->opt.sign_file) : find_sign_file(m->release);

	if (!hash)
		return error_new(ERROR_USAGE, "%s: does not tell by what hash modules of its kernel are signed: that kernel knows no "
				 "signatures, or the update was made by a ksplice-create that did not note it", c->opt.sign);
	if (!program)
		return error_new(ERROR_OTHER, "the sign-file of %s is not here: install the Debian package linux-kbuild of that "
				 "kernel, or give --sign-file=PROGRAM, scripts/sign-file of its build", m->release);
	return signing_use(c, program, hash);
}

/* One module, by way of files in @dir: without a signature, and with ours. */
static struct error *sign_one(struct create *c, const char *dir, struct update_file *f)
{
	_cleanup_free_ char *from = xasprintf("%s/plain", dir), *to = xasprintf("%s/signed", dir);
	struct module_signature *old;
	size_t size = f->size;
	struct error *err = module_signature_read(f->data, f->size, &old);
	char *data;

	if (err)
		return error_prefix(err, "%s", f->name);
	if (old)
		size = old->content_size;
	module_signature_free(old);
	err = tree_write(from, f->data, size);
	err = err ?: signing_sign(c, from, to);
	err = err ?: file_read(to, UPDATE_SIZE_MAX, &data, &size);
	if (err)
		return error_prefix(err, "%s", f->name);
	free(f->data);
	f->data = data;
	f->size = size;
	return NULL;
}

static struct error *sign_all(struct create *c, struct update *u)
{
	_cleanup_free_ char *dir = xasprintf("%s/ksplice-sign-XXXXXX", getenv("TMPDIR") ?: "/tmp");
	struct error *err = NULL;

	if (!mkdtemp(dir))
		return error_errno(errno, "%s", dir);
	/* Of what is in an update, the manifest comes first, and the patch alone is no module. */
	for (size_t i = 1; !err && i < u->nr_files; i++)
		if (strcmp(u->files[i].name, u->manifest->patch))
			err = sign_one(c, dir, &u->files[i]);
	return error_first(err, tree_remove(dir));
}

static struct error *write_update(struct create *c, const struct update *u, const char *output)
{
	struct member *members = xrealloc(NULL, u->nr_files * sizeof(*members));
	_cleanup_free_ char *manifest = NULL;
	struct error *err;

	for (size_t i = 1; i < u->nr_files; i++)
		members[i - 1] = (struct member){u->files[i].name, u->files[i].data, u->files[i].size};
	err = manifest_agree(u->manifest->root, members, u->nr_files - 1, &manifest);
	err = err ?: pack_write(u->manifest->id, members, u->nr_files - 1, manifest, output);
	free(members);
	return err;
}

struct error *sign_update(struct create *c)
{
	const char *output = c->opt.output ?: c->opt.sign;
	struct update *u = NULL;
	struct error *err = signing_open(c);

	err = err ?: update_read(c->opt.sign, &u);
	if (err)
		return err;
	free(c->opt.id);
	c->opt.id = xstrdup(u->manifest->id);
	c->kernel.release = xstrdup(u->manifest->release);
	err = prepare(c, u->manifest);
	err = err ?: sign_all(c, u);
	err = err ?: write_update(c, u, output);
	if (!err)
		c->output = xstrdup(output);
	update_free(u);
	return err;
}
