// SPDX-License-Identifier: GPL-2.0-or-later
/* ksplice-apply: splices updates into the running kernel. */
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "ksplice-apply/change.h"
#include "ksplice-apply/cli.h"
#include "ksplice-apply/interrupt.h"
#include "ksplice-apply/kernel-id.h"
#include "ksplice-apply/modinfo.h"

#define LATE_SECONDS	25		/* a module that waits for another gives up after 30: resolve_symbol_wait(), 6.1 */
#define LATE_TRY_MS	22000		/* for another tool to end, and for tasks to go out of the way */

static const char help[] =
	"Usage: ksplice-apply [OPTION]... UPDATE...\n"
	"Splice the update files UPDATE into the running kernel: all in one stop of the machine, or none.\n"
	"\n"
	"  -n, --dry-run      match everything, change nothing\n"
	"      --strict           modules that are not loaded, and do not match when they come, are not loaded then\n"
	"      --replace[=ID,...]\n"
	"                     take the place of all updates that are applied, or of these, in the same stop\n"
	CLI_CHANGE_HELP
	CLI_HELP
	"\n"
	"Exit status: 0 applied, also if it was before; 1 other failure; 2 usage; 3 refused; 4 made for another kernel;\n"
	"5 the running code does not match; 6 busy; 7 not root; 8 bad update file; 9 no such update to replace.\n"
	"ksplice-apply(8) tells more.\n";

enum { OPTION_REPLACE = 'R', OPTION_STRICT = 'S', OPTION_COMING = 'C', OPTION_GOING = 'G' };	/* no short options */

static const struct option options[] = {
	{ "dry-run", no_argument, NULL, 'n' },
	{ "replace", optional_argument, NULL, OPTION_REPLACE },
	{ "strict", no_argument, NULL, OPTION_STRICT },
	{ "coming", required_argument, NULL, OPTION_COMING },
	{ "going", required_argument, NULL, OPTION_GOING },
	CLI_CHANGE_LONG_OPTIONS,
	CLI_LONG_OPTIONS
};

/* What the kernel core runs us for, when a module comes or goes. */
struct late {
	const char *coming, *going;	/* the module, or NULL */
};

static struct error *parse_options(struct cli *cli, struct change *c, struct late *late, int argc, char **argv)
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
		case OPTION_STRICT:
			c->strict = true;
			break;
		case OPTION_COMING:
			late->coming = optarg;
			break;
		case OPTION_GOING:
			late->going = optarg;
			break;
		default:
			err = cli_change_option(cli, c, opt, argv);
		}
	}
	if (!err && (late->coming || late->going))
		return optind == argc ? NULL : cli_usage(cli, "either a module or update files");
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
		free(f->us[i].waits);
		free(f->us[i].may_come);
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

static json_t *waiting_json(const struct change_update *cu)
{
	const struct manifest *m = cu->update->manifest;
	json_t *list = json_array();

	for (size_t i = 0; cu->waits && i < m->nr_targets; i++)
		if (cu->waits[i])
			json_array_append_new(list, json_string(m->targets[i].name));
	return list;
}

static json_t *update_json(const struct change_update *cu)
{
	return json_pack("{s:s, s:s, s:o, s:o}", "id", cu->update->manifest->id, "result", result_words[cu->result],
			 "splices", lines_json(cu->splices), "waiting", waiting_json(cu));
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

static void say_waiting(struct cli *cli, const struct change_update *cu)
{
	json_t *list = waiting_json(cu), *name;
	size_t i;

	json_array_foreach(list, i, name)
		cli_say(cli, "  %s is not loaded: %s", json_string_value(name), cu->result == CHANGE_WOULD_APPLY ?
			"it would be spliced when it comes, if it matches" : "it will be spliced when it comes");
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
	say_waiting(cli, cu);
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

/*
 * The kernel starts us with no files open (kernel/umh.c, 6.1): what is opened first would get what a message wrote.  Messages go to the
 * kernel's log, where each write is a line, of less than a thousand bytes (kernel/printk/printk.c, devkmsg_write(), 6.1).
 */
static void open_files(struct log *log)
{
	static char line[800];
	int fd;

	do
		fd = open("/dev/null", O_RDWR | O_CLOEXEC);
	while (fd >= 0 && fd < 3);
	if (fd >= 3)
		close(fd);
	fd = open("/dev/kmsg", O_WRONLY | O_CLOEXEC);
	if (fd >= 0) {
		dup2(fd, STDERR_FILENO);
		close(fd);
	}
	setvbuf(stderr, line, _IOLBF, sizeof(line));
	log->brief = true;
}

/* The core waits for our end, and a module with it, so we do not go on for ever. */
static struct error *run_late(struct cli *cli, struct change *c, const struct late *late)
{
	struct error *err;

	open_files(&cli->log);
	err = cli_need_root(cli);
	if (err)
		return err;
	alarm(LATE_SECONDS);
	c->timeout_ms = LATE_TRY_MS;
	return late->coming ? change_coming(c, late->coming) : change_going(c, late->going);
}

int main(int argc, char **argv)
{
	struct late late = { 0 };
	struct cli cli;
	struct change c;
	json_t *result = NULL;
	struct error *err;
	int status;

	cli_init(&cli, "ksplice-apply", help, options);
	change_init(&c, &running_kernel, &cli.log);
	err = parse_options(&cli, &c, &late, argc, argv);
	if (!err && (late.coming || late.going))
		err = run_late(&cli, &c, &late);
	else if (!err)
		err = run(&cli, &c, argv + optind, argc - optind, &result);
	status = cli_finish(&cli, err, &c.reason, result);
	change_free(&c);
	return status;
}
