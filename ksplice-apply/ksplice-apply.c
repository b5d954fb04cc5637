// SPDX-License-Identifier: GPL-2.0-or-later
/* ksplice-apply: splices an update into the running kernel. */
#include <stdlib.h>

#include "ksplice-apply/change.h"
#include "ksplice-apply/cli.h"
#include "ksplice-apply/interrupt.h"
#include "ksplice-apply/kernel-id.h"
#include "ksplice-apply/modinfo.h"

static const char help[] =
	"Usage: ksplice-apply [OPTION]... UPDATE\n"
	"Splice the update file UPDATE into the running kernel.\n"
	"\n"
	"  -n, --dry-run      match everything, change nothing\n"
	CLI_CHANGE_HELP
	CLI_HELP
	"\n"
	"Exit status: 0 applied, also if it was before; 1 other failure; 2 usage; 3 refused; 4 made for another kernel;\n"
	"5 the running code does not match; 6 busy; 7 not root; 8 bad update file. ksplice-apply(8) tells more.\n";

static const struct option options[] = {
	{ "dry-run", no_argument, NULL, 'n' },
	CLI_CHANGE_LONG_OPTIONS,
	CLI_LONG_OPTIONS
};

static struct error *parse_options(struct cli *cli, struct change *c, int argc, char **argv, const char **path)
{
	struct error *err = NULL;
	int opt;

	while (!err && (opt = getopt_long(argc, argv, CLI_SHORT_OPTIONS("n"), options, NULL)) != -1) {
		switch (opt) {
		case 'n':
			c->dry_run = true;
			break;
		default:
			err = cli_change_option(cli, c, opt, argv);
		}
	}
	if (!err && optind == argc)
		err = cli_usage(cli, "an update file is needed");
	if (!err && optind + 1 < argc)
		err = cli_usage(cli, "one update file at a time, please: apply them one after the other");
	*path = argv[optind];
	return err;
}

static struct error *check_kernel(const struct kernel *k, const struct update *u)
{
	struct kernel_id id;
	struct error *err;

	err = kernel_id_read(k, &id);
	if (err)
		return err;
	err = kernel_id_check(&id, u->manifest);
	if (!err)
		err = modinfo_check_update(u);
	kernel_id_free(&id);
	return err;
}

static const char *const result_words[] = {
	[CHANGE_APPLIED] = "applied",
	[CHANGE_WOULD_APPLY] = "would_apply",
	[CHANGE_ALREADY_APPLIED] = "already_applied",
};

static json_t *result_json(const struct change *c, const struct manifest *m)
{
	return json_pack("{s:i, s:b, s:s, s:s, s:i, s:o, s:o, s:{s:I, s:I, s:I, s:I}}",
			 "version", 1, "ok", 1, "id", m->id,
			 "result", result_words[c->result], "tries", (int)c->tries,
			 "splices", lines_json(c->splices), "timing", numbers_json(c->timing),
			 "phases", "core_us", (json_int_t)c->phases[PHASE_CORE],
			 "match_us", (json_int_t)c->phases[PHASE_MATCH], "code_us", (json_int_t)c->phases[PHASE_CODE],
			 "splice_us", (json_int_t)c->phases[PHASE_SPLICE]);
}

static void say_splices(struct cli *cli, const char *splices)
{
	json_t *list = lines_json(splices), *s;
	size_t i;

	json_array_foreach(list, i, s) {
		const char *target, *unit, *function;

		if (!json_unpack(s, "{s:s, s:s, s:s}", "target", &target, "unit", &unit, "function", &function))
			cli_say(cli, "  %s: %s: %s", target, unit, function);
	}
	json_decref(list);
}

static void say_result(struct cli *cli, const struct change *c, const struct manifest *m)
{
	switch (c->result) {
	case CHANGE_APPLIED:
		cli_say(cli, "Update %s is applied.", m->id);
		if (cli->log.level >= LOG_VERBOSE)
			say_splices(cli, c->splices);
		break;
	case CHANGE_WOULD_APPLY:
		cli_say(cli, "Update %s would apply; all of it matches the running kernel. Nothing was changed.",
			 m->id);
		say_splices(cli, c->splices);
		break;
	case CHANGE_ALREADY_APPLIED:
		cli_say(cli, "Update %s is already applied.", m->id);
		if (cli->log.level >= LOG_VERBOSE)
			say_splices(cli, c->splices);
		break;
	default:
		break;
	}
}

static struct error *run(struct cli *cli, struct change *c, const char *path, json_t **result)
{
	struct update *u;
	struct error *err;

	err = cli_need_root(cli);
	if (err)
		return err;
	interrupt_catch();
	log_step(&cli->log, "reading %s", path);
	err = update_read(path, &u);
	if (err)
		return err;
	err = check_kernel(c->kernel, u);
	if (!err)
		err = change_apply(c, u);
	if (!err) {
		*result = result_json(c, u->manifest);
		say_result(cli, c, u->manifest);
	}
	update_free(u);
	return err;
}

int main(int argc, char **argv)
{
	struct cli cli;
	struct change c;
	json_t *result = NULL;
	const char *path;
	struct error *err;
	int status;

	cli_init(&cli, "ksplice-apply", help, options);
	change_init(&c, &running_kernel, &cli.log);
	err = parse_options(&cli, &c, argc, argv, &path);
	if (!err)
		err = run(&cli, &c, path, &result);
	status = cli_finish(&cli, err, &c.reason, result);
	change_free(&c);
	return status;
}
