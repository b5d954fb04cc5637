// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * fail-at N COMMAND...: runs the command and has the N-th thing fail that the kernel can make fail (an allocation, mostly; lib/fault-inject.c,
 * /proc/PID/fail-nth, 6.1), counted from its first system call that loads or unloads a module or writes. Tells how the command ended,
 * "status N" or "signal N"; exits with 0 if there was such a thing, with 100 if the command came to its end before.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

static int fail(const char *what)
{
	perror(what);
	return 99;
}

static int begins(pid_t pid)
{
	struct user_regs_struct regs;

	if (ptrace(PTRACE_GETREGS, pid, NULL, &regs))
		return 0;
	switch (regs.orig_rax) {
	case SYS_init_module:
	case SYS_finit_module:
	case SYS_delete_module:
		return 1;
	case SYS_write:
		return regs.rdi > 2;	/* not its messages */
	}
	return 0;
}

/* Lets the command run to where it is counted from; false: it ended before. */
static int run_to_begin(pid_t pid)
{
	int status;

	for (;;) {
		if (ptrace(PTRACE_SYSCALL, pid, NULL, 0) || waitpid(pid, &status, 0) != pid || !WIFSTOPPED(status))
			return 0;
		if (WSTOPSIG(status) == (SIGTRAP | 0x80) && begins(pid))
			return 1;
	}
}

/* Reads, or with @set writes, the task's fail-nth; -1: there is none. */
static int fail_nth(pid_t pid, const char *set)
{
	char path[64], text[32] = "";
	int fd, ok;

	snprintf(path, sizeof(path), "/proc/%d/fail-nth", pid);
	fd = open(path, set ? O_WRONLY : O_RDONLY);
	if (fd < 0)
		return -1;
	ok = set ? write(fd, set, strlen(set)) > 0 : read(fd, text, sizeof(text) - 1) > 0;
	close(fd);
	return ok ? atoi(set ? set : text) : -1;
}

int main(int argc, char **argv)
{
	int status, left;
	siginfo_t info;
	pid_t pid = fork();

	if (!pid) {
		ptrace(PTRACE_TRACEME, 0, NULL, NULL);
		execvp(argv[2], argv + 2);
		_exit(127);
	}
	if (argc < 3 || pid < 0 || waitpid(pid, &status, 0) != pid || !WIFSTOPPED(status))
		return fail("fail-at");
	if (ptrace(PTRACE_SETOPTIONS, pid, NULL, PTRACE_O_EXITKILL | PTRACE_O_TRACESYSGOOD))
		return fail("fail-at: ptrace");
	if (!run_to_begin(pid)) {
		printf("ended before anything was counted\n");
		return 99;
	}
	if (fail_nth(pid, argv[1]) < 0 || ptrace(PTRACE_DETACH, pid, NULL, 0))
		return fail("fail-at: fail-nth");
	/* A zombie still has its count. */
	if (waitid(P_PID, pid, &info, WEXITED | WNOWAIT))
		return fail("fail-at: waitid");
	left = fail_nth(pid, NULL);
	waitpid(pid, &status, 0);
	if (left < 0)
		return fail("fail-at: fail-nth");
	printf(WIFEXITED(status) ? "status %d\n" : "signal %d\n", WIFEXITED(status) ? WEXITSTATUS(status) : WTERMSIG(status));
	return left ? 100 : 0;
}
