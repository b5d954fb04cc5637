// SPDX-License-Identifier: GPL-2.0-or-later
/* The file has a byte for each unit that is done: each is done by a process of its own, which make has started. */
#include "ksplice-create/progress.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static char *progress_path(const struct create *c)
{
	return xasprintf("%s/progress", c->ws.dir);
}

static void *show_progress(void *ctx)
{
	struct progress *p = ctx;
	_cleanup_free_ char *path = progress_path(p->c);
	struct timespec until;
	struct stat st;

	pthread_mutex_lock(&p->lock);
	while (!p->end) {
		clock_gettime(CLOCK_REALTIME, &until);
		until.tv_sec++;
		pthread_cond_timedwait(&p->wake, &p->lock, &until);
		if (!p->end && !stat(path, &st))
			log_step(&p->c->log, "preprocessed %lld of %zu files", (long long)st.st_size, p->total);
	}
	log_step_done(&p->c->log);
	pthread_mutex_unlock(&p->lock);
	return NULL;
}

void progress_begin(struct progress *p, struct create *c, size_t total)
{
	_cleanup_free_ char *path = progress_path(c);

	*p = (struct progress){.c = c, .total = total, .lock = PTHREAD_MUTEX_INITIALIZER, .wake = PTHREAD_COND_INITIALIZER};
	unlink(path);
	log_detail(&c->log, "preprocessing %zu files", total);
	if (c->log.level == LOG_NORMAL && c->log.terminal)
		p->started = !pthread_create(&p->thread, NULL, show_progress, p);
}

void progress_end(struct progress *p)
{
	_cleanup_free_ char *path = progress_path(p->c);

	if (p->started) {
		pthread_mutex_lock(&p->lock);
		p->end = true;
		pthread_cond_signal(&p->wake);
		pthread_mutex_unlock(&p->lock);
		pthread_join(p->thread, NULL);
	}
	unlink(path);
}

void progress_tell(void)
{
	const char *path = getenv("KSPLICE_PROGRESS");
	int fd = path ? open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644) : -1;

	if (fd < 0)
		return;
	/* Only shown, so a failure is none; "!" because glibc's write() wants its result to be looked at. */
	(void)!write(fd, "+", 1);
	close(fd);
}
