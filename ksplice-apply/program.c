// SPDX-License-Identifier: GPL-2.0-or-later
/* This program, as the kernel core is going to run it: whether it can be found again, and nobody else can put another in its place. */
#include "ksplice-apply/program.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define ADVICE	"\nIt is run as root when a module comes that is waited for: install it where only root may write (make install)."

/* In a directory like /tmp, what is root's stays root's. */
static bool is_ours_alone(const struct stat *st)
{
	if (st->st_uid && st->st_uid != geteuid())
		return false;
	if (S_ISDIR(st->st_mode) && (st->st_mode & S_ISVTX))
		return true;
	return !(st->st_mode & S_IWOTH) && (!(st->st_mode & S_IWGRP) || !st->st_gid);
}

static struct error *check_one(const char *path)
{
	struct stat st;

	if (lstat(path, &st))
		return error_errno(errno, "%s", path);
	if (!is_ours_alone(&st))
		return error_new(ERROR_REFUSED, "%s: others than root may change it" ADVICE, path);
	return NULL;
}

/* "/", "/usr", "/usr/sbin", "/usr/sbin/ksplice-apply" */
static struct error *check_path(const char *path)
{
	char part[PATH_MAX];
	struct error *err = check_one("/");

	for (const char *end = path; !err && *end; ) {
		end += 1 + strcspn(end + 1, "/");
		snprintf(part, sizeof(part), "%.*s", (int)(end - path), path);
		err = check_one(part);
	}
	return err;
}

/* The kernel looks for it from the root that the first process has, which may be another one than ours. */
static struct error *check_same(const struct kernel *k, const char *path)
{
	char there[2 * PATH_MAX];
	struct stat us, it;

	snprintf(there, sizeof(there), "%s%s", k->init_root, path);
	if (stat(k->self, &us))
		return error_errno(errno, "%s", k->self);
	if (!stat(there, &it) && it.st_dev == us.st_dev && it.st_ino == us.st_ino)
		return NULL;
	return error_new(ERROR_REFUSED, "%s: the first process does not find this program there: it was replaced or removed, or is in another "
			 "mount namespace" ADVICE, path);
}

struct error *program_path(const struct kernel *k, char path[PATH_MAX])
{
	ssize_t len = readlink(k->self, path, PATH_MAX - 1);
	struct error *err;

	if (len < 0)
		return error_errno(errno, "%s", k->self);
	path[len] = '\0';
	err = check_same(k, path);
	return err ? err : check_path(path);
}
