// SPDX-License-Identifier: GPL-2.0-or-later
/* Prints on stderr what a tool tells beside its result. */
#include "common/log.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

void log_init(struct log *log, const char *tool)
{
	const char *term = getenv("TERM");

	*log = (struct log){
		.tool = tool,
		/* A dumb terminal cannot wipe a line. */
		.terminal = isatty(STDERR_FILENO) && term && strcmp(term, "dumb"),
	};
}

void log_step_done(struct log *log)
{
	if (!log->step_shown)
		return;
	fputs("\r\033[K", stderr);
	fflush(stderr);
	log->step_shown = false;
}

void log_step(struct log *log, const char *fmt, ...)
{
	bool passing = log->level == LOG_NORMAL && log->terminal;
	va_list ap;

	if (!passing && log->level < LOG_VERBOSE)
		return;
	log_step_done(log);
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fputs(passing ? " ..." : "\n", stderr);
	fflush(stderr);
	log->step_shown = passing;
}

static void say(struct log *log, const char *prefix, const char *fmt, va_list ap)
{
	log_step_done(log);
	fputs(prefix, stderr);
	vfprintf(stderr, fmt, ap);
	fputc('\n', stderr);
}

void log_detail(struct log *log, const char *fmt, ...)
{
	va_list ap;

	if (log->level < LOG_VERBOSE)
		return;
	va_start(ap, fmt);
	say(log, "", fmt, ap);
	va_end(ap);
}

void log_info(struct log *log, const char *fmt, ...)
{
	va_list ap;

	if (log->level < LOG_NORMAL)
		return;
	va_start(ap, fmt);
	say(log, "", fmt, ap);
	va_end(ap);
}

void log_warn(struct log *log, const char *fmt, ...)
{
	va_list ap;

	log_step_done(log);
	fprintf(stderr, "%s: warning: ", log->tool);
	va_start(ap, fmt);
	say(log, "", fmt, ap);
	va_end(ap);
}

/* How much of @text is told. */
static int told(const struct log *log, const char *text)
{
	return log->brief ? strcspn(text, "\n") : strlen(text);
}

void log_error(struct log *log, const struct error *err)
{
	log_step_done(log);
	fprintf(stderr, "%s: %.*s\n", log->tool, told(log, err->text), err->text);
}

void log_warn_error(struct log *log, struct error *err)
{
	if (!err)
		return;
	log_warn(log, "%.*s", told(log, err->text), err->text);
	error_free(err);
}
