// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * storm FILE: keeps the machine busy until FILE exists: processes that pass messages through pipes, a client and a server on the loopback
 * network, files that are made, looked at, read back and taken away, processes that come and exit.  What each sends, another counts; says
 * how much it was, and fails if anything was lost or is another than it was.
 */
#include <arpa/inet.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { PIPES = 8 };

static const char *end;
static unsigned long *done;	/* of each process, shared */

static void die(const char *what)
{
	perror(what);
	exit(1);
}

static int is_over(void)
{
	return !access(end, F_OK);
}

/* Reads all of @len bytes; 0: the other has closed. */
static size_t all(int fd, void *buf, size_t len)
{
	size_t n = 0;
	ssize_t got;

	while (n < len && (got = read(fd, (char *)buf + n, len - n)) > 0)
		n += got;
	if (n && n < len)
		die("storm: half a message");
	return n;
}

/* Messages with numbers, there and back, until it is over. */
static void ask(int out, int in, unsigned long *count)
{
	unsigned long message[16] = { 0 }, answer[16];

	for (; *count % 64 || !is_over(); ++*count) {
		message[0] = message[15] = *count;
		if (write(out, message, sizeof(message)) != sizeof(message) || all(in, answer, sizeof(answer)) != sizeof(answer))
			die("storm: a message is lost");
		if (answer[0] != *count + 1 || answer[15] != *count)
			die("storm: another message");
	}
	close(out);
}

static void answer(int in, int out, unsigned long *count)
{
	unsigned long message[16];

	for (; all(in, message, sizeof(message)); ++*count) {
		if (message[0] != *count || message[15] != *count)
			die("storm: not the next message");
		message[0]++;
		if (write(out, message, sizeof(message)) != sizeof(message))
			die("storm: no answer");
	}
}

static void files(unsigned long *count)
{
	char name[64], text[64], back[64] = "";
	struct stat st;

	snprintf(name, sizeof(name), "/tmp/storm.%d", getpid());
	for (; *count % 16 || !is_over(); ++*count) {
		int fd = open(name, O_RDWR | O_CREAT | O_EXCL, 0600), len = snprintf(text, sizeof(text), "number %lu", *count);

		if (fd < 0 || write(fd, text, len) != len || stat(name, &st) || st.st_size != len || pread(fd, back, len, 0) != len ||
		    memcmp(text, back, len) || close(fd) || unlink(name) || !stat(name, &st))
			die("storm: a file");
	}
}

static void processes(unsigned long *count)
{
	int status;

	for (; *count % 16 || !is_over(); ++*count) {
		pid_t pid = fork();

		if (!pid)
			_exit(*count % 100);
		if (pid < 0 || waitpid(pid, &status, 0) != pid || WEXITSTATUS(status) != (int)(*count % 100))
			die("storm: a process");
	}
}

static int listening(struct sockaddr_in *addr)
{
	socklen_t len = sizeof(*addr);
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	*addr = (struct sockaddr_in){ .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	if (fd < 0 || bind(fd, (void *)addr, len) || listen(fd, 1) || getsockname(fd, (void *)addr, &len))
		die("storm: a socket");
	return fd;
}

static void pair(unsigned int nth, int use_socket)
{
	int there[2], back[2], client, server;
	struct sockaddr_in addr;

	if (!use_socket) {
		if (pipe(there) || pipe(back))
			die("storm: pipe");
		if (!fork()) {
			close(there[1]);
			answer(there[0], back[1], &done[2 * nth + 1]);
			_exit(0);
		}
		close(there[0]);
		ask(there[1], back[0], &done[2 * nth]);
		return;
	}
	server = listening(&addr);
	if (!fork()) {
		client = accept(server, NULL, NULL);
		answer(client, client, &done[2 * nth + 1]);
		_exit(0);
	}
	client = socket(AF_INET, SOCK_STREAM, 0);
	if (connect(client, (void *)&addr, sizeof(addr)))
		die("storm: connect");
	ask(client, client, &done[2 * nth]);
}

int main(int argc, char **argv)
{
	int status, bad = 0;

	if (argc != 2)
		return 2;
	end = argv[1];
	signal(SIGPIPE, SIG_IGN);
	if (nice(10) < 0)
		die("storm: nice");
	done = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	for (unsigned int i = 0; i < PIPES + 4; i++) {
		if (fork())
			continue;
		if (i < PIPES + 2)
			pair(i, i >= PIPES);
		else if (i == PIPES + 2)
			files(&done[2 * i]);
		else
			processes(&done[2 * i]);
		while (wait(&status) > 0)
			bad |= status;
		_exit(!!bad);
	}
	while (wait(&status) > 0)
		bad |= status;
	for (unsigned int i = 0; i < PIPES + 4; i++) {
		printf(" %lu", done[2 * i]);
		if (!done[2 * i] || (i < PIPES + 2 && done[2 * i] != done[2 * i + 1]))
			bad = 1;
	}
	printf("\n");
	return !!bad;
}
