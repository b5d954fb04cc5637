// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * threads N [PERIOD-MS]: a process with N threads more that sleep, in pause(), poll() and read() by turns; of each hundred, one wakes up
 * after every PERIOD-MS.  Says "ready" when all are there, and stays until it is killed.
 */
#include <poll.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

enum { STACK = 4096 };

static int period, pipes[2];

static int sleeps(void *nth)
{
	size_t i = (size_t)nth;
	char c;

	for (;;) {
		if (period && i % 100 == 0)
			poll(NULL, 0, period);
		else if (i % 3 == 0)
			pause();
		else if (i % 3 == 1)
			poll(NULL, 0, -1);
		else if (read(pipes[0], &c, 1) != 1)
			return 1;
	}
}

int main(int argc, char **argv)
{
	size_t n = argc > 1 ? strtoul(argv[1], NULL, 10) : 0;
	char *stacks = mmap(NULL, (n + 1) * STACK, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	period = argc > 2 ? atoi(argv[2]) : 0;
	if (stacks == MAP_FAILED || pipe(pipes)) {
		perror("threads");
		return 1;
	}
	for (size_t i = 0; i < n; i++) {
		if (clone(sleeps, stacks + (i + 1) * STACK, CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD | CLONE_SYSVSEM,
			  (void *)i) < 0) {
			perror("threads: clone");
			return 1;
		}
	}
	puts("ready");
	fflush(stdout);
	for (;;)
		pause();
}
