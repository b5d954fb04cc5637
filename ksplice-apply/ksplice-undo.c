// SPDX-License-Identifier: GPL-2.0-or-later
/* ksplice-undo: takes updates out of the running kernel. */
#include <stdlib.h>
#include <string.h>

#include "ksplice-apply/change.h"
#include "ksplice-apply/cli.h"
#include "ksplice-apply/interrupt.h"

static const char help[] =
	"Usage: ksplice-undo [OPTION]... ID...\n"
	"       ksplice-undo [OPTION]... --all\n"
	"Take the updates with these IDs out of the running kernel, in this order; or all of them.\n"
	"\n"
	"  -a, --all          all updates, the newest first, and the kernel core\n"
	CLI_CHANGE_HELP
	CLI_HELP
	"\n"
	"Exit status: 0 undone; 1 other failure; 2 usage; 3 refused, as when another update stands on it; 6 busy;\n"
	"7 not root; 9 no such update. ksplice-undo(8) tells more.\n";

static const struct option options[] = {
	{ "all", no_argument, NULL, 'a' },
	CLI_CHANGE_LONG_OPTIONS,
	CLI_LONG_OPTIONS
};

static struct error *parse_options(struct cli *cli, struct change *c, int argc, char **argv, bool *all)
{
	struct error *err = NULL;
	int opt;

	while (!err && (opt = getopt_long(argc, argv, CLI_SHORT_OPTIONS("a"), options, NULL)) != -1) {
		switch (opt) {
		case 'a':
			*all = true;
			break;
		default:
			err = cli_change_option(cli, c, opt, argv);
		}
	}
	if (!err && *all && optind < argc)
		err = cli_usage(cli, "either ids or --all");
	if (!err && !*all && optind == argc)
		err = cli_usage(cli, "the id of an update is needed, or --all");
	for (int i = optind; !err && i < argc; i++)
		err = cli_check_id(argv[i]);
	return err;
}

static struct error *undo_one(struct cli *cli, struct change *c, const char *id, json_t *results)
{
	struct error *err;

	change_free(c);
	c->result = CHANGE_NONE;
	c->tries = 0;
	err = change_undo(c, id);
	if (err)
		return err;
	cli_say(cli, c->result == CHANGE_UNDONE ? "Update %s is undone." :
		"Update %s was not applied; what was left of it is gone.", id);
	json_array_append_new(results, json_pack("{s:s, s:s, s:i, s:o}", "id", id,
						 "result", c->result == CHANGE_UNDONE ? "undone" : "cleaned",
						 "tries", (int)c->tries, "timing", numbers_json(c->timing)));
	return NULL;
}

static struct error *undo_all(struct cli *cli, struct change *c, json_t *results)
{
	struct core_ids ids;
	struct error *err;

	err = change_undo_order(c->kernel, &ids);
	if (err)
		return err;
	if (!ids.nr) {
		err = change_drop_core(c);
		if (!err)
			cli_say(cli, "There is no update.");
	}
	for (size_t i = 0; !err && i < ids.nr; i++) {
		err = change_interrupted();
		if (!err)
			err = undo_one(cli, c, ids.ids[i], results);
	}
	core_ids_free(&ids);
	return err;
}

static struct error *run(struct cli *cli, struct change *c, char **ids, json_t *results)
{
	struct error *err;

	err = cli_need_root(cli);
	if (err)
		return err;
	interrupt_catch();
	if (!*ids)
		return undo_all(cli, c, results);
	for (; !err && *ids; ids++) {
		err = undo_one(cli, c, *ids, results);
		if (!err && ids[1])
			err = change_interrupted();
	}
	return err;
}

int main(int argc, char **argv)
{
	struct cli cli;
	struct change c;
	json_t *results = json_array();
	struct error *err;
	bool all = false;
	int status;

	cli_init(&cli, "ksplice-undo", help, options);
	change_init(&c, &running_kernel, &cli.log);
	err = parse_options(&cli, &c, argc, argv, &all);
	if (!err)
		err = run(&cli, &c, argv + optind, results);
	status = cli_finish(&cli, err, &c.reason,
			    json_pack("{s:i, s:b, s:o}", "version", 1, "ok", 1, "updates", results));
	change_free(&c);
	return status;
}
