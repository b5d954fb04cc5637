// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * call 64|32 NUMBER [ARGUMENT], call 64|32 NUMBER at OFFSET: makes a system call of the 64-bit ABI or of the 32-bit one, and prints
 * what it returns.  Of the 64-bit ABI's, two arguments more are 0 and -1.  In the second form it gets a buffer, and the 16-bit number at OFFSET of it is printed, too.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char buffer[512];

static long call32(long number, void *argument)
{
	int ret;

	/* The pointer fits: a static program lies in the lowest 4 GB. */
	__asm__ volatile("int $0x80" : "=a"(ret) : "a"((int)number), "b"((int)(uintptr_t)argument) : "memory");
	return ret;
}

int main(int argc, char **argv)
{
	int at = argc > 4 && !strcmp(argv[3], "at") ? atoi(argv[4]) : -1;
	void *argument = at >= 0 ? buffer : argc > 3 ? (void *)strtol(argv[3], NULL, 0) : NULL;
	uint16_t value;

	if (argc < 3 || at > (int)(sizeof(buffer) - sizeof(value)))
		return 2;
	printf("%ld", argv[1][0] == '3' ? call32(atol(argv[2]), argument) : syscall(atol(argv[2]), argument, 0, -1));
	if (at >= 0) {
		memcpy(&value, buffer + at, sizeof(value));
		printf(" %d", value);
	}
	printf("\n");
	return 0;
}
