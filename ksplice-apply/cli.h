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
};

/* In the tool's own option table, behind its own options. */
#define CLI_SHORT_OPTIONS	"hqvV"
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

void cli_init(struct cli *cli, const char *tool);

/*
 * Takes one option that all tools have; prints help or version and exits for those.  False: it is not one of them
 * (getopt_long() has then printed why, or it is the tool's own).
 */
bool cli_option(struct cli *cli, int c, const char *help);

/* ERROR_USAGE with a hint at --help. */
struct error *cli_usage(const struct cli *cli, const char *what);
/* A whole number of @min to @max, or ERROR_USAGE naming the @option. */
struct error *cli_number(const struct cli *cli, const char *option, const char *text, unsigned int max,
			 unsigned int *value);
/* NULL, or ERROR_UNKNOWN_ID: what is no id cannot be the id of an update. */
struct error *cli_check_id(const char *id);
/* NULL, or ERROR_NOT_PERMITTED when we are not root. */
struct error *cli_need_root(const struct cli *cli);

/* A line of the result, for people: on stdout, unless -q or --json. */
void cli_say(struct cli *cli, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/*
 * The tool's end: prints @err (which is taken), or @result (which is taken) with --json, and returns the exit status.
 * @reason, if the core has told one, is part of the JSON of an error; may be NULL.
 */
int cli_finish(struct cli *cli, struct error *err, const struct reason *reason, json_t *result);

/* Lines of key=value as an array of objects; @text may be NULL. */
json_t *lines_json(const char *text);
/* The same as one object; values that are whole numbers become numbers. */
json_t *numbers_json(const char *text);

#endif
