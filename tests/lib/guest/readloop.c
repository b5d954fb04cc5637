// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * readloop FILE: guest instructions for one read of FILE from its start, under QEMU's -icount.
 *
 * Rounds are shorter than the timer's period, and the shortest of many has no interrupt in it: it is exact. A loop of
 * known length tells how many ticks of the time stamp counter an instruction takes.
 */
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>
#include <x86intrin.h>

enum { ROUNDS = 300, READS = 500, LOOPS = 500000 };

static unsigned long loop_ticks(void)
{
	unsigned long start = __rdtsc(), n = LOOPS;

	asm volatile("1: dec %0; jnz 1b" : "+r"(n));
	return __rdtsc() - start;
}

static unsigned long read_ticks(int fd)
{
	unsigned long start = __rdtsc();
	char buf[4096];

	for (int i = 0; i < READS; i++)
		if (pread(fd, buf, sizeof(buf), 0) <= 0)
			return 0;
	return __rdtsc() - start;
}

int main(int argc, char **argv)
{
	unsigned long loop = -1ul, reads = -1ul, ticks;
	int fd = argc == 2 ? open(argv[1], O_RDONLY) : -1;

	if (fd < 0 || !read_ticks(fd)) {
		perror("readloop");
		return 1;
	}
	for (int i = 0; i < 20; i++)
		loop = (ticks = loop_ticks()) < loop ? ticks : loop;
	for (int i = 0; i < ROUNDS; i++)
		reads = (ticks = read_ticks(fd)) < reads ? ticks : reads;
	printf("%.2f\n", (double)reads / READS * (2.0 * LOOPS / loop));
	return 0;
}
