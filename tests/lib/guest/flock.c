// SPDX-License-Identifier: GPL-2.0-or-later
/* flock PATH SECONDS: holds the lock of a file so long; says "held" when it has it. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	int fd = argc == 3 ? open(argv[1], O_RDWR) : -1;

	if (fd < 0 || flock(fd, LOCK_EX)) {
		perror(argv[0]);
		return 1;
	}
	puts("held");
	fflush(stdout);
	sleep(atoi(argv[2]));
	return 0;
}
