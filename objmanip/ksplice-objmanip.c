// SPDX-License-Identifier: GPL-2.0-or-later
/* ksplice-objmanip: shows what the library knows about object files. */
#include "config.h"

#include <elf.h>
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/file.h"
#include "common/json.h"
#include "objmanip/match-module.h"
#include "objmanip/match-show.h"
#include "objmanip/show.h"

#define TOOL "ksplice-objmanip"
/* The largest object of a Debian kernel, vmlinux.o of 6.12, has 500 MB with debugging information. */
#define MAX_FILE (1ul << 30)	/* bytes of match data or a match module; runpre_check() has the real limit */

enum { EXIT_USAGE = 2, EXIT_REFUSED = 3, EXIT_NO_CHANGE = 66 };

struct options {
	bool json, all, help, version;
	const char *unit, *target, *layout_path, *code_path, *match_path;
	const char **renumbered;	/* of each pair, in their order; or none */
	int nr_renumbered;
	struct om_layout layout;	/* as read from layout_path */
};

static const char usage[] =
	"Usage: ksplice-objmanip [OPTION]... spans OBJECT\n"
	"       ksplice-objmanip [OPTION]... diff PRE POST [PRE POST]...\n"
	"       ksplice-objmanip [OPTION]... match OBJECT|MATCHDATA|MODULE [SPAN]\n"
	"\n"
	"  spans  the functions and data objects of an object file\n"
	"  diff   what changed from PRE to POST, why, and what cannot be spliced\n"
	"  match  the match programs for an object file, or in match data or a match module, in readable form\n"
	"\n"
	"      --all            diff: also what did not change\n"
	"      --code=FILE      diff: write the code to be loaded to FILE\n"
	"      --json           print one JSON value\n"
	"      --layout=FILE    sizes of the kernel's structures (default: those of Linux 6.1)\n"
	"      --match=FILE     diff: write the match data to FILE\n"
	"      --renumbered=FILE  diff: the object of PRE's source with the line numbers of POST's, to compare POST with (once for each pair)\n"
	"      --target=NAME    the module that the objects belong to (default: vmlinux)\n"
	"      --unit=NAME      the object's path in the kernel tree (default: its file name)\n"
	"  -h, --help           print this\n"
	"      --version        print the version\n"
	"\n"
	"Exit status of diff: 0 there is something to splice, 66 nothing changed, 3 refused; 2 usage; 1 anything else.\n";

/* NULL: that of the object's architecture. */
static const struct om_layout *layout_of(const struct options *o)
{
	return o->layout_path ? &o->layout : NULL;
}

/* *@ret is set with --json alone, also when there is an error that the answer goes with. */
static struct error *cmd_spans(const struct options *o, int argc, char **argv, json_t **ret)
{
	struct om_obj *obj;
	struct error *err;

	if (argc != 1)
		return error_new(ERROR_USAGE, "spans takes one object file");
	err = om_obj_open(argv[0], o->unit ?: argv[0], strcmp(o->target, "vmlinux"), layout_of(o), &obj);
	if (err)
		return err;
	if (!obj->nr_spans)
		err = error_new(ERROR_OTHER, "%s: no functions or data in it", argv[0]);
	else if (o->json)
		*ret = show_spans_json(obj);
	else
		show_spans(obj);
	om_obj_close(obj);
	return err;
}

static struct error *add_renumbered(struct om_target *t, const char *path)
{
	bool usable;
	struct error *err = om_target_renumbered(t, path, &usable);

	if (!err && !usable)
		err = error_new(ERROR_BAD_FILE, "%s: differs from %s in more than line numbers", path, t->units[t->nr_units - 1].pre->path);
	return err;
}

static struct error *make_diff(const struct options *o, int argc, char **argv, struct om_target **ret)
{
	struct om_target *t = NULL;
	struct error *err;

	if (argc < 2 || argc % 2)
		return error_new(ERROR_USAGE, "diff takes pairs of object files");
	if (o->unit && argc > 2)
		return error_new(ERROR_USAGE, "--unit goes with one pair of object files");
	if (o->nr_renumbered && o->nr_renumbered != argc / 2)
		return error_new(ERROR_USAGE, "--renumbered goes with each pair of object files, or with none");
	err = om_target_create(o->target, "objmanip", layout_of(o), &t);
	for (int i = 0; i < argc && !err; i += 2) {
		err = om_target_add(t, o->unit ?: argv[i], argv[i], argv[i + 1]);
		if (!err && o->nr_renumbered)
			err = add_renumbered(t, o->renumbered[i / 2]);
	}
	err = err ?: om_target_diff(t);
	if (err) {
		om_target_destroy(t);
		return err;
	}
	*ret = t;
	return NULL;
}

static struct error *conclude(const struct om_target *t)
{
	if (t->nr_refusals)
		return error_new(ERROR_REFUSED, "%zu of the changes cannot be spliced", t->nr_refusals);
	if (!om_target_has_effect(t))
		return error_new(ERROR_NO_CHANGE, "no function changed");
	return NULL;
}

static struct error *cmd_diff(const struct options *o, int argc, char **argv, json_t **ret)
{
	struct om_target *t;
	struct error *err = make_diff(o, argc, argv, &t);

	if (err)
		return err;
	err = conclude(t);
	if (!err && o->code_path)
		err = om_target_emit_code(t, o->code_path);
	if (!err && o->match_path)
		err = om_target_emit_match(t, o->match_path);
	if (o->json)
		*ret = show_diff_json(t, o->all);
	else
		show_diff(t, o->all);
	om_target_destroy(t);
	return err;
}

/* Match data for an object file alone, as if nothing in it changed. */
static struct error *make_match_data(const struct options *o, const char *path, char **data, size_t *size)
{
	const char *dir = getenv("TMPDIR");
	char *pair[] = { (char *)path, (char *)path }, *temp;
	struct om_target *t = NULL;
	struct error *err = make_diff(o, 2, pair, &t);
	int fd;

	if (err)
		return err;
	if (asprintf(&temp, "%s/" TOOL "-XXXXXX", dir && *dir ? dir : "/tmp") < 0) {
		om_target_destroy(t);
		return error_errno(ENOMEM, "%s", path);
	}
	fd = mkstemp(temp);
	if (fd < 0) {
		err = error_errno(errno, "%s", temp);
	} else {
		close(fd);
		err = om_target_emit_match(t, temp) ?: file_read(temp, MAX_FILE, data, size);
		unlink(temp);
	}
	free(temp);
	om_target_destroy(t);
	return err;
}

/* @path is match data, or a match module, or an object whose match data is made now. */
static struct error *read_match_data(const struct options *o, const char *path, char **data, size_t *size)
{
	struct error *err = file_read(path, MAX_FILE, data, size);
	char *image = *data;
	void *inside;

	if (err || *size < SELFMAG || memcmp(image, ELFMAG, SELFMAG))
		return err;
	err = om_match_of_module(path, image, *size, &inside, size);
	*data = inside;
	free(image);
	return err || inside ? err : make_match_data(o, path, data, size);
}

static struct error *cmd_match(const struct options *o, int argc, char **argv, json_t **ret)
{
	json_t *spans = NULL;
	struct error *err;
	char *data = NULL;
	size_t size;

	if (argc < 1 || argc > 2)
		return error_new(ERROR_USAGE, "match takes an object file or match data, and the name of a span");
	err = read_match_data(o, argv[0], &data, &size);
	if (err)
		return err;
	err = o->json ? om_match_json(data, size, argv[1], &spans) : om_match_show(stdout, data, size, argv[1]);
	if (err)
		err = error_prefix(err, "%s", argv[0]);
	else if (o->json)
		*ret = json_pack("{s:o}", "spans", spans);
	free(data);
	return err;
}

static struct error *run(struct options *o, int argc, char **argv, json_t **ret)
{
	if (o->layout_path) {
		struct error *err = om_layout_read(o->layout_path, &o->layout);

		if (err)
			return err;
	}
	if (!argc)
		return error_new(ERROR_USAGE, "say what to do: spans, diff or match");
	if (!strcmp(argv[0], "spans"))
		return cmd_spans(o, argc - 1, argv + 1, ret);
	if (!strcmp(argv[0], "diff"))
		return cmd_diff(o, argc - 1, argv + 1, ret);
	if (!strcmp(argv[0], "match"))
		return cmd_match(o, argc - 1, argv + 1, ret);
	return error_new(ERROR_USAGE, "unknown command \"%s\"", argv[0]);
}

static int status_of(const struct error *err)
{
	if (!err)
		return EXIT_SUCCESS;
	switch (err->kind) {
	case ERROR_USAGE:
		return EXIT_USAGE;
	case ERROR_REFUSED:
		return EXIT_REFUSED;
	case ERROR_NO_CHANGE:
		return EXIT_NO_CHANGE;
	default:
		return EXIT_FAILURE;
	}
}

/* Options that have no letter. */
enum { OPT_ALL = 256, OPT_CODE, OPT_JSON, OPT_LAYOUT, OPT_MATCH, OPT_RENUMBERED, OPT_TARGET, OPT_UNIT, OPT_VERSION };

static const struct option longopts[] = {
	{ "all", no_argument, NULL, OPT_ALL },
	{ "code", required_argument, NULL, OPT_CODE },
	{ "help", no_argument, NULL, 'h' },
	{ "json", no_argument, NULL, OPT_JSON },
	{ "layout", required_argument, NULL, OPT_LAYOUT },
	{ "match", required_argument, NULL, OPT_MATCH },
	{ "renumbered", required_argument, NULL, OPT_RENUMBERED },
	{ "target", required_argument, NULL, OPT_TARGET },
	{ "unit", required_argument, NULL, OPT_UNIT },
	{ "version", no_argument, NULL, OPT_VERSION },
	{ 0 },
};

/* What getopt_long() found wrong; its own message would bypass our printing. */
static struct error *bad_option(char **argv, int c)
{
	const char *what = c == ':' ? "needs a value" : "is not known, or ambiguous, or takes no value";

	/* optopt is a letter, or for a long option 0 or an OPT_*: then it is the word before optind. */
	if (optopt > 0 && optopt < 256)
		return error_new(ERROR_USAGE, "option -%c %s", optopt, what);
	return error_new(ERROR_USAGE, "option %s %s", argv[optind - 1], what);
}

static struct error *parse(struct options *o, int argc, char **argv)
{
	struct error *err = NULL;
	int c;

	while ((c = getopt_long(argc, argv, ":h", longopts, NULL)) != -1) {
		switch (c) {
		case 'h': o->help = true; break;
		case OPT_ALL: o->all = true; break;
		case OPT_CODE: o->code_path = optarg; break;
		case OPT_JSON: o->json = true; break;
		case OPT_LAYOUT: o->layout_path = optarg; break;
		case OPT_MATCH: o->match_path = optarg; break;
		case OPT_RENUMBERED: o->renumbered[o->nr_renumbered++] = optarg; break;
		case OPT_TARGET: o->target = optarg; break;
		case OPT_UNIT: o->unit = optarg; break;
		case OPT_VERSION: o->version = true; break;
		default:
			/* Goes on to the end: a --json there still counts. */
			if (!err)
				err = bad_option(argv, c);
		}
	}
	return err;
}

static struct error *print(const struct options *o, const struct error *err, json_t *answer)
{
	json_t *root;

	if (!o->json)
		return fflush(stdout) || ferror(stdout) ? error_errno(errno, "standard output") : NULL;
	root = err ? json_from_error(err) : json_pack("{s:i, s:b}", "version", 1, "ok", 1);
	/* Only an error goes without an answer. */
	if (!answer ? !err : json_object_update_missing(root, answer)) {
		json_decref(root);
		root = NULL;
	}
	return json_print(root);
}

static void complain(const struct error *err)
{
	if (err)
		fprintf(stderr, TOOL ": %s\n%s", err->text,
			err->kind == ERROR_USAGE ? "Try '" TOOL " --help'.\n" : "");
}

int main(int argc, char **argv)
{
	/* No more than there are words. */
	struct options o = { .target = "vmlinux", .renumbered = calloc(argc, sizeof(char *)) };
	struct error *err = o.renumbered ? parse(&o, argc, argv) : error_errno(ENOMEM, "options"), *printed;
	json_t *answer = NULL;
	int status;

	if (!err && (o.help || o.version)) {
		fputs(o.help ? usage : TOOL " " PACKAGE_VERSION "\n", stdout);
		o.json = false;
	} else if (!err) {
		err = run(&o, argc - optind, argv + optind, &answer);
	}
	printed = print(&o, err, answer);
	complain(err);
	complain(printed);
	status = status_of(err ?: printed);
	free(o.renumbered);
	json_decref(answer);
	error_free(err);
	error_free(printed);
	return status;
}
