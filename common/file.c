// SPDX-License-Identifier: GPL-2.0-or-later
/* Reads and writes whole files, and makes the directories for them. */
#include "common/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Makes room for at least one byte and the NUL after @used bytes. */
static bool grow(char **buf, size_t *cap, size_t used)
{
	size_t want = *cap ? 2 * *cap : 4096;
	char *p;

	if (*cap - used >= 2 && *cap)
		return true;
	p = realloc(*buf, want);
	if (!p)
		return false;
	*buf = p;
	*cap = want;
	return true;
}

/* 0 or an errno; EFBIG for more than @max bytes. */
static int slurp(int fd, size_t max, char **buf, size_t *used)
{
	size_t cap = 0;

	for (;;) {
		ssize_t n;

		if (!grow(buf, &cap, *used))
			return ENOMEM;
		n = read(fd, *buf + *used, cap - *used - 1);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return errno;
		if (n == 0)
			break;
		*used += n;
		if (*used > max)
			return EFBIG;
	}
	(*buf)[*used] = 0;
	return 0;
}

struct error *file_read_fd(int fd, const char *path, size_t max, char **data, size_t *size)
{
	char *buf = NULL;
	size_t used = 0;
	int ret;

	ret = slurp(fd, max, &buf, &used);
	if (ret) {
		free(buf);
		if (ret == EFBIG)
			return error_new(ERROR_BAD_FILE, "%s: larger than %zu bytes", path, max);
		return error_errno(ret, "%s", path);
	}
	*data = buf;
	if (size)
		*size = used;
	return NULL;
}

struct error *file_read(const char *path, size_t max, char **data, size_t *size)
{
	struct error *err;
	int fd;

	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return error_errno(errno, "%s", path);
	err = file_read_fd(fd, path, max, data, size);
	close(fd);
	return err;
}

struct error *file_write_fd(int fd, const char *path, const void *data, size_t size)
{
	const char *p = data;

	while (size) {
		ssize_t n = write(fd, p, size);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return error_errno(errno, "%s", path);
		p += n;
		size -= n;
	}
	return NULL;
}

static struct error *write_new(const char *path, mode_t mode, const void *data, size_t size)
{
	struct error *err;
	int fd;

	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, mode);
	if (fd < 0)
		return error_errno(errno, "%s", path);
	err = file_write_fd(fd, path, data, size);
	/* The umask is the user's idea; the mode is part of the format. */
	if (!err && fchmod(fd, mode))
		err = error_errno(errno, "%s", path);
	if (close(fd) && !err)
		err = error_errno(errno, "%s", path);
	return err;
}

struct error *file_replace(const char *path, mode_t mode, const void *data, size_t size)
{
	struct error *err;
	char *tmp;

	if (asprintf(&tmp, "%s.new", path) < 0)
		return error_errno(ENOMEM, "%s", path);
	err = write_new(tmp, mode, data, size);
	if (!err && rename(tmp, path))
		err = error_errno(errno, "%s", path);
	if (err)
		unlink(tmp);
	free(tmp);
	return err;
}

static struct error *make_one(const char *path, mode_t mode)
{
	struct stat st;

	if (!mkdir(path, mode))
		return NULL;
	if (errno == EEXIST && !stat(path, &st) && S_ISDIR(st.st_mode))
		return NULL;
	return error_errno(errno, "%s", path);
}

struct error *file_mkdirs(const char *path, mode_t mode)
{
	struct error *err = NULL;
	char *copy = strdup(path);

	if (!copy)
		return error_errno(ENOMEM, "%s", path);
	for (char *p = copy + 1; !err && *p; p++) {
		if (*p != '/')
			continue;
		*p = 0;
		err = make_one(copy, mode);
		*p = '/';
	}
	if (!err)
		err = make_one(copy, mode);
	free(copy);
	return err;
}
