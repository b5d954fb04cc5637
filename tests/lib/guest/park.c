// SPDX-License-Identifier: GPL-2.0-or-later
/* park FILE [SECONDS]: takes the flock of FILE, waiting inside of the kernel while another has it; keeps it so long. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	int fd = argc > 1 ? open(argv[1], O_RDWR | O_CREAT, 0600) : -1;

	if (fd < 0 || flock(fd, LOCK_EX)) {
		perror("park");
		return 1;
	}
	printf("locked by %d\n", getpid());
	fflush(stdout);
	sleep(argc > 2 ? atoi(argv[2]) : 0);
	return 0;
}
