// SPDX-License-Identifier: GPL-2.0-or-later
/* What the command lines and outputs of ksplice-apply, -undo and -view have in common. */
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

void cli_init(struct cli *cli, const char *tool, const char *help, const struct option *options)
{
	*cli = (struct cli){ .help = help, .options = options };
	log_init(&cli->log, tool);
	/* What getopt_long() prints has another shape than our errors. */
	opterr = 0;
}

/* NULL when all that was printed has arrived: a full disk is told only here, or by an earlier write to stdout. */
static struct error *flush_stdout(void)
{
	errno = 0;
	if (!fflush(stdout) && !ferror(stdout))
		return NULL;
	return errno ? error_errno(errno, "stdout") : error_new(ERROR_SYSTEM, "stdout: not all of it could be written");
}

/* The end after --help and --version, which are text also with --json. */
static void exit_told(struct cli *cli)
{
	cli->json = false;
	exit(cli_finish(cli, flush_stdout(), NULL, NULL));
}

/* @opt is '?' or ':', from getopt_long(). */
static struct error *bad_option(const struct cli *cli, int opt, char **argv)
{
	const char *word = argv[optind - 1];

	if (opt == ':')
		return strncmp(word, "--", 2) ? cli_usage(cli, "option -%c needs a value", optopt) :
						cli_usage(cli, "option %s needs a value", word);
	/* optopt is 0 for a long option that is unknown; one that is known has a value that it must not have. */
	for (const struct option *o = cli->options; o->name; o++)
		if (o->val == optopt)
			return cli_usage(cli, "option --%s takes no value", o->name);
	if (optopt)
		return cli_usage(cli, "option -%c is unknown", optopt);
	return cli_usage(cli, "option %s is unknown or ambiguous", word);
}

struct error *cli_option(struct cli *cli, int opt, char **argv)
{
	switch (opt) {
	case 'h':
		fputs(cli->help, stdout);
		exit_told(cli);
		break;
	case 'V':
		printf("%s %s\n", cli->log.tool, PACKAGE_VERSION);
		exit_told(cli);
		break;
	case 'J':
		cli->json = true;
		return NULL;
	case 'q':
		cli->log.level = LOG_QUIET;
		return NULL;
	case 'v':
		cli->log.level = LOG_VERBOSE;
		return NULL;
	}
	return bad_option(cli, opt, argv);
}

struct error *cli_usage(const struct cli *cli, const char *fmt, ...)
{
	struct error *what, *err;
	va_list ap;

	va_start(ap, fmt);
	what = error_vnew(ERROR_USAGE, fmt, ap);
	va_end(ap);
	err = error_new(ERROR_USAGE, "%s\nTry '%s --help'.", what->text, cli->log.tool);
	error_free(what);
	return err;
}

#define NUMBER_MAX	1000000		/* in milliseconds it still fits into an unsigned int */

static struct error *number(const struct cli *cli, const char *option, const char *text, unsigned int *value)
{
	unsigned long n;
	char *end;

	errno = 0;
	n = strtoul(text, &end, 10);
	if (!isdigit((unsigned char)*text) || *end || errno || n > NUMBER_MAX)
		return cli_usage(cli, "%s needs a whole number of 0 to %d", option, NUMBER_MAX);
	*value = n;
	return NULL;
}

struct error *cli_change_option(struct cli *cli, struct change *c, int opt, char **argv)
{
	unsigned int seconds;
	struct error *err;

	switch (opt) {
	case CLI_RETRIES:
		return number(cli, "--retries", optarg, &c->retries);
	case CLI_TIMEOUT:
		err = number(cli, "--timeout", optarg, &seconds);
		if (!err)
			c->timeout_ms = 1000 * seconds;
		return err;
	}
	return cli_option(cli, opt, argv);
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
	else if (!err)
		print = flush_stdout();
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
