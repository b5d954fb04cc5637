// SPDX-License-Identifier: GPL-2.0-or-later
/* Files that are there as a whole or not at all. */
#include "ksplice-create/new-file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ksplice-create/tree.h"
#include "ksplice-create/util.h"

static mode_t current_umask(void)
{
	mode_t mask = umask(0);

	umask(mask);
	return mask;
}

static void forget(struct new_file *f)
{
	free(f->path);
	free(f->tmp);
	*f = (struct new_file){.fd = -1};
}

struct error *new_file_open(struct new_file *f, const char *path)
{
	struct error *err;

	*f = (struct new_file){.path = xstrdup(path), .tmp = xasprintf("%s.XXXXXX", path)};
	f->fd = mkostemp(f->tmp, O_CLOEXEC);
	if (f->fd >= 0)
		return NULL;
	err = error_errno(errno, "cannot write %s", path);
	forget(f);
	return err;
}

struct error *new_file_finish(struct new_file *f)
{
	struct error *err = NULL;

	if (fchmod(f->fd, 0666 & ~current_umask()))
		err = error_errno(errno, "%s", f->path);
	if (close(f->fd) && !err)
		err = error_errno(errno, "%s", f->path);
	if (!err && rename(f->tmp, f->path))
		err = error_errno(errno, "%s", f->path);
	if (err)
		error_free(tree_unlink(f->tmp));
	forget(f);
	return err;
}

void new_file_drop(struct new_file *f)
{
	close(f->fd);
	error_free(tree_unlink(f->tmp));
	forget(f);
}
