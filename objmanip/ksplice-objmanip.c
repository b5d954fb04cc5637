// SPDX-License-Identifier: GPL-2.0-or-later
/* ksplice-objmanip: shows what the library knows about object files. */
#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "objmanip/match-show.h"
#include "objmanip/names.h"
#include "objmanip/objmanip.h"
#include "objmanip/symbols.h"

enum { EXIT_USAGE = 2, EXIT_REFUSED = 3, EXIT_NO_CHANGE = 66 };

struct options {
	bool json, all;
	const char *unit, *target, *layout_path, *code_path;
	struct om_layout layout;	/* as read from layout_path */
};

static const char usage[] =
	"Usage: ksplice-objmanip [OPTION]... spans OBJECT\n"
	"       ksplice-objmanip [OPTION]... diff PRE POST [PRE POST]...\n"
	"       ksplice-objmanip [OPTION]... match OBJECT|MATCHDATA [SPAN]\n"
	"\n"
	"  spans  the functions and data objects of an object file\n"
	"  diff   what changed from PRE to POST, why, and what cannot be spliced\n"
	"  match  the match programs for an object file, or in match data, in readable form\n"
	"\n"
	"      --all            diff: also what did not change\n"
	"      --code=FILE      diff: write the code to be loaded to FILE\n"
	"      --json           print one JSON value\n"
	"      --layout=FILE    sizes of the kernel's structures (default: those of Linux 6.1)\n"
	"      --target=NAME    the module that the objects belong to (default: vmlinux)\n"
	"      --unit=NAME      the object's path in the kernel tree (default: its file name)\n"
	"      --help           print this\n"
	"      --version        print the version\n"
	"\n"
	"Exit status of diff: 0 there is something to splice, 66 nothing changed, 3 refused; 2 usage; 1 anything else.\n";

/* NULL: that of the object's architecture. */
static const struct om_layout *layout_of(const struct options *o)
{
	return o->layout_path ? &o->layout : NULL;
}

static const char *class_name(enum om_class class)
{
	static const char *const names[] = {
		[OM_CLASS_NONE] = "none", [OM_CLASS_TEXT] = "text", [OM_CLASS_INIT] = "init", [OM_CLASS_DATA] = "data",
		[OM_CLASS_PERCPU] = "percpu", [OM_CLASS_RODATA] = "rodata", [OM_CLASS_STRINGS] = "string",
		[OM_CLASS_CONSTS] = "constant", [OM_CLASS_TABLE] = "table", [OM_CLASS_REPLACEMENT] = "replacement",
		[OM_CLASS_EXPORT] = "export", [OM_CLASS_OTHER] = "other",
	};

	return names[class];
}

static const char *verdict_name(enum om_verdict verdict)
{
	static const char *const names[] = { [OM_SAME] = "same", [OM_CHANGED] = "changed", [OM_NEW] = "new",
					     [OM_GONE] = "gone" };

	return names[verdict];
}

static struct error *print_json(json_t *value)
{
	int failed = !value || json_dumpf(value, stdout, JSON_INDENT(2)) || putchar('\n') == EOF;

	json_decref(value);
	return failed ? error_new(ERROR_OTHER, "the JSON text could not be made or written") : NULL;
}

static json_t *span_json(const struct om_span *s)
{
	return json_pack("{s:s, s:s, s:s, s:I, s:I, s:I, s:I, s:I, s:s?}", "name", s->name, "class",
			 class_name(s->section->class), "section", s->section->name, "start", (json_int_t)s->start, "size",
			 (json_int_t)s->size, "relocations", (json_int_t)s->nr_relocs, "instructions",
			 (json_int_t)s->nr_insns, "entries", (json_int_t)s->nr_entries, "part_of",
			 s->part_of ? s->part_of->name : NULL);
}

static struct error *cmd_spans(const struct options *o, int argc, char **argv)
{
	json_t *list = json_array();
	struct om_obj *obj;
	struct error *err;

	if (argc != 1) {
		json_decref(list);
		return error_new(ERROR_USAGE, "spans takes one object file");
	}
	err = om_obj_open(argv[0], o->unit ?: argv[0], strcmp(o->target, "vmlinux"), layout_of(o), &obj);
	if (err) {
		json_decref(list);
		return err;
	}
	om_for_each_span(s, obj) {
		if (o->json)
			json_array_append_new(list, span_json(s));
		else
			printf("%-11s %6" PRIu64 " %-40s %s+0x%" PRIx64 "\n", class_name(s->section->class), s->size, s->name,
			       s->section->name, s->start);
	}
	if (o->json)
		err = print_json(json_pack("{s:s, s:s, s:o}", "unit", obj->unit, "arch", "x86_64", "spans", list));
	else
		json_decref(list);
	om_obj_close(obj);
	return err;
}

/* Strings and constants come and go with the functions that use them. */
static bool is_shown(const struct options *o, const struct om_span *s)
{
	return o->all || (s->verdict != OM_SAME && !om_by_content(s) && s->section->class != OM_CLASS_EXPORT);
}

static void print_verdicts(const struct options *o, const struct om_unit *u)
{
	om_for_each_span(s, u->post)
		if (is_shown(o, s))
			printf("%s: %-7s %s%s%s%s\n", u->post->unit, verdict_name(s->verdict), s->name,
			       s->carried ? " (carried)" : "", s->reason ? ": " : "", s->reason ?: "");
	om_for_each_span(s, u->pre)
		if (s->verdict == OM_GONE && is_shown(o, s))
			printf("%s: %-7s %s\n", u->pre->unit, verdict_name(s->verdict), s->name);
}

static void print_diff(const struct options *o, const struct om_target *t)
{
	for (size_t i = 0; i < t->nr_units; i++)
		print_verdicts(o, &t->units[i]);
	for (size_t i = 0; i < t->nr_imports; i++)
		if (o->all)
			printf("import  %s%s%s%s\n", t->imports[i].publish, t->imports[i].root ? " (pointer)" : "",
			       t->imports[i].old ? " (hooked)" : "", t->imports[i].percpu ? " (per-CPU)" : "");
	for (size_t i = 0; i < t->nr_refusals; i++)
		printf("refused %s: %s\n        %s\n", t->refusals[i].where, t->refusals[i].reason, t->refusals[i].advice);
	printf("%zu changed, %zu new, %zu refused\n", t->nr_changed, t->nr_new, t->nr_refusals);
}

static json_t *verdict_json(const struct om_span *s)
{
	return json_pack("{s:s, s:s, s:s, s:s, s:s?, s:b}", "unit", s->obj->unit, "name", s->name, "class",
			 class_name(s->section->class), "verdict", verdict_name(s->verdict), "reason", s->reason, "carried",
			 s->carried);
}

static json_t *diff_json(const struct options *o, const struct om_target *t)
{
	json_t *spans = json_array(), *imports = json_array(), *refusals = json_array();

	for (size_t i = 0; i < t->nr_units; i++) {
		om_for_each_span(s, t->units[i].post)
			if (is_shown(o, s))
				json_array_append_new(spans, verdict_json(s));
		om_for_each_span(s, t->units[i].pre)
			if (s->verdict == OM_GONE && is_shown(o, s))
				json_array_append_new(spans, verdict_json(s));
	}
	for (size_t i = 0; i < t->nr_imports; i++)
		json_array_append_new(imports,
				      json_pack("{s:s, s:s, s:b, s:b, s:b}", "publish", t->imports[i].publish, "name",
						t->imports[i].name, "pointer", t->imports[i].root, "hooked",
						t->imports[i].old, "percpu", t->imports[i].percpu));
	for (size_t i = 0; i < t->nr_refusals; i++)
		json_array_append_new(refusals, json_pack("{s:s, s:s, s:s}", "where", t->refusals[i].where, "reason",
							  t->refusals[i].reason, "advice", t->refusals[i].advice));
	return json_pack("{s:I, s:I, s:o, s:o, s:o}", "changed", (json_int_t)t->nr_changed, "new", (json_int_t)t->nr_new,
			 "spans", spans, "imports", imports, "refusals", refusals);
}

static struct error *make_diff(const struct options *o, int argc, char **argv, struct om_target **ret)
{
	struct om_target *t = NULL;
	struct error *err;

	if (argc < 2 || argc % 2)
		return error_new(ERROR_USAGE, "diff takes pairs of object files");
	if (o->unit && argc > 2)
		return error_new(ERROR_USAGE, "--unit goes with one pair of object files");
	err = om_target_create(o->target, "objmanip", layout_of(o), &t);
	for (int i = 0; i < argc && !err; i += 2)
		err = om_target_add(t, o->unit ?: argv[i], argv[i], argv[i + 1]);
	err = err ?: om_target_diff(t);
	if (err) {
		om_target_destroy(t);
		return err;
	}
	*ret = t;
	return NULL;
}

static struct error *cmd_diff(const struct options *o, int argc, char **argv, int *status)
{
	struct om_target *t;
	struct error *err = make_diff(o, argc, argv, &t);

	if (err)
		return err;
	if (t->nr_refusals)
		*status = EXIT_REFUSED;
	else if (!t->nr_changed)
		*status = EXIT_NO_CHANGE;
	else if (o->code_path)
		err = om_target_emit_code(t, o->code_path);
	if (!err && o->json)
		err = print_json(diff_json(o, t));
	else if (!err)
		print_diff(o, t);
	om_target_destroy(t);
	return err;
}

static struct error *read_whole(const char *path, void **data, size_t *size)
{
	FILE *f = fopen(path, "r");
	size_t room = 1 << 16;
	char *buf = f ? malloc(room) : NULL;

	for (*size = 0; buf && !feof(f) && !ferror(f);) {
		*size += fread(buf + *size, 1, room - *size, f);
		if (*size < room)
			continue;
		char *grown = room < (1u << 30) ? realloc(buf, room *= 2) : NULL;

		if (!grown)
			free(buf);
		buf = grown;
	}
	if (!f || !buf || ferror(f)) {
		struct error *err = error_errno(errno ?: EIO, "%s", path);

		free(buf);
		if (f)
			fclose(f);
		return err;
	}
	fclose(f);
	*data = buf;
	return NULL;
}

/* Match data for an object file alone, as if nothing in it changed. */
static struct error *make_match_data(const struct options *o, const char *path, void **data, size_t *size)
{
	char temp[] = "/tmp/ksplice-objmanip-XXXXXX";
	char *pair[] = { (char *)path, (char *)path };
	struct om_target *t = NULL;
	struct error *err = make_diff(o, 2, pair, &t);
	int fd;

	if (err)
		return err;
	fd = mkstemp(temp);
	if (fd < 0) {
		om_target_destroy(t);
		return error_errno(errno, "%s", temp);
	}
	close(fd);
	err = om_target_emit_match(t, temp) ?: read_whole(temp, data, size);
	unlink(temp);
	om_target_destroy(t);
	return err;
}

static struct error *cmd_match(const struct options *o, int argc, char **argv)
{
	void *data = NULL;
	struct error *err;
	size_t size;

	if (argc < 1 || argc > 2)
		return error_new(ERROR_USAGE, "match takes an object file or match data, and the name of a span");
	err = read_whole(argv[0], &data, &size);
	if (!err && size >= SELFMAG && !memcmp(data, ELFMAG, SELFMAG)) {
		free(data);
		data = NULL;
		err = make_match_data(o, argv[0], &data, &size);
	}
	err = err ?: om_match_show(stdout, data, size, argv[1], o->json);
	free(data);
	return err;
}

static struct error *run(struct options *o, int argc, char **argv, int *status)
{
	if (o->layout_path) {
		struct error *err = om_layout_read(o->layout_path, &o->layout);

		if (err)
			return err;
	}
	if (!argc)
		return error_new(ERROR_USAGE, "say what to do: spans, diff or match");
	if (!strcmp(argv[0], "spans"))
		return cmd_spans(o, argc - 1, argv + 1);
	if (!strcmp(argv[0], "diff"))
		return cmd_diff(o, argc - 1, argv + 1, status);
	if (!strcmp(argv[0], "match"))
		return cmd_match(o, argc - 1, argv + 1);
	return error_new(ERROR_USAGE, "unknown command \"%s\"", argv[0]);
}

static int status_of(const struct error *err)
{
	switch (err->kind) {
	case ERROR_USAGE:
		return EXIT_USAGE;
	case ERROR_REFUSED:
		return EXIT_REFUSED;
	default:
		return EXIT_FAILURE;
	}
}

static const struct option longopts[] = {
	{ "all", no_argument, NULL, 'a' },	   { "code", required_argument, NULL, 'c' },
	{ "json", no_argument, NULL, 'j' },	   { "layout", required_argument, NULL, 'l' },
	{ "target", required_argument, NULL, 't' }, { "unit", required_argument, NULL, 'u' },
	{ "help", no_argument, NULL, 'h' },	   { "version", no_argument, NULL, 'V' },
	{ 0 },
};

/* 0: go on; 1: all done; -1: bad usage. */
static int parse(struct options *o, int argc, char **argv)
{
	int c;

	while ((c = getopt_long(argc, argv, "", longopts, NULL)) != -1) {
		switch (c) {
		case 'a': o->all = true; break;
		case 'c': o->code_path = optarg; break;
		case 'j': o->json = true; break;
		case 'l': o->layout_path = optarg; break;
		case 't': o->target = optarg; break;
		case 'u': o->unit = optarg; break;
		case 'h': fputs(usage, stdout); return 1;
		case 'V': puts("ksplice-objmanip 2.0.0"); return 1;
		default: return -1;
		}
	}
	return 0;
}

int main(int argc, char **argv)
{
	struct options o = { .target = "vmlinux" };
	int status = EXIT_SUCCESS, parsed = parse(&o, argc, argv);
	struct error *err;

	if (parsed < 0) {
		fputs("Try 'ksplice-objmanip --help'.\n", stderr);
		return EXIT_USAGE;
	}
	err = parsed ? NULL : run(&o, argc - optind, argv + optind, &status);
	if (!err && (fflush(stdout) || ferror(stdout)))
		err = error_errno(errno, "standard output");
	if (err) {
		fprintf(stderr, "ksplice-objmanip: %s\n", err->text);
		status = status_of(err);
		error_free(err);
	}
	return status;
}
