// SPDX-License-Identifier: GPL-2.0-or-later
/* ksplice-view: what is spliced into the running kernel, and what an update file would splice. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/json.h"
#include "ksplice-apply/cli.h"
#include "ksplice-apply/store.h"
#include "ksplice-apply/text.h"
#include "ksplice-apply/view.h"

static const char help[] =
	"Usage: ksplice-view [OPTION]... [ID]\n"
	"       ksplice-view [OPTION]... --file=UPDATE\n"
	"List the updates that the running kernel has; or show one of them, or an update file.\n"
	"\n"
	"  -c, --conflicts    print the tasks that were in the way of the last try with the update\n"
	"  -f, --file=UPDATE  show this update file; nothing is asked of the kernel\n"
	"  -p, --patch        print the update's diff\n"
	CLI_HELP
	"\n"
	"Exit status: 0 success; 1 other failure; 2 usage; 7 not root (--conflicts); 8 bad update file; 9 no such update.\n"
	"ksplice-view(8) tells more.\n";

static const struct option options[] = {
	{ "conflicts", no_argument, NULL, 'c' },
	{ "file", required_argument, NULL, 'f' },
	{ "patch", no_argument, NULL, 'p' },
	CLI_LONG_OPTIONS
};

struct request {
	const char *id;		/* NULL: all of them */
	const char *file;
	bool patch;
	bool conflicts;
};

static struct error *check_request(const struct cli *cli, const struct request *r, int operands)
{
	if (operands > 1)
		return cli_usage(cli, "one id at a time, please");
	if (r->file && r->id)
		return cli_usage(cli, "either an id or --file");
	if (r->patch && r->conflicts)
		return cli_usage(cli, "either --patch or --conflicts");
	if (r->conflicts && !r->id)
		return cli_usage(cli, "--conflicts needs the id of an update");
	if (r->patch && !r->id && !r->file)
		return cli_usage(cli, "--patch needs the id of an update, or --file");
	return r->id ? cli_check_id(r->id) : NULL;
}

static struct error *parse_options(struct cli *cli, struct request *r, int argc, char **argv)
{
	struct error *err = NULL;
	int opt;

	while (!err && (opt = getopt_long(argc, argv, CLI_SHORT_OPTIONS("cf:p"), options, NULL)) != -1) {
		switch (opt) {
		case 'c':
			r->conflicts = true;
			break;
		case 'f':
			r->file = optarg;
			break;
		case 'p':
			r->patch = true;
			break;
		default:
			err = cli_option(cli, opt, argv);
		}
	}
	if (err)
		return err;
	r->id = argv[optind];
	return check_request(cli, r, argc - optind);
}

/* A terminal obeys escape sequences that a diff may hold; a file or patch(1) must get the very bytes. */
static struct error *print_patch(struct cli *cli, const char *id, const char *text, size_t size, json_t **result)
{
	if (cli->json) {
		json_t *patch = json_stringn(text, size);

		if (!patch)
			return error_new(ERROR_OTHER, "the diff is not UTF-8; without --json it is printed as it is");
		*result = json_pack("{s:i, s:b, s:s, s:o}", "version", 1, "ok", 1, "id", id, "patch", patch);
		return NULL;
	}
	if (isatty(STDOUT_FILENO))
		text_print(stdout, text, "");
	else if (fwrite(text, 1, size, stdout) != size)
		return error_errno(errno, "stdout");
	return NULL;
}

static struct error *show_patch(struct cli *cli, const struct kernel *k, const char *id, json_t **result)
{
	struct error *err;
	size_t size;
	char *text;

	err = view_check_known(k, id);
	if (!err)
		err = store_patch(k, id, &text, &size);
	if (err)
		return err;
	if (!text)
		return error_new(ERROR_OTHER, "the diff of update %s is not there any more: %s/%s is missing", id,
				 k->run, id);
	err = print_patch(cli, id, text, size, result);
	free(text);
	return err;
}

static struct error *show_conflicts(struct cli *cli, const struct kernel *k, const char *id, json_t **result)
{
	char *text, *sentences;
	struct error *err;

	err = view_check_known(k, id);
	if (!err)
		err = core_text(k, id, "conflicts", &text);
	if (err)
		return err;
	sentences = conflicts_sentences(text);
	if (cli->json)
		*result = json_pack("{s:i, s:b, s:s, s:o}", "version", 1, "ok", 1, "id", id,
				    "conflicts", conflicts_json(text));
	else if (sentences && *sentences)
		printf("In the way of update %s at the last try:%s\n", id, sentences);
	else
		log_info(&cli->log, "Nothing was in the way of update %s at the last try.", id);
	free(sentences);
	free(text);
	return NULL;
}

static struct error *show_file(struct cli *cli, const struct request *r, json_t **result)
{
	const struct update_file *patch;
	struct update *u;
	struct error *err;

	err = update_read(r->file, &u);
	if (err)
		return err;
	patch = update_find(u, u->manifest->patch);
	if (r->patch)
		err = print_patch(cli, u->manifest->id, patch->data, patch->size, result);
	else
		err = view_file(cli, u, result);
	update_free(u);
	return err;
}

int main(int argc, char **argv)
{
	const struct kernel *k = &running_kernel;
	struct request r = { 0 };
	json_t *result = NULL;
	struct error *err;
	struct cli cli;

	cli_init(&cli, "ksplice-view", help, options);
	err = parse_options(&cli, &r, argc, argv);
	if (err)
		;
	else if (r.file)
		err = show_file(&cli, &r, &result);
	else if (r.patch)
		err = show_patch(&cli, k, r.id, &result);
	else if (r.conflicts)
		err = show_conflicts(&cli, k, r.id, &result);
	else if (r.id)
		err = view_update(&cli, k, r.id, &result);
	else
		err = view_list(&cli, k, &result);
	return cli_finish(&cli, err, NULL, result);
}
