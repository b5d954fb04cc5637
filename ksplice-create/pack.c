// SPDX-License-Identifier: GPL-2.0-or-later
/* Packs the update file. */
#include "ksplice-create/pack.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <archive.h>
#include <archive_entry.h>

#include "common/names.h"
#include "ksplice-create/modules.h"
#include "ksplice-create/new-file.h"
#include "ksplice-create/tree.h"

struct members {
	struct member *v;
	size_t n;
};

/* Takes @data. */
static void add(struct members *m, const char *name, char *data, size_t size)
{
	m->v = xrealloc(m->v, (m->n + 1) * sizeof(*m->v));
	m->v[m->n++] = (struct member){.name = xstrdup(name), .data = data, .size = size};
}

static struct error *add_module(const struct create *c, struct members *m, const char *module)
{
	_cleanup_free_ char *name = xasprintf("%s.ko", module), *path = modules_packed_path(c, module);
	size_t size;
	char *data;
	struct error *err = file_read(path, UPDATE_SIZE_MAX, &data, &size);

	if (!err)
		add(m, name, data, size);
	return err;
}

static int by_name(const void *a, const void *b)
{
	return strcmp(((const struct member *)a)->name, ((const struct member *)b)->name);
}

static struct error *collect(struct create *c, struct members *m)
{
	struct error *err = add_module(c, m, "ksplice");

	for (size_t i = 0; !err && i < c->nr_targets; i++) {
		err = add_module(c, m, c->targets[i].match_module);
		err = err ?: add_module(c, m, c->targets[i].code_module);
	}
	if (err)
		return err;
	add(m, "patch", xstrndup(c->patches.text.s, c->patches.text.len), c->patches.text.len);
	qsort(m->v, m->n, sizeof(*m->v), by_name);
	return NULL;
}

static void members_free(struct members *m)
{
	for (size_t i = 0; i < m->n; i++) {
		free(m->v[i].name);
		free(m->v[i].data);
	}
	free(m->v);
}

static struct error *check_limits(const struct member *m, size_t nr)
{
	size_t size = 0;

	for (size_t i = 0; i < nr; i++)
		size += m[i].size;
	if (nr + 1 > UPDATE_FILES_MAX)
		return error_new(ERROR_OTHER, "the update would have %zu files, more than the %d that are allowed: take several "
				 "diffs", nr + 1, UPDATE_FILES_MAX);
	if (size > UPDATE_SIZE_MAX)
		return error_new(ERROR_OTHER, "the update would be larger than %u bytes: take several diffs", UPDATE_SIZE_MAX);
	return NULL;
}

static int write_entry(struct archive *a, const char *name, mode_t type, const void *data, size_t size, time_t when)
{
	struct archive_entry *e = archive_entry_new();
	int ret;

	archive_entry_set_pathname(e, name);
	archive_entry_set_filetype(e, type);
	archive_entry_set_perm(e, type == AE_IFDIR ? 0755 : 0644);
	archive_entry_set_size(e, size);
	archive_entry_set_mtime(e, when, 0);
	archive_entry_set_uname(e, "root");
	archive_entry_set_gname(e, "root");
	ret = archive_write_header(a, e);
	if (ret == ARCHIVE_OK && size && archive_write_data(a, data, size) != (la_ssize_t)size)
		ret = ARCHIVE_FATAL;
	archive_entry_free(e);
	return ret;
}

/* What an update file is made of. */
struct contents {
	const char *id;
	const struct member *members;
	size_t nr;
	const char *manifest;
	time_t when;
};

static int write_all(struct archive *a, const struct contents *c)
{
	_cleanup_free_ char *dir = xasprintf("ksplice-%s/", c->id);
	_cleanup_free_ char *first = xasprintf("%smanifest.json", dir);
	int ret = write_entry(a, dir, AE_IFDIR, NULL, 0, c->when);

	if (ret == ARCHIVE_OK)
		ret = write_entry(a, first, AE_IFREG, c->manifest, strlen(c->manifest), c->when);
	for (size_t i = 0; ret == ARCHIVE_OK && i < c->nr; i++) {
		_cleanup_free_ char *name = xasprintf("%s%s", dir, c->members[i].name);

		ret = write_entry(a, name, AE_IFREG, c->members[i].data, c->members[i].size, c->when);
	}
	return ret;
}

/* @path: for messages. */
static struct error *write_archive(const struct contents *c, int fd, const char *path)
{
	struct archive *a = archive_write_new();
	struct error *err = NULL;

	archive_write_add_filter_gzip(a);
	/* No time in gzip's header, which is not the file's. */
	archive_write_set_filter_option(a, "gzip", "timestamp", NULL);
	archive_write_set_format_ustar(a);
	/* As libarchive does for files it opens itself: a whole block is only for tapes. */
	archive_write_set_bytes_in_last_block(a, 1);
	if (archive_write_open_fd(a, fd) != ARCHIVE_OK || write_all(a, c) != ARCHIVE_OK ||
	    archive_write_close(a) != ARCHIVE_OK)
		err = error_new(ERROR_SYSTEM, "%s: %s", path, archive_error_string(a) ?: "cannot write");
	archive_write_free(a);
	return err;
}

static struct error *write_output(const struct contents *c, const char *output)
{
	struct new_file file;
	struct error *err = new_file_open(&file, output);

	if (err)
		return err;
	err = write_archive(c, file.fd, output);
	if (!err)
		return new_file_finish(&file);
	new_file_drop(&file);
	return err;
}

/* https://reproducible-builds.org/specs/source-date-epoch/ */
static time_t timestamp(void)
{
	const char *epoch = getenv("SOURCE_DATE_EPOCH");
	char *end;
	long long when;

	if (epoch && *epoch) {
		when = strtoll(epoch, &end, 10);
		if (!*end && when >= 0)
			return when;
	}
	return time(NULL);
}

struct error *pack_write(const char *id, const struct member *members, size_t nr, const char *manifest, const char *output)
{
	const struct contents c = {id, members, nr, manifest, timestamp()};
	struct error *err = check_limits(members, nr);

	return err ?: write_output(&c, output);
}

struct error *pack_update(struct create *c)
{
	_cleanup_free_ char *output = c->opt.output ? xstrdup(c->opt.output) : xasprintf("ksplice-%s.tar.gz", c->opt.id);
	_cleanup_free_ char *manifest = NULL;
	struct members m = {};
	struct error *err = collect(c, &m);

	err = err ?: manifest_make(c, m.v, m.n, timestamp(), &manifest);
	err = err ?: pack_write(c->opt.id, m.v, m.n, manifest, output);
	if (!err)
		c->output = xstrdup(output);
	members_free(&m);
	return err;
}
