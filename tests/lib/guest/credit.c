/* SPDX-License-Identifier: GPL-2.0-or-later */
/* credit NUMBER: hands the kernel a number by a pointer, which get_user() reads: "ok", or what was wrong with it. */
#include <errno.h>
#include <fcntl.h>
#include <linux/random.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>

int main(int argc, char **argv)
{
	int fd = open("/dev/random", O_RDWR), number = argc > 1 ? atoi(argv[1]) : 0;

	/* drivers/char/random.c: a negative one is EINVAL. */
	puts(fd >= 0 && !ioctl(fd, RNDADDTOENTCNT, &number) ? "ok" : strerror(errno));
	return 0;
}
