// SPDX-License-Identifier: GPL-2.0-or-later
/* took [-u FILE VALUE] COMMAND...: the milliseconds that COMMAND takes, and those until FILE, if it is there, begins with VALUE. */
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1e3 + t.tv_nsec / 1e6;
}

static int begins(const char *file, const char *value)
{
	char buf[64] = "";
	int fd = open(file, O_RDONLY);
	ssize_t len = fd < 0 ? -1 : read(fd, buf, sizeof(buf) - 1);

	if (fd >= 0)
		close(fd);
	return len < 0 || !strncmp(buf, value, strlen(value));
}

int main(int argc, char **argv)
{
	const char *file = NULL, *value = NULL;
	double start = now();
	int status;
	pid_t pid;

	if (argc > 4 && !strcmp(argv[1], "-u")) {
		file = argv[2];
		value = argv[3];
		argv += 3;
	}
	if (!argv[1] || posix_spawnp(&pid, argv[1], NULL, NULL, argv + 1, environ) || waitpid(pid, &status, 0) != pid || status)
		return 1;
	printf("%.1f", now() - start);
	while (file && !begins(file, value))
		usleep(200);
	if (file)
		printf(" %.1f", now() - start);
	putchar('\n');
	return 0;
}
