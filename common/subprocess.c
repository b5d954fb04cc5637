// SPDX-License-Identifier: GPL-2.0-or-later
/* Runs another program to its end, and keeps what it says. */
#include "common/subprocess.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

/* One end of a pipe that the child writes to, and what came through. */
struct stream {
	int fd;			/* -1: at its end */
	char *data;
	size_t size;
	size_t cap;
};

static void close_pair(int fds[2])
{
	for (int i = 0; i < 2; i++) {
		if (fds[i] >= 0)
			close(fds[i]);
		fds[i] = -1;
	}
}

static void set_env(const char *const *env)
{
	for (; env && *env; env++) {
		const char *eq = strchr(*env, '=');
		char *name = eq ? strndup(*env, eq - *env) : NULL;

		if (name)
			setenv(name, eq + 1, 1);
		free(name);
	}
}

/* In the child: becomes the program, or tells the errno through @report. */
static void become(const struct subprocess *p, int out, int err, int report)
{
	int in = open(p->input_path ? p->input_path : "/dev/null", O_RDONLY | O_CLOEXEC);

	if (in < 0 || dup2(in, STDIN_FILENO) < 0 || dup2(out, STDOUT_FILENO) < 0 || dup2(err, STDERR_FILENO) < 0)
		goto fail;
	if (p->dir && chdir(p->dir))
		goto fail;
	set_env(p->env);
	execvp(p->argv[0], (char *const *)p->argv);
fail:
	in = errno;
	if (write(report, &in, sizeof(in)) < 0)
		_exit(126);
	_exit(127);
}

static bool append(struct stream *s, const char *buf, size_t n)
{
	if (n > SUBPROCESS_OUTPUT_MAX - s->size)
		n = SUBPROCESS_OUTPUT_MAX - s->size;
	if (s->cap - s->size < n + 1) {
		size_t cap = 2 * s->cap + n + 1;
		char *p = realloc(s->data, cap);

		if (!p)
			return false;
		s->data = p;
		s->cap = cap;
	}
	memcpy(s->data + s->size, buf, n);
	s->size += n;
	s->data[s->size] = 0;
	return true;
}

/* One read; 0 or an errno. */
static int drain(struct stream *s)
{
	char buf[65536];
	ssize_t n = read(s->fd, buf, sizeof(buf));

	if (n < 0)
		return errno == EINTR ? 0 : errno;
	if (n == 0) {
		close(s->fd);
		s->fd = -1;
		return 0;
	}
	return append(s, buf, n) ? 0 : ENOMEM;
}

/* Reads both until both are at their end; 0 or an errno. */
static int collect(struct stream *out, struct stream *err)
{
	int ret = append(out, "", 0) && append(err, "", 0) ? 0 : ENOMEM;

	while (!ret && (out->fd >= 0 || err->fd >= 0)) {
		struct pollfd fds[2] = { { out->fd, POLLIN, 0 }, { err->fd, POLLIN, 0 } };

		if (poll(fds, 2, -1) < 0) {
			if (errno != EINTR)
				ret = errno;
			continue;
		}
		if (fds[0].revents)
			ret = drain(out);
		if (!ret && fds[1].revents)
			ret = drain(err);
	}
	return ret;
}

static void reap(pid_t pid, struct subprocess_result *r)
{
	struct rusage u;
	int status;

	while (wait4(pid, &status, 0, &u) < 0 && errno == EINTR)
		;
	r->status = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
	r->cpu_seconds = u.ru_utime.tv_sec + u.ru_stime.tv_sec +
			 (u.ru_utime.tv_usec + u.ru_stime.tv_usec) / 1e6;
}

/* The parent's part, once the child runs; @out, @err and @report are our ends of the pipes. */
static int attend(pid_t pid, int out_fd, int err_fd, int report, struct subprocess_result *r)
{
	struct stream out = { .fd = out_fd }, err = { .fd = err_fd };
	int ret, exec_errno;
	ssize_t n;

	while ((n = read(report, &exec_errno, sizeof(exec_errno))) < 0 && errno == EINTR)
		;
	ret = n == sizeof(exec_errno) ? exec_errno : 0;
	if (!ret)
		ret = collect(&out, &err);
	/* What is not read must not block the child for ever. */
	if (out.fd >= 0)
		close(out.fd);
	if (err.fd >= 0)
		close(err.fd);
	reap(pid, r);
	r->out = out.data;
	r->out_size = out.size;
	r->err = err.data;
	r->err_size = err.size;
	return ret;
}

static int spawn(const struct subprocess *p, struct subprocess_result *r)
{
	int out[2] = { -1, -1 }, err[2] = { -1, -1 }, report[2] = { -1, -1 };
	int ret;
	pid_t pid = -1;

	if (!pipe2(out, O_CLOEXEC) && !pipe2(report, O_CLOEXEC) && (!p->split_stderr || !pipe2(err, O_CLOEXEC)))
		pid = fork();
	ret = errno;
	if (pid == 0)
		become(p, out[1], p->split_stderr ? err[1] : out[1], report[1]);
	if (pid > 0) {
		close(out[1]);
		close(report[1]);
		if (err[1] >= 0)
			close(err[1]);
		out[1] = report[1] = err[1] = -1;
		ret = attend(pid, out[0], err[0], report[0], r);
		out[0] = err[0] = -1;
	}
	close_pair(out);
	close_pair(err);
	close_pair(report);
	return ret;
}

struct error *subprocess_run(const struct subprocess *p, struct subprocess_result *r)
{
	int ret;

	memset(r, 0, sizeof(*r));
	ret = spawn(p, r);
	if (ret) {
		subprocess_result_free(r);
		return error_errno(ret, "cannot run %s%s%s", p->argv[0], p->dir ? " in " : "", p->dir ? p->dir : "");
	}
	if (!p->split_stderr) {
		free(r->err);
		r->err = NULL;
	}
	return NULL;
}

void subprocess_result_free(struct subprocess_result *r)
{
	free(r->out);
	free(r->err);
	r->out = r->err = NULL;
	r->out_size = r->err_size = 0;
}
