// SPDX-License-Identifier: GPL-2.0-or-later
/* ksplice-apply: splices updates into the running kernel. */
#include <stdlib.h>

#include "ksplice-apply/change.h"
#include "ksplice-apply/cli.h"
#include "ksplice-apply/interrupt.h"
#include "ksplice-apply/kernel-id.h"
#include "ksplice-apply/modinfo.h"

static const char help[] =
	"Usage: ksplice-apply [OPTION]... UPDATE...\n"
	"Splice the update files UPDATE into the running kernel: all in one stop of the machine, or none.\n"
	"\n"
	"  -n, --dry-run      match everything, change nothing\n"
	"      --replace[=ID,...]\n"
	"                     take the place of all updates that are applied, or of these, in the same stop\n"
	CLI_CHANGE_HELP
	CLI_HELP
	"\n"
	"Exit status: 0 applied, also if it was before; 1 other failure; 2 usage; 3 refused; 4 made for another kernel;\n"
	"5 the running code does not match; 6 busy; 7 not root; 8 bad update file; 9 no such update to replace.\n"
	"ksplice-apply(8) tells more.\n";

enum { OPTION_REPLACE = 'R' };	/* no short option */

static const struct option options[] = {
	{ "dry-run", no_argument, NULL, 'n' },
	{ "replace", optional_argument, NULL, OPTION_REPLACE },
	CLI_CHANGE_LONG_OPTIONS,
	CLI_LONG_OPTIONS
};

static struct error *parse_options(struct cli *cli, struct change *c, int argc, char **argv)
{
	struct error *err = NULL;
	int opt;

	while (!err && (opt = getopt_long(argc, argv, CLI_SHORT_OPTIONS("n"), options, NULL)) != -1) {
		switch (opt) {
		case 'n':
			c->dry_run = true;
			break;
		case OPTION_REPLACE:
			c->replace = true;
			c->replace_ids = optarg;
			if (optarg && !*optarg)
				err = cli_usage(cli, "--replace= needs the ids of updates");
			break;
		default:
			err = cli_change_option(cli, c, opt, argv);
		}
	}
	if (!err && optind == argc)
		err = cli_usage(cli, "an update file is needed");
	return err;
}

/* The update files of the command line, as they are read. */
struct files {
	size_t nr;			/* of those that were read */
	struct update **updates;
	struct change_update *us;
};

static struct error *check_kernel(const struct kernel_id *id, const struct update *u)
{
	struct error *err = kernel_id_check(id, u->manifest);

	return err ? err : modinfo_check_update(u);
}

static struct error *read_one(struct cli *cli, const struct kernel_id *id, const char *path, struct files *f, bool several)
{
	struct error *err;

	log_step(&cli->log, "reading %s", path);
	err = update_read(path, &f->updates[f->nr]);
	if (err)
		return err;
	f->us[f->nr].update = f->updates[f->nr];
	err = check_kernel(id, f->updates[f->nr++]);
	return err && several ? error_prefix(err, "%s", path) : err;
}

static struct error *read_files(struct cli *cli, const struct kernel *k, char **paths, size_t nr, struct files *f)
{
	struct kernel_id id;
	struct error *err;

	f->updates = calloc(nr, sizeof(*f->updates));
	f->us = calloc(nr, sizeof(*f->us));
	if (!f->updates || !f->us)
		return error_new(ERROR_SYSTEM, "out of memory");
	err = kernel_id_read(k, &id);
	if (err)
		return err;
	for (size_t i = 0; !err && i < nr; i++)
		err = read_one(cli, &id, paths[i], f, nr > 1);
	kernel_id_free(&id);
	return err;
}

static void files_free(struct files *f)
{
	for (size_t i = 0; i < f->nr; i++) {
		free(f->us[i].splices);
		update_free(f->updates[i]);
	}
	free(f->us);
	free(f->updates);
}

static const char *const result_words[] = {
	[CHANGE_APPLIED] = "applied",
	[CHANGE_WOULD_APPLY] = "would_apply",
	[CHANGE_ALREADY_APPLIED] = "already_applied",
};

static json_t *update_json(const struct change_update *cu)
{
	return json_pack("{s:s, s:s, s:o}", "id", cu->update->manifest->id, "result", result_words[cu->result],
			 "splices", lines_json(cu->splices));
}

/* Of one update, its members are also members of the whole. */
static json_t *result_json(const struct change *c, const struct files *f)
{
	json_t *all, *updates = json_array(), *replaced = json_array();

	for (size_t i = 0; i < c->replaced.nr; i++)
		json_array_append_new(replaced, json_string(c->replaced.ids[i]));
	for (size_t i = 0; i < f->nr; i++)
		json_array_append_new(updates, update_json(&f->us[i]));
	all = json_pack("{s:i, s:b, s:O, s:o, s:i, s:o, s:{s:I, s:I, s:I, s:I}}",
			"version", 1, "ok", 1, "updates", updates, "replaced", replaced, "tries", (int)c->tries, "timing", numbers_json(c->timing),
			"phases", "core_us", (json_int_t)c->phases[PHASE_CORE],
			"match_us", (json_int_t)c->phases[PHASE_MATCH], "code_us", (json_int_t)c->phases[PHASE_CODE],
			"splice_us", (json_int_t)c->phases[PHASE_SPLICE]);
	if (all && f->nr == 1)
		json_object_update(all, json_array_get(updates, 0));
	json_decref(updates);
	return all;
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

static void say_result(struct cli *cli, const struct change_update *cu)
{
	const char *id = cu->update->manifest->id;

	switch (cu->result) {
	case CHANGE_APPLIED:
		cli_say(cli, "Update %s is applied.", id);
		break;
	case CHANGE_WOULD_APPLY:
		cli_say(cli, "Update %s would apply; all of it matches the running kernel. Nothing was changed.", id);
		break;
	case CHANGE_ALREADY_APPLIED:
		cli_say(cli, "Update %s is already applied.", id);
		break;
	default:
		break;
	}
	if (cu->result == CHANGE_WOULD_APPLY || cli->log.level >= LOG_VERBOSE)
		say_splices(cli, cu->splices);
}

static struct error *run(struct cli *cli, struct change *c, char **paths, size_t nr, json_t **result)
{
	struct files f = { 0 };
	struct error *err;

	err = cli_need_root(cli);
	if (err)
		return err;
	interrupt_catch();
	err = read_files(cli, c->kernel, paths, nr, &f);
	if (!err)
		err = change_apply(c, f.us, f.nr);
	if (!err) {
		*result = result_json(c, &f);
		for (size_t i = 0; i < f.nr; i++)
			say_result(cli, &f.us[i]);
		for (size_t i = 0; i < c->replaced.nr; i++)
			cli_say(cli, "Update %s %s.", c->replaced.ids[i], c->dry_run ? "would be replaced" : "is replaced");
	}
	files_free(&f);
	return err;
}

int main(int argc, char **argv)
{
	struct cli cli;
	struct change c;
	json_t *result = NULL;
	struct error *err;
	int status;

	cli_init(&cli, "ksplice-apply", help, options);
	change_init(&c, &running_kernel, &cli.log);
	err = parse_options(&cli, &c, argc, argv);
	if (!err)
		err = run(&cli, &c, argv + optind, argc - optind, &result);
	status = cli_finish(&cli, err, &c.reason, result);
	change_free(&c);
	return status;
}
