// SPDX-License-Identifier: GPL-2.0-or-later
/* socket DOMAIN TYPE: keeps a socket open until it is killed; says "open". */
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	if (argc != 3)
		return 2;
	if (socket(atoi(argv[1]), atoi(argv[2]), 0) < 0) {
		perror("socket");
		return 1;
	}
	puts("open");
	fflush(stdout);
	pause();
	return 0;
}
