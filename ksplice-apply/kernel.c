// SPDX-License-Identifier: GPL-2.0-or-later
/* The running kernel: its paths and system calls. */
#include "ksplice-apply/kernel.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

/* From memory, not from a file: what was checked is what is loaded. A signature is part of the image. */
static int load(const struct kernel *k, const void *image, size_t size, const char *params)
{
	return syscall(SYS_init_module, image, size, params) ? errno : 0;
}

static int unload(const struct kernel *k, const char *module)
{
	return syscall(SYS_delete_module, module, O_NONBLOCK) ? errno : 0;
}

/* One write(): for sysfs each is a store of its own. */
static int write_text(const struct kernel *k, const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC | O_NOFOLLOW);
	int ret = 0;

	if (fd < 0)
		return errno;
	if (write(fd, text, strlen(text)) < 0)
		ret = errno;
	close(fd);
	return ret;
}

static void sleep_ms(const struct kernel *k, unsigned int ms)
{
	struct timespec t = { ms / 1000, ms % 1000 * 1000000L };

	nanosleep(&t, NULL);
}

static long long now(const struct kernel *k)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000LL + t.tv_nsec / 1000;
}

const struct kernel running_kernel = {
	.core = "/sys/kernel/ksplice",
	.modules = "/sys/module",
	.version = "/proc/version",
	.notes = "/sys/kernel/notes",
	.kmsg = "/dev/kmsg",
	.modules_disabled = "/proc/sys/kernel/modules_disabled",
	.lockdown = "/sys/kernel/security/lockdown",
	.run = "/run/ksplice",
	.self = "/proc/self/exe",
	.init_root = "/proc/1/root",
	.load = load,
	.unload = unload,
	.write = write_text,
	.sleep = sleep_ms,
	.now = now,
};
