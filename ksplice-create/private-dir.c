// SPDX-License-Identifier: GPL-2.0-or-later
#include "ksplice-create/private-dir.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ksplice-create/util.h"

#define ADVICE "give --workdir=DIR with a new directory in a place that is yours alone"

static struct error *foreign(const char *path, uid_t owner)
{
	return error_new(ERROR_REFUSED, "%s: belongs to another user (uid %u), who could put things there that you (uid %u) "
			 "would run; is HOME still that user's, as after 'sudo -E'? " ADVICE, path, (unsigned)owner,
			 (unsigned)geteuid());
}

/* @last: the directory itself, not one above it. */
static struct error *check_one(const char *path, bool last)
{
	struct stat st;

	if (lstat(path, &st))
		return error_errno(errno, "%s", path);
	if (!S_ISDIR(st.st_mode))
		return error_new(ERROR_REFUSED, "%s: not a directory; " ADVICE, path);
	if (st.st_uid != geteuid() && (last || st.st_uid))
		return foreign(path, st.st_uid);
	/* In a sticky directory, others cannot move what is ours. */
	if ((st.st_mode & (S_IWGRP | S_IWOTH)) && (last || !(st.st_mode & S_ISVTX)))
		return error_new(ERROR_REFUSED, "%s: others may write there (mode %04o), and could put things there that you "
				 "would run; " ADVICE, path, st.st_mode & 07777);
	return NULL;
}

/* @real: a real path. All directories above @real, from the top down: a check holds once those above hold. */
static struct error *check_above(const char *real)
{
	_cleanup_free_ char *path = xstrdup(real);
	struct error *err = check_one("/", false);

	for (char *p = path + 1; !err && *p; p++) {
		if (*p != '/')
			continue;
		*p = 0;
		err = check_one(path, false);
		*p = '/';
	}
	return err;
}

/* The path's last name is cut off; returns it. */
static const char *cut_name(char *path)
{
	size_t len = strlen(path);
	char *slash;

	while (len > 1 && path[len - 1] == '/')
		path[--len] = 0;
	slash = strrchr(path, '/');
	if (slash)
		*slash = 0;
	return slash ? slash + 1 : path;
}

static struct error *make(const char *path, char **ret);

/* @path is not there. */
static struct error *make_missing(const char *path, char **ret)
{
	_cleanup_free_ char *copy = xstrdup(path), *parent = NULL, *new = NULL;
	const char *name = cut_name(copy);
	struct error *err;

	err = make(name == copy ? "." : *copy ? copy : "/", &parent);
	if (err)
		return err;
	new = xasprintf("%s/%s", strcmp(parent, "/") ? parent : "", name);
	err = check_above(new);
	if (!err && mkdir(new, 0700))
		err = error_errno(errno, "%s", new);
	if (!err) {
		*ret = new;
		new = NULL;
	}
	return err;
}

static struct error *make(const char *path, char **ret)
{
	*ret = realpath(path, NULL);
	if (*ret)
		return NULL;
	return errno == ENOENT && *path ? make_missing(path, ret) : error_errno(errno, "%s", path);
}

struct error *private_dir(const char *path, char **ret)
{
	struct error *err = make(path, ret);

	err = err ?: check_above(*ret);
	err = err ?: check_one(*ret, true);
	if (err) {
		free(*ret);
		*ret = NULL;
	}
	return err;
}
