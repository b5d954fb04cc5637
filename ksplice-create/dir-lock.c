// SPDX-License-Identifier: GPL-2.0-or-later
#include "ksplice-create/dir-lock.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "ksplice-create/util.h"

#define ORPHANS_SECONDS 10	/* how long the compilers of a killed run may take to end */

static struct error *in_use(const char *dir, long pid)
{
	if (pid > 0 && !kill(pid, 0))
		return error_new(ERROR_OTHER, "%s: ksplice-create with process id %ld works there; wait for it, or give "
				 "another --workdir", dir, pid);
	return error_new(ERROR_OTHER, "%s: still used by compilers that an interrupted ksplice-create started; wait for "
			 "them", dir);
}

static long lock_holder(int fd)
{
	char text[32] = "";

	return pread(fd, text, sizeof(text) - 1, 0) > 0 ? atol(text) : 0;
}

/*
 * Its content is replaced: it must be nobody else's file under that name.  No O_CLOEXEC: the descriptor is inherited by the
 * programs that we start; should we be killed, they go on writing for a moment.
 */
static struct error *open_lock(const char *path, int *ret)
{
	struct stat st;

	*ret = open(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK, 0600);
	if (*ret < 0 || fstat(*ret, &st))
		return error_errno(errno, "%s", path);
	if (!S_ISREG(st.st_mode) || st.st_uid != geteuid() || st.st_nlink != 1)
		return error_new(ERROR_REFUSED, "%s: not a plain file of your own with that one name; give --workdir a new or "
				 "empty directory", path);
	return NULL;
}

struct error *dir_lock(const char *dir, int *fd)
{
	_cleanup_free_ char *path = xasprintf("%s/lock", dir);
	const struct timespec pause = {.tv_nsec = 100000000};
	_cleanup_free_ char *pid = xasprintf("%ld\n", (long)getpid());
	struct error *err = open_lock(path, fd);

	if (err)
		return err;
	for (int tries = 10 * ORPHANS_SECONDS; flock(*fd, LOCK_EX | LOCK_NB); tries--) {
		long holder = lock_holder(*fd);

		if (errno != EWOULDBLOCK)
			return error_errno(errno, "%s", path);
		if (!tries || (holder > 0 && !kill(holder, 0)))
			return in_use(dir, holder);
		nanosleep(&pause, NULL);
	}
	if (ftruncate(*fd, 0) || pwrite(*fd, pid, strlen(pid), 0) < 0)
		return error_errno(errno, "%s", path);
	return NULL;
}
