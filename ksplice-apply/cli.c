// SPDX-License-Identifier: GPL-2.0-or-later
#include "config.h"

#include "ksplice-apply/cli.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/json.h"
#include "ksplice-apply/exit-status.h"
#include "ksplice-apply/text.h"

void cli_init(struct cli *cli, const char *tool)
{
	memset(cli, 0, sizeof(*cli));
	log_init(&cli->log, tool);
}

bool cli_option(struct cli *cli, int c, const char *help)
{
	switch (c) {
	case 'h':
		fputs(help, stdout);
		exit(EXIT_OK);
	case 'V':
		printf("%s %s\n", cli->log.tool, PACKAGE_VERSION);
		exit(EXIT_OK);
	case 'J':
		cli->json = true;
		return true;
	case 'q':
		cli->log.level = LOG_QUIET;
		return true;
	case 'v':
		cli->log.level = LOG_VERBOSE;
		return true;
	}
	return false;
}

struct error *cli_usage(const struct cli *cli, const char *what)
{
	return error_new(ERROR_USAGE, "%s\n%s --help tells the usage.", what, cli->log.tool);
}

struct error *cli_number(const struct cli *cli, const char *option, const char *text, unsigned int max,
			 unsigned int *value)
{
	unsigned long n;
	char *end;

	errno = 0;
	n = strtoul(text, &end, 10);
	if (!isdigit((unsigned char)*text) || *end || errno || n > max)
		return error_new(ERROR_USAGE, "%s needs a whole number of 0 to %u", option, max);
	*value = n;
	return NULL;
}

struct error *cli_check_id(const char *id)
{
	if (update_id_valid(id))
		return NULL;
	return error_new(ERROR_UNKNOWN_ID, "there is no update with such an id: an id is 1 to %d of a-z, 0-9 and _",
			 UPDATE_ID_MAX);
}

struct error *cli_need_root(const struct cli *cli)
{
	return geteuid() ? error_new(ERROR_NOT_PERMITTED, "only root may do this") : NULL;
}

void cli_say(struct cli *cli, const char *fmt, ...)
{
	va_list ap;

	if (cli->json || cli->log.level <= LOG_QUIET)
		return;
	log_step_done(&cli->log);
	va_start(ap, fmt);
	vprintf(fmt, ap);
	va_end(ap);
	putchar('\n');
}

/* What was done before the error is there too: @done may be NULL. */
static json_t *error_json(const struct error *err, const struct reason *reason, json_t *done)
{
	json_t *j = json_from_error(err);

	if (j && reason && reason->cause != CAUSE_NONE)
		json_object_set_new(json_object_get(j, "error"), "reason", reason_json(reason));
	if (j && done)
		json_object_update_missing(j, done);
	return j;
}

int cli_finish(struct cli *cli, struct error *err, const struct reason *reason, json_t *result)
{
	struct error *print = NULL;
	int status;

	log_step_done(&cli->log);
	/* Messages may quote what is in a file. */
	if (err)
		text_harmless(err->text);
	if (cli->json)
		print = json_print(err ? error_json(err, reason, result) : json_incref(result));
	else if (fflush(stdout))
		print = error_errno(errno, "stdout");
	json_decref(result);
	if (err)
		log_error(&cli->log, err);
	if (print)
		log_error(&cli->log, print);
	status = exit_status_of(err ? err : print);
	error_free(err);
	error_free(print);
	return status;
}

json_t *lines_json(const char *text)
{
	json_t *array = json_array();

	while (text && *text) {
		if (*text != '\n')
			json_array_append_new(array, detail_json(text));
		text += strcspn(text, "\n");
		text += *text == '\n';
	}
	return array;
}

json_t *numbers_json(const char *text)
{
	json_t *all = json_object(), *line;

	for (; text && *text; text += strcspn(text, "\n"), text += *text == '\n') {
		const char *key;
		json_t *value;

		line = detail_json(text);
		json_object_foreach(line, key, value) {
			const char *s = json_string_value(value);
			char *end;
			long long n = strtoll(s, &end, 10);

			json_object_set_new(all, key, *s && !*end ? json_integer(n) : json_string(s));
		}
		json_decref(line);
	}
	return all;
}
