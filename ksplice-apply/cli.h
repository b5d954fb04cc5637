/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the command lines and outputs of ksplice-apply, -undo and -view have in common. */
#ifndef KSPLICE_APPLY_CLI_H
#define KSPLICE_APPLY_CLI_H

#include <getopt.h>
#include <jansson.h>
#include <stdbool.h>

#include "common/log.h"
#include "ksplice-apply/change.h"

struct cli {
	struct log log;
	bool json;
	/* The tool's own. */
	const char *help;
	const struct option *options;	/* ends with CLI_LONG_OPTIONS */
};

/* For getopt_long(): the tool's own short options with those that all have. */
#define CLI_SHORT_OPTIONS(own)	":" own "hqvV"
/* In the tool's own option table, behind its own options. */
#define CLI_LONG_OPTIONS \
	{ "help", no_argument, NULL, 'h' }, \
	{ "json", no_argument, NULL, 'J' }, \
	{ "quiet", no_argument, NULL, 'q' }, \
	{ "verbose", no_argument, NULL, 'v' }, \
	{ "version", no_argument, NULL, 'V' }, \
	{ NULL, 0, NULL, 0 }

#define CLI_HELP \
	"      --json         print the result as JSON\n" \
	"  -q, --quiet        print errors and warnings alone\n" \
	"  -v, --verbose      print what is being done\n" \
	"  -h, --help         print this help\n" \
	"      --version      print the version\n"

/* The same for tools that change the kernel: before CLI_LONG_OPTIONS, and before CLI_HELP. */
enum { CLI_RETRIES = 256, CLI_TIMEOUT };
#define CLI_CHANGE_LONG_OPTIONS \
	{ "retries", required_argument, NULL, CLI_RETRIES }, \
	{ "timeout", required_argument, NULL, CLI_TIMEOUT }

#define CLI_CHANGE_HELP \
	"      --retries=N    try again up to N times when tasks are in the way (default 5)\n" \
	"      --timeout=SEC  give up on an update after SEC seconds (default 30)\n"

/* @tool, @help and @options are kept, not copied. */
void cli_init(struct cli *cli, const char *tool, const char *help, const struct option *options);

/*
 * What getopt_long() has returned, @opt, and the tool does not know itself: takes the options that all tools have;
 * prints help or version and exits for those.  ERROR_USAGE: it is none of them.
 */
struct error *cli_option(struct cli *cli, int opt, char **argv);
/* The same for tools that change the kernel: --retries and --timeout go to @c. */
struct error *cli_change_option(struct cli *cli, struct change *c, int opt, char **argv);

/* ERROR_USAGE with a hint at --help. */
struct error *cli_usage(const struct cli *cli, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* NULL, or ERROR_UNKNOWN_ID: what is no id cannot be the id of an update. */
struct error *cli_check_id(const char *id);
/* NULL, or ERROR_NOT_PERMITTED when we are not root. */
struct error *cli_need_root(const struct cli *cli);

/* A line of the result, for people: on stdout, unless -q or --json. */
void cli_say(struct cli *cli, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/*
 * The tool's end: prints @err (which is taken), or @result (which is taken) with --json, and returns the exit status:
 * not 0 when something of what was printed has not arrived on stdout.
 * @reason, if the core has told one, is part of the JSON of an error; may be NULL.
 */
int cli_finish(struct cli *cli, struct error *err, const struct reason *reason, json_t *result);

/* Lines of key=value as an array of objects; @text may be NULL. */
json_t *lines_json(const char *text);
/* The same as one object; values that are whole numbers become numbers. */
json_t *numbers_json(const char *text);

#endif
