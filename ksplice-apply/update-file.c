// SPDX-License-Identifier: GPL-2.0-or-later
/* Reads an update file: unpacks it in memory and checks all of it against its manifest. */
#include "ksplice-apply/update-file.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/file.h"
#include "ksplice-apply/gunzip.h"

/* Headers, padding and the blocks at the end, beside what is in the files; pax headers included. */
#define TAR_OVERHEAD	(UPDATE_FILES_MAX * 8192u + (1u << 20))
#define TAR_MAX		(UPDATE_SIZE_MAX + TAR_OVERHEAD)

/* What reading an archive has come to. */
struct reading {
	struct archive *archive;
	struct update *update;
	char dir[sizeof("ksplice-") + UPDATE_ID_MAX];	/* of the first entry, without slash; "" before it */
	bool dir_seen;			/* as an entry of its own */
	uint64_t total;			/* bytes in files */
};

static struct error *bad(const char *name, const char *what)
{
	return error_new(ERROR_BAD_FILE, "%.300s: %s", name, what);
}

/* Names are printed only after a look at their characters: they may hold anything. */
static struct error *bad_name(void)
{
	return error_new(ERROR_BAD_FILE, "a name in the archive is not ksplice-ID/FILE");
}

/* Splits "ksplice-ID/FILE"; *@file is "" for the directory itself. */
static struct error *check_path(struct reading *r, const char *path, const char **file)
{
	const char *slash = path ? strchr(path, '/') : NULL;
	size_t len;

	if (!path || strncmp(path, "ksplice-", 8))
		return bad_name();
	len = slash ? slash - path : strlen(path);
	if (len >= sizeof(r->dir))
		return bad_name();
	if (!r->dir[0]) {
		memcpy(r->dir, path, len);
		r->dir[len] = 0;
		if (!update_id_valid(r->dir + 8))
			return bad_name();
	}
	if (strlen(r->dir) != len || memcmp(r->dir, path, len))
		return error_new(ERROR_BAD_FILE, "the archive has more than the one directory %s", r->dir);
	*file = slash ? slash + 1 : "";
	if (**file && !update_file_name_valid(*file))
		return bad_name();
	return NULL;
}

static struct error *check_entry(struct reading *r, struct archive_entry *e, const char *file)
{
	int type = archive_entry_filetype(e);

	if (archive_entry_hardlink(e) || archive_entry_symlink(e) || (type != AE_IFREG && type != AE_IFDIR))
		return bad(*file ? file : r->dir, "neither a regular file nor the directory");
	if ((type == AE_IFDIR) != !*file)
		return bad(*file ? file : r->dir, "a directory where there should be a file, or the reverse");
	if (type == AE_IFDIR) {
		if (r->dir_seen)
			return bad(r->dir, "there twice");
		r->dir_seen = true;
		return NULL;
	}
	if (r->update->nr_files == UPDATE_FILES_MAX)
		return error_new(ERROR_BAD_FILE, "more than %d files", UPDATE_FILES_MAX);
	if (!archive_entry_size_is_set(e) || archive_entry_size(e) < 0 || archive_entry_sparse_count(e))
		return bad(file, "has no plain size");
	r->total += archive_entry_size(e);
	if (r->total > UPDATE_SIZE_MAX || (uint64_t)archive_entry_size(e) > UPDATE_SIZE_MAX)
		return error_new(ERROR_BAD_FILE, "the files have more than %u bytes", UPDATE_SIZE_MAX);
	if (r->update->nr_files == 0 && strcmp(file, MANIFEST_NAME))
		return bad(file, "is first, where " MANIFEST_NAME " belongs");
	for (size_t i = 0; i < r->update->nr_files; i++)
		if (!strcmp(r->update->files[i].name, file))
			return bad(file, "there twice");
	return NULL;
}

static struct error *keep_file(struct reading *r, struct archive_entry *e, const char *name)
{
	struct update_file *f = &r->update->files[r->update->nr_files];
	size_t size = archive_entry_size(e);
	char more;

	f->name = strdup(name);
	f->data = calloc(1, size + 1);
	r->update->nr_files++;
	if (!f->name || !f->data)
		return error_errno(ENOMEM, "%s", name);
	f->size = size;
	if (archive_read_data(r->archive, f->data, size) != (la_ssize_t)size ||
	    archive_read_data(r->archive, &more, 1) != 0)
		return bad(name, "truncated");
	return NULL;
}

static struct error *read_entry(struct reading *r, struct archive_entry *e)
{
	struct error *err;
	const char *file = "";

	err = check_path(r, archive_entry_pathname(e), &file);
	if (!err)
		err = check_entry(r, e, file);
	if (!err && *file)
		err = keep_file(r, e, file);
	return err;
}

static struct error *read_entries(struct reading *r)
{
	struct archive_entry *e;
	struct error *err;
	int ret;

	/* A warning is an error too: ksplice-create makes nothing to warn of. */
	while ((ret = archive_read_next_header(r->archive, &e)) == ARCHIVE_OK) {
		err = read_entry(r, e);
		if (err)
			return err;
	}
	if (ret != ARCHIVE_EOF)
		return error_new(ERROR_BAD_FILE, "not a tar archive as it should be");
	if (!r->update->nr_files)
		return error_new(ERROR_BAD_FILE, "there is no file in it");
	return NULL;
}

/* Behind the end mark of an archive, tar programs read no more; whatever is there has no business there. */
static struct error *check_rest(struct archive *a, const unsigned char *tar, size_t size)
{
	la_int64_t pos = archive_filter_bytes(a, 0);

	if (pos < 0 || (uint64_t)pos > size)
		return error_new(ERROR_BAD_FILE, "the archive has no end");
	for (size_t i = pos; i < size; i++)
		if (tar[i])
			return error_new(ERROR_BAD_FILE, "there is something behind the end of the archive");
	return NULL;
}

static struct error *read_tar(const void *tar, size_t size, struct reading *r)
{
	struct error *err;

	r->archive = archive_read_new();
	if (!r->archive)
		return error_errno(ENOMEM, "libarchive");
	archive_read_support_format_tar(r->archive);
	if (archive_read_open_memory(r->archive, tar, size) != ARCHIVE_OK)
		err = error_new(ERROR_BAD_FILE, "not a tar archive");
	else
		err = read_entries(r);
	if (!err)
		err = check_rest(r->archive, tar, size);
	archive_read_free(r->archive);
	return err;
}

static struct error *check_content(const struct update_file *f, const struct manifest_file *m)
{
	char hex[SHA256_HEX_SIZE];
	struct error *err;

	if (!m)
		return bad(f->name, "is in the archive but not in its manifest");
	if (f->size != m->size)
		return bad(f->name, "has not the size that the manifest gives");
	err = sha256_hex(f->data, f->size, hex);
	if (!err && strcmp(hex, m->sha256))
		err = bad(f->name, "is not what the manifest says: its SHA-256 differs");
	return err;
}

static struct error *check_against_manifest(struct reading *r)
{
	struct update *u = r->update;
	struct error *err;

	err = manifest_parse(u->files[0].data, u->files[0].size, &u->manifest);
	if (err)
		return err;
	if (strcmp(u->manifest->id, r->dir + 8))
		return error_new(ERROR_BAD_FILE, "the directory is %s but the id %s", r->dir, u->manifest->id);
	for (size_t i = 1; i < u->nr_files; i++) {
		err = check_content(&u->files[i], manifest_file(u->manifest, u->files[i].name));
		if (err)
			return err;
	}
	for (size_t i = 0; i < u->manifest->nr_files; i++)
		if (!update_find(u, u->manifest->files[i].name))
			return bad(u->manifest->files[i].name, "is in the manifest but not in the archive");
	return NULL;
}

struct error *update_read_memory(const char *name, const void *data, size_t size, struct update **ret)
{
	struct reading r = { .update = calloc(1, sizeof(struct update)) };
	struct error *err;
	size_t tar_size;
	void *tar;

	if (!r.update)
		return error_errno(ENOMEM, "%s", name);
	err = gunzip(data, size, TAR_MAX, &tar, &tar_size);
	if (!err) {
		err = read_tar(tar, tar_size, &r);
		free(tar);
	}
	if (!err)
		err = check_against_manifest(&r);
	if (err) {
		update_free(r.update);
		return error_prefix(err, "%s", name);
	}
	*ret = r.update;
	return NULL;
}

/* Not blocking, or a fifo would hang us; a terminal must not become ours. */
static struct error *open_regular(const char *path, int *fd)
{
	struct stat st;

	*fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	if (*fd < 0)
		return error_errno(errno, "%s", path);
	if (!fstat(*fd, &st) && S_ISREG(st.st_mode))
		return NULL;
	close(*fd);
	return error_new(ERROR_BAD_FILE, "%s: not a regular file", path);
}

struct error *update_read(const char *path, struct update **update)
{
	struct error *err;
	size_t size;
	char *data;
	int fd;

	err = open_regular(path, &fd);
	if (err)
		return err;
	err = file_read_fd(fd, path, UPDATE_SIZE_MAX, &data, &size);
	close(fd);
	if (err)
		return err;
	err = update_read_memory(path, data, size, update);
	free(data);
	return err;
}

void update_free(struct update *update)
{
	if (!update)
		return;
	for (size_t i = 0; i < update->nr_files; i++) {
		free(update->files[i].name);
		free(update->files[i].data);
	}
	manifest_free(update->manifest);
	free(update);
}

const struct update_file *update_find(const struct update *update, const char *name)
{
	for (size_t i = 0; i < update->nr_files; i++)
		if (!strcmp(update->files[i].name, name))
			return &update->files[i];
	return NULL;
}
