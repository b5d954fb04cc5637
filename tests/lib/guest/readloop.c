// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * readloop FILE: guest instructions for one read of FILE from its start, under QEMU's -icount.
 *
 * Rounds are shorter than the timer's period, and the shortest of many has no interrupt in it: it is exact. A loop of
 * known length tells how many ticks of the time stamp counter (ppc64le: of the time base) an instruction takes.
 */
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

enum { ROUNDS = 300, READS = 500, LOOPS = 500000 };

#ifdef __powerpc64__
static unsigned long ticks_now(void)
{
	return __builtin_ppc_get_timebase();
}

static void two_instructions(unsigned long n)
{
	unsigned long i = 0;

	asm volatile("mtctr %1; 1: addi %0,%0,1; bdnz 1b" : "+b"(i) : "r"(n) : "ctr");
}
#else
#include <x86intrin.h>

static unsigned long ticks_now(void)
{
	return __rdtsc();
}

static void two_instructions(unsigned long n)
{
	asm volatile("1: dec %0; jnz 1b" : "+r"(n));
}
#endif

static unsigned long loop_ticks(void)
{
	unsigned long start = ticks_now();

	two_instructions(LOOPS);
	return ticks_now() - start;
}

static unsigned long read_ticks(int fd)
{
	unsigned long start = ticks_now();
	char buf[4096];

	for (int i = 0; i < READS; i++)
		if (pread(fd, buf, sizeof(buf), 0) <= 0)
			return 0;
	return ticks_now() - start;
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
