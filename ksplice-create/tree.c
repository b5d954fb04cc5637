// SPDX-License-Identifier: GPL-2.0-or-later
/* Files and directories: copied, moved, emptied, listed. */
#include "ksplice-create/tree.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

bool path_exists(const char *path)
{
	return !access(path, F_OK);
}

bool path_is_dir(const char *path)
{
	struct stat st;

	return !stat(path, &st) && S_ISDIR(st.st_mode);
}

static struct error *make_parent(const char *path)
{
	_cleanup_free_ char *dir = xstrdup(path);
	char *slash = strrchr(dir, '/');

	if (!slash || slash == dir)
		return NULL;
	*slash = 0;
	return file_mkdirs(dir, 0777);
}

struct error *tree_write(const char *path, const void *data, size_t size)
{
	struct error *err = make_parent(path);

	return err ?: file_replace(path, 0644, data, size);
}

struct error *tree_copy(const char *from, const char *to)
{
	_cleanup_free_ char *data = NULL;
	struct timespec times[2] = {{.tv_nsec = UTIME_OMIT}};
	struct error *err;
	struct stat st;
	size_t size;

	if (stat(from, &st))
		return error_errno(errno, "%s", from);
	times[1] = st.st_mtim;
	err = file_read(from, TEXT_MAX, &data, &size);
	err = err ?: make_parent(to);
	err = err ?: file_replace(to, (st.st_mode & 0777) | 0600, data, size);
	if (!err && utimensat(AT_FDCWD, to, times, 0))
		err = error_errno(errno, "%s", to);
	return err;
}

struct error *tree_move(const char *from, const char *to)
{
	struct error *err = make_parent(to);

	if (!err && rename(from, to))
		err = error_errno(errno, "cannot move %s to %s", from, to);
	return err;
}

struct error *tree_link(const char *from, const char *to)
{
	struct error *err = make_parent(to);

	err = err ?: tree_unlink(to);
	if (!err && link(from, to))
		err = error_errno(errno, "cannot link %s to %s", from, to);
	return err;
}

struct error *tree_unlink(const char *path)
{
	if (unlink(path) && errno != ENOENT)
		return error_errno(errno, "cannot remove %s", path);
	return NULL;
}

struct error *tree_symlink(const char *target, const char *path)
{
	return symlink(target, path) ? error_errno(errno, "cannot make symlink %s", path) : NULL;
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	return remove(path);
}

struct error *tree_remove(const char *path)
{
	if (nftw(path, remove_one, 32, FTW_DEPTH | FTW_PHYS) && errno != ENOENT)
		return error_errno(errno, "cannot remove %s", path);
	return NULL;
}

struct error *tree_empty(const char *path)
{
	struct error *err = tree_remove(path);

	return err ?: file_mkdirs(path, 0777);
}

struct error *tree_list(const char *path, struct strv *ret)
{
	DIR *dir = opendir(path);
	struct dirent *d;

	if (!dir)
		return error_errno(errno, "%s", path);
	while ((d = readdir(dir)))
		if (strcmp(d->d_name, ".") && strcmp(d->d_name, ".."))
			strv_add(ret, d->d_name);
	closedir(dir);
	strv_sort(ret);
	return NULL;
}

static struct error *list_below(const char *root, const char *dir, struct strv *ret)
{
	_cleanup_free_ char *path = xasprintf("%s/%s", root, dir);
	_cleanup_strv_ struct strv names = STRV_INIT;
	struct error *err = tree_list(path, &names);

	for (size_t i = 0; !err && i < names.n; i++) {
		_cleanup_free_ char *rel = xasprintf("%s%s%s", dir, *dir ? "/" : "", names.v[i]);
		_cleanup_free_ char *full = xasprintf("%s/%s", root, rel);
		struct stat st;

		if (stat(full, &st))
			return error_errno(errno, "%s", full);
		if (S_ISDIR(st.st_mode))
			err = list_below(root, rel, ret);
		else if (S_ISREG(st.st_mode))
			strv_add(ret, rel);
	}
	return err;
}

struct error *tree_files(const char *path, struct strv *ret)
{
	struct error *err = list_below(path, "", ret);

	strv_sort(ret);
	return err;
}
