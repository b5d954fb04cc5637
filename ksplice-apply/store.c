// SPDX-License-Identifier: GPL-2.0-or-later
/* Keeps the lock, and manifest and diff of applied updates, in /run/ksplice. */
#include "ksplice-apply/store.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/file.h"

#define LOCK_PAUSE	50	/* ms */
#define DIR_MAX		(PATH_MAX - 64)	/* leaves room for our file names */
#define PATCH_NAME	"patch"

/* In a directory that others may write to, they could put links where we write. */
static struct error *check_dir(const char *path)
{
	struct stat st;

	if (lstat(path, &st))
		return error_errno(errno, "%s", path);
	if (!S_ISDIR(st.st_mode) || st.st_uid != geteuid() || (st.st_mode & (S_IWGRP | S_IWOTH)))
		return error_new(ERROR_REFUSED, "%s: not a directory of our own that nobody else may write to", path);
	return NULL;
}

/* Takes @err, NULL or why something could not be written in our directory. */
static struct error *say_what_for(const struct kernel *k, struct error *err)
{
	struct error *more;

	if (!err)
		return NULL;
	more = error_new(err->kind, "%s\nThe tools keep their lock, and what they need of updates that are applied, in %s: it must be a directory "
			 "of their own with room, in which they may write, or not be there.", err->text, k->run);
	error_free(err);
	return more;
}

static struct error *take_lock(const struct kernel *k, int fd, const char *path, unsigned int timeout_ms)
{
	long long end = k->now(k) + timeout_ms * 1000LL;

	while (flock(fd, LOCK_EX | LOCK_NB)) {
		if (errno != EWOULDBLOCK && errno != EINTR)
			return error_errno(errno, "%s", path);
		if (k->now(k) >= end)
			return error_new(ERROR_BUSY, "another ksplice tool is at work (it holds %s)", path);
		k->sleep(k, LOCK_PAUSE);
	}
	return NULL;
}

static struct error *open_lock(const struct kernel *k, char path[PATH_MAX], int *fd)
{
	struct error *err;

	if (mkdir(k->run, 0755) && errno != EEXIST)
		return error_errno(errno, "%s", k->run);
	err = check_dir(k->run);
	if (err)
		return err;
	snprintf(path, PATH_MAX, "%s/lock", k->run);
	/* 0600: whoever can open it can hold it. */
	*fd = open(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
	return *fd < 0 ? error_errno(errno, "%s", path) : NULL;
}

struct error *store_lock(const struct kernel *k, unsigned int timeout_ms, int *fd)
{
	char path[PATH_MAX];
	struct error *err;

	err = open_lock(k, path, fd);
	if (err)
		return say_what_for(k, err);
	err = take_lock(k, *fd, path, timeout_ms);
	if (err)
		close(*fd);
	return err;
}

static int is_module(const struct dirent *d)
{
	return !strncmp(d->d_name, CORE_MODULE "_", strlen(CORE_MODULE "_")) && strstr(d->d_name, ".ko");
}

static struct error *remove_modules(const char *dir)
{
	struct dirent **list;
	struct error *err = NULL;
	char path[PATH_MAX];
	int n = scandir(dir, &list, is_module, alphasort);

	if (n < 0)
		return errno == ENOENT ? NULL : error_errno(errno, "%s", dir);
	for (int i = 0; i < n; i++) {
		snprintf(path, sizeof(path), "%s/%s", dir, list[i]->d_name);
		if (!err && unlink(path))
			err = error_errno(errno, "%s", path);
		free(list[i]);
	}
	free(list);
	return err;
}

/* Only what we put there: a directory with anything else in it stays, and is an error; so does a link, which may lead anywhere. */
static struct error *remove_dir(const char *dir)
{
	static const char *const names[] = {
		MANIFEST_NAME, PATCH_NAME, MANIFEST_NAME ".new", PATCH_NAME ".new",
	};
	char path[PATH_MAX];
	struct error *err;
	struct stat st;

	if (lstat(dir, &st) && errno == ENOENT)
		return NULL;
	err = check_dir(dir);
	if (!err)
		err = remove_modules(dir);
	if (err)
		return err;
	for (unsigned int i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		snprintf(path, sizeof(path), "%s/%s", dir, names[i]);
		if (unlink(path) && errno != ENOENT)
			return error_errno(errno, "%s", path);
	}
	if (rmdir(dir) && errno != ENOENT)
		return error_errno(errno, "%s", dir);
	return NULL;
}

static struct error *write_file(const char *dir, const char *name, mode_t mode, const struct update_file *f)
{
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	return file_replace(path, mode, f->data, f->size);
}

static struct error *write_modules(const char *dir, const struct update *u, const bool *may_come)
{
	struct error *err = NULL;

	for (size_t i = 0; !err && i < u->manifest->nr_targets; i++) {
		const struct manifest_target *t = &u->manifest->targets[i];

		if (!may_come[i])
			continue;
		err = write_file(dir, t->match.file, 0600, update_find(u, t->match.file));
		if (!err)
			err = write_file(dir, t->code.file, 0600, update_find(u, t->code.file));
	}
	return err;
}

static struct error *fill_dir(const char *dir, const struct update *u, const bool *may_come)
{
	struct error *err;

	if (mkdir(dir, 0755) || chmod(dir, 0755))
		return error_errno(errno, "%s", dir);
	err = write_file(dir, MANIFEST_NAME, 0644, &u->files[0]);
	if (!err)
		err = write_file(dir, PATCH_NAME, 0644, update_find(u, u->manifest->patch));
	return err ? err : write_modules(dir, u, may_come);
}

/* The new directory appears whole, by a rename. A dot is in no id, so nobody takes ".ID" for an update. */
struct error *store_save(const struct kernel *k, const struct update *u, const bool *may_come)
{
	char new[DIR_MAX], dir[DIR_MAX];
	struct error *err;

	snprintf(new, sizeof(new), "%s/.%s", k->run, u->manifest->id);
	snprintf(dir, sizeof(dir), "%s/%s", k->run, u->manifest->id);
	err = remove_dir(new);
	if (!err)
		err = fill_dir(new, u, may_come);
	if (!err)
		err = remove_dir(dir);
	if (!err && rename(new, dir))
		err = error_errno(errno, "%s", dir);
	if (err)
		error_free(remove_dir(new));
	return say_what_for(k, err);
}

struct error *store_remove(const struct kernel *k, const char *id)
{
	char dir[DIR_MAX];
	struct error *err;

	snprintf(dir, sizeof(dir), "%s/.%s", k->run, id);
	err = remove_dir(dir);
	if (err)
		return err;
	snprintf(dir, sizeof(dir), "%s/%s", k->run, id);
	return remove_dir(dir);
}

bool store_has(const struct kernel *k, const char *id)
{
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s/%s", k->run, id);
	return !access(path, F_OK);
}

/* *@text is NULL when there is no such file. */
static struct error *read_stored(const struct kernel *k, const char *id, const char *name, size_t max,
				 char **text, size_t *size)
{
	char path[PATH_MAX];

	*text = NULL;
	*size = 0;
	snprintf(path, sizeof(path), "%s/%s/%s", k->run, id, name);
	if (access(path, F_OK))
		return NULL;
	return file_read(path, max, text, size);
}

struct error *store_manifest(const struct kernel *k, const char *id, struct manifest **m)
{
	struct error *err;
	size_t size;
	char *text;

	*m = NULL;
	err = read_stored(k, id, MANIFEST_NAME, MANIFEST_SIZE_MAX, &text, &size);
	if (err || !text)
		return err;
	err = manifest_parse(text, size, m);
	free(text);
	return err ? error_prefix(err, "%s/%s", k->run, id) : NULL;
}

struct error *store_patch(const struct kernel *k, const char *id, char **text, size_t *size)
{
	return read_stored(k, id, PATCH_NAME, UPDATE_SIZE_MAX, text, size);
}

struct error *store_module(const struct kernel *k, const struct manifest *m, const char *file, char **data, size_t *size)
{
	const struct manifest_file *f = manifest_file(m, file);
	char hex[SHA256_HEX_SIZE];
	struct error *err;

	err = read_stored(k, m->id, file, UPDATE_SIZE_MAX, data, size);
	if (!err && !*data)
		err = error_new(ERROR_OTHER, "%s/%s/%s is not there any more", k->run, m->id, file);
	if (!err)
		err = sha256_hex(*data, *size, hex);
	if (!err && (!f || f->size != *size || strcmp(f->sha256, hex)))
		err = error_new(ERROR_BAD_FILE, "%s/%s/%s is not what was stored", k->run, m->id, file);
	if (err) {
		free(*data);
		*data = NULL;
	}
	return err;
}

struct error *store_is(const struct kernel *k, const struct update *u, bool *same)
{
	struct error *err;
	size_t size;
	char *text;

	err = read_stored(k, u->manifest->id, MANIFEST_NAME, MANIFEST_SIZE_MAX, &text, &size);
	if (err)
		return err;
	*same = !text || (size == u->files[0].size && !memcmp(text, u->files[0].data, size));
	free(text);
	return NULL;
}
