// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * kill-at N COMMAND...: runs the command and kills it (SIGKILL) as it enters its N-th system call that changes something
 * outside of it; the call is not made. Tells which call, and exits with 0; with the command's own status plus 100 if it
 * ended before. So a loop over N tries every state in which a killed command can leave the world.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

static const char *changes_something(const struct user_regs_struct *regs)
{
	switch (regs->orig_rax) {
	case SYS_init_module:
	case SYS_finit_module: return "init_module";
	case SYS_delete_module: return "delete_module";
	case SYS_rename:
	case SYS_renameat:
	case SYS_renameat2: return "rename";
	case SYS_mkdir:
	case SYS_mkdirat: return "mkdir";
	case SYS_rmdir: return "rmdir";
	case SYS_unlink:
	case SYS_unlinkat: return "unlink";
	case SYS_flock: return "flock";
	case SYS_chmod:
	case SYS_fchmod:
	case SYS_fchmodat: return "chmod";
	case SYS_ftruncate: return "ftruncate";
	case SYS_pwrite64:
	case SYS_write: return regs->rdi > 2 ? "write" : NULL;	/* not its messages */
	case SYS_open: return regs->rsi & (O_CREAT | O_TRUNC) ? "open" : NULL;
	case SYS_openat: return regs->rdx & (O_CREAT | O_TRUNC) ? "open" : NULL;
	default: return NULL;
	}
}

static int fail(const char *what)
{
	perror(what);
	return 99;
}

int main(int argc, char **argv)
{
	int moment = 0, target = argc > 2 ? atoi(argv[1]) : 0, entering = 1, status;
	struct user_regs_struct regs;
	const char *name;
	pid_t pid = fork();

	if (!pid) {
		ptrace(PTRACE_TRACEME, 0, NULL, NULL);
		execvp(argv[2], argv + 2);
		_exit(127);
	}
	if (pid < 0 || target < 1 || waitpid(pid, &status, 0) != pid || !WIFSTOPPED(status))
		return fail("kill-at");
	if (ptrace(PTRACE_SETOPTIONS, pid, NULL, PTRACE_O_EXITKILL | PTRACE_O_TRACESYSGOOD))
		return fail("kill-at: ptrace");
	for (;; entering = !entering) {
		if (ptrace(PTRACE_SYSCALL, pid, NULL, 0) || waitpid(pid, &status, 0) != pid)
			return fail("kill-at: ptrace");
		if (WIFEXITED(status))
			return 100 + WEXITSTATUS(status);
		if (WIFSIGNALED(status))
			return fail("kill-at: killed by another");
		if (!WIFSTOPPED(status) || WSTOPSIG(status) != (SIGTRAP | 0x80)) {
			entering = !entering;
			continue;
		}
		if (ptrace(PTRACE_GETREGS, pid, NULL, &regs))
			return fail("kill-at: registers");
		name = entering ? changes_something(&regs) : NULL;
		if (!name || ++moment != target)
			continue;
		kill(pid, SIGKILL);
		waitpid(pid, &status, 0);
		printf("killed at moment %d, before %s\n", moment, name);
		return 0;
	}
}
