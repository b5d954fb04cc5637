// SPDX-License-Identifier: GPL-2.0-or-later
/* Reads the kernel's own words about a module from its log. */
#include "ksplice-apply/kmsg.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ksplice-apply/text.h"

#define RECORD_MAX	8192	/* PRINTK_MESSAGE_MAX is at most 2048 */
#define NAMED_MAX	5
#define OTHERS_MAX	3

int kmsg_open(const struct kernel *k)
{
	int fd = open(k->kmsg, O_RDONLY | O_NONBLOCK | O_CLOEXEC);

	if (fd >= 0 && lseek(fd, 0, SEEK_END) < 0) {
		close(fd);
		fd = -1;
	}
	return fd;
}

void kmsg_close(int fd)
{
	if (fd >= 0)
		close(fd);
}

char *kmsg_text(char *record)
{
	char *text = strchr(record, ';');

	/* The facility is above the three bits of the level; the kernel's is 0. */
	if (!text || !isdigit((unsigned char)record[0]) || strtoul(record, NULL, 10) >> 3)
		return NULL;
	text++;
	text[strcspn(text, "\n")] = 0;
	return text_harmless(text);
}

/* The last few of a row of lines. */
struct tail {
	char *lines[NAMED_MAX];
	size_t max;
	size_t nr;
};

static void tail_add(struct tail *t, const char *line)
{
	if (t->nr == t->max) {
		free(t->lines[0]);
		memmove(t->lines, t->lines + 1, (t->nr - 1) * sizeof(t->lines[0]));
		t->nr--;
	}
	t->lines[t->nr] = strdup(line);
	if (t->lines[t->nr])
		t->nr++;
}

static void tail_free(struct tail *t)
{
	for (size_t i = 0; i < t->nr; i++)
		free(t->lines[i]);
}

static char *tail_join(const struct tail *t)
{
	size_t size = 1;
	char *text, *p;

	for (size_t i = 0; i < t->nr; i++)
		size += strlen(t->lines[i]) + 3;
	text = p = malloc(size);
	if (!text)
		return NULL;
	*p = 0;
	for (size_t i = 0; i < t->nr; i++)
		p += sprintf(p, "\n  %s", t->lines[i]);
	return text;
}

/* What the kernel says of a signature names no module: "Loading of unsigned module is rejected". */
static bool is_about(const char *text, const char *module)
{
	return strstr(text, module) || !strncmp(text, "Loading of ", strlen("Loading of "));
}

char *kmsg_since(int fd, const char *module)
{
	struct tail named = { .max = NAMED_MAX }, others = { .max = OTHERS_MAX };
	char record[RECORD_MAX + 1], *text;
	ssize_t n;

	if (fd < 0)
		return NULL;
	/* EPIPE: records were overwritten meanwhile; the next read goes on behind them. */
	while ((n = read(fd, record, RECORD_MAX)) > 0 || (n < 0 && (errno == EPIPE || errno == EINTR))) {
		if (n < 0)
			continue;
		record[n] = 0;
		text = kmsg_text(record);
		if (text)
			tail_add(is_about(text, module) ? &named : &others, text);
	}
	text = tail_join(named.nr ? &named : &others);
	tail_free(&named);
	tail_free(&others);
	return text;
}
