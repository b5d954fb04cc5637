// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * never FILE TEXT END: reads FILE from its start without end; fails if it ever begins with TEXT. When the file END is there, it
 * tells how many times it has read, and how many different things it has seen one after the other.
 */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	unsigned long reads = 0, changes = 0;
	char buf[4096], last[4096] = "";
	int fd = argc == 4 ? open(argv[1], O_RDONLY) : -1;

	if (fd < 0) {
		perror("never");
		return 2;
	}
	while (reads % 64 || access(argv[3], F_OK)) {
		ssize_t n = pread(fd, buf, sizeof(buf) - 1, 0);

		if (n <= 0) {
			perror("never: read");
			return 2;
		}
		buf[n] = 0;
		reads++;
		if (!strncmp(buf, argv[2], strlen(argv[2]))) {
			printf("after %lu reads: %s", reads, buf);
			return 1;
		}
		changes += !!strcmp(buf, last);
		strcpy(last, buf);
	}
	printf("reads=%lu seen=%lu\n", reads, changes);
	return 0;
}
