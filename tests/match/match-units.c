// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * match-units [OPTION]... IMAGE: matches units, each alone, with the image or the kernel's modules.  Standard input has a line "UNIT OBJECT
 * TARGET" for each, TARGET being vmlinux or a module; standard output gets a line of JSON for each.
 *
 *	--modules=DIR	lib/modules/RELEASE of the image package
 *	--layout=FILE	sizes of the kernel's structures, as ksplice-create leaves them in kmod/layout.o of its work directory
 *	--flips=N	turns over about one of N bits of the matched code, each alone (flips.h)
 *	--save=DIR	keeps the match data, UNIT.match, and the symbols' candidates, UNIT.cands; and the kernel's memory, memory
 *	--whole		all units as one target instead; one line
 *
 * Status 1: it could not be done; whether all matched is for the reader of the lines.
 */
#include <errno.h>
#include <getopt.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "kmodsrc/runpre/runpre.h"
#include "ksplice-create/image.h"
#include "ksplice-create/kernel-memory.h"
#include "ksplice-create/offline.h"
#include "objmanip/objmanip.h"
#include "tests/match/flips.h"

struct options {
	const char *image, *layout_path, *modules, *save;
	uint64_t one_in;
	bool whole;
	struct om_layout layout;
};

/* A unit, or all, while it is matched. */
struct job {
	const struct options *o;
	const char *unit, *target;
	uint64_t *seed;
	json_t *line;
	bool failed;		/* out of memory */
};

/* The kernel. */
struct kernel {
	struct image *img;
	struct module_files files;
	struct kernel_memory *km;
	char release[128];
};

static double cpu_seconds(void)
{
	struct rusage ru;

	getrusage(RUSAGE_SELF, &ru);
	return ru.ru_utime.tv_sec + ru.ru_stime.tv_sec + (ru.ru_utime.tv_usec + ru.ru_stime.tv_usec) / 1e6;
}

static void set(struct job *j, const char *key, json_t *value)
{
	j->failed |= json_object_set_new(j->line, key, value) != 0;
}

/* What did not match, and why. */
static json_t *failures(const struct offline_seen *seen)
{
	json_t *list = json_array();

	for (u32 i = 0; i < seen->h->nr_spans; i++) {
		const struct runpre_span *span = &runpre_spans(seen->h)[i];
		const struct runpre_span_result *sr = &seen->work->spans[i];

		if (sr->ret == RUNPRE_OK || span->flags & RUNPRE_SPAN_CARRIED || ((span->flags & RUNPRE_SPAN_DATA) && !seen->work->syms[span->sym].state))
			continue;
		json_array_append_new(list, json_pack("{s:s, s:s, s:s, s:b, s:b, s:I, s:I}", "unit", runpre_string(seen->h, span->unit),
						      "name", runpre_string(seen->h, runpre_syms(seen->h)[span->sym].name), "result",
						      runpre_ret_name(sr->ret), "required", span->flags & RUNPRE_SPAN_REQUIRED, "data",
						      span->flags & RUNPRE_SPAN_DATA, "pre_off", (json_int_t)sr->fault.pre_off, "tried",
						      (json_int_t)sr->tried));
	}
	return list;
}

/* [name, static?, address], of all that have a name and were bound; and how many with a name were not. */
static json_t *bound_symbols(const struct offline_seen *seen, unsigned *unbound)
{
	json_t *list = json_array();

	*unbound = 0;
	for (u32 i = 0; i < seen->h->nr_syms; i++) {
		const struct runpre_sym *s = &runpre_syms(seen->h)[i];

		if (!s->name || s->kind != RUNPRE_SYM_PLAIN)
			continue;
		if (!seen->work->syms[i].state)
			++*unbound;
		else
			json_array_append_new(list, json_pack("[s, b, I]", runpre_string(seen->h, s->name), s->flags & RUNPRE_SYM_LOCAL,
							      (json_int_t)seen->work->syms[i].value));
	}
	return list;
}

/* The lists of candidates, as JSON, for somebody else to match with. */
static bool save_candidates(const struct offline_seen *seen, const char *path)
{
	json_t *all = json_array();
	bool ok = true;

	for (u32 i = 0; all && i < seen->h->nr_syms; i++) {
		json_t *one = json_array();

		for (u32 k = seen->env->cand_first[i]; k < seen->env->cand_first[i + 1]; k++)
			json_array_append_new(one, json_integer((json_int_t)seen->env->cands[k]));
		json_array_append_new(all, one);
	}
	ok = all && !json_dump_file(all, path, JSON_COMPACT);
	json_decref(all);
	return ok;
}

/* What the matcher found, all of it, in the order of the tables. */
static json_t *results(const struct offline_seen *seen)
{
	json_t *syms = json_array(), *spans = json_array();

	for (u32 i = 0; i < seen->h->nr_syms; i++) {
		const struct runpre_sym_result *s = &seen->work->syms[i];

		json_array_append_new(syms, json_pack("[i, I]", s->state, (json_int_t)s->value));
	}
	for (u32 i = 0; i < seen->h->nr_spans; i++) {
		const struct runpre_span_result *s = &seen->work->spans[i];

		json_array_append_new(spans, json_pack("[s, I, i]", runpre_ret_name(s->ret), (json_int_t)s->addr, s->run_len));
	}
	return json_pack("{s:o, s:o}", "syms", syms, "spans", spans);
}

static char *saved_path(const struct job *j, const char *suffix)
{
	char *path;

	if (asprintf(&path, "%s/%s%s", j->o->save, j->unit, suffix) < 0)
		return NULL;
	for (char *p = path + strlen(j->o->save) + 1; *p; p++)
		*p = *p == '/' ? '!' : *p;
	return path;
}

static void save(struct job *j, const struct offline_seen *seen)
{
	char *path = saved_path(j, ".cands");

	j->failed |= !path || !save_candidates(seen, path);
	free(path);
	set(j, "results", results(seen));
}

static void flip_bits(struct job *j, const struct offline_seen *seen)
{
	struct flips f;

	j->failed |= !flips_run(seen, j->o->one_in, j->seed, &f);
	set(j, "flips", json_pack("{s:I, s:I, s:I, s:I, s:I, s:I, s:o}", "tried", (json_int_t)f.tried, "differs", (json_int_t)f.differs, "conflict",
				  (json_int_t)f.conflict, "equal", (json_int_t)f.equal, "elsewhere", (json_int_t)f.elsewhere, "unseen", (json_int_t)f.unseen, "list",
				  f.unseen_list));
}

static void saw(void *ctx, const struct offline_seen *seen)
{
	struct job *j = ctx;
	unsigned unbound;

	set(j, "failures", failures(seen));
	set(j, "bound", bound_symbols(seen, &unbound));
	set(j, "unbound", json_integer(unbound));
	set(j, "match_bytes", json_integer(seen->h->size));
	set(j, "program_bytes", json_integer(seen->h->progs_size));
	if (j->o->save)
		save(j, seen);
	if (j->o->one_in && !json_array_size(json_object_get(j->line, "failures")))
		flip_bits(j, seen);
}

static struct error *check(struct job *j, const struct kernel_memory *km, const char *path)
{
	const struct offline_words words = {.ctx = j, .saw = saw};
	struct strv missing = STRV_INIT;
	struct offline_stats st;
	struct error *err = offline_check(km, path, &words, &missing, &st);

	strv_free(&missing);
	if (err)
		return err;
	set(j, "functions", json_integer(st.functions));
	set(j, "matched", json_integer(st.matched));
	set(j, "ambiguous", json_integer(st.ambiguous));
	set(j, "passed_over", json_integer(st.passed_over));
	set(j, "data", json_integer(st.data_matched));
	set(j, "run_bytes", json_integer((json_int_t)st.run_bytes));
	set(j, "seconds", json_real(st.seconds));
	return NULL;
}

static struct error *print_line(json_t *line)
{
	bool ok = line && !json_dumpf(line, stdout, JSON_COMPACT) && putchar('\n') != EOF;

	json_decref(line);
	return ok ? NULL : error_errno(ENOMEM, "standard output");
}

/* Matches what @t has, prints the line. */
static struct error *match_target(const struct options *o, struct kernel_memory *km, struct om_target *t, const char *unit, uint64_t *seed)
{
	struct job j = {.o = o, .unit = unit, .seed = seed, .line = json_pack("{s:s, s:s}", "unit", unit, "target", t->name)};
	char *path = o->save ? saved_path(&j, ".match") : strdup("match-units.tmp");
	struct error *err = path && j.line ? om_target_diff(t) : error_errno(ENOMEM, "%s", unit);
	bool found = true;
	double start;

	err = err ?: om_target_emit_match(t, path);
	if (!err && strcmp(t->name, "vmlinux"))
		err = kernel_memory_load(km, t->name, &found);
	start = cpu_seconds();
	err = err ?: found ? check(&j, km, path) : error_new(ERROR_USAGE, "no module %s", t->name);
	set(&j, "cpu", json_real(cpu_seconds() - start));
	if (!err && j.failed)
		err = error_errno(ENOMEM, "%s", unit);
	err = err ?: print_line(json_incref(j.line));
	json_decref(j.line);
	free(path);
	return err;
}

/* A unit alone; one that cannot be read is a line with "error". */
static struct error *match_unit(const struct options *o, struct kernel_memory *km, const char *unit, const char *object, const char *target,
				uint64_t *seed)
{
	struct om_target *t = NULL;
	struct error *err = om_target_create(target, "match", o->layout_path ? &o->layout : NULL, &t);
	json_t *line;

	err = err ?: om_target_add_extra(t, unit, object);
	err = err ?: match_target(o, km, t, unit, seed);
	om_target_destroy(t);
	if (!err)
		return NULL;
	line = json_pack("{s:s, s:s, s:s}", "unit", unit, "target", target, "error", err->text);
	error_free(err);
	return print_line(line);
}

static struct error *match_all(const struct options *o, struct kernel_memory *km)
{
	struct om_target *t = NULL;
	char unit[4096], object[4096], target[256];
	uint64_t seed = 0x9e3779b97f4a7c15ull;
	struct error *err = o->whole ? om_target_create("vmlinux", "match", o->layout_path ? &o->layout : NULL, &t) : NULL;

	while (!err && scanf("%4095s %4095s %255s", unit, object, target) == 3) {
		err = o->whole ? om_target_add_extra(t, unit, object) : match_unit(o, km, unit, object, target, &seed);
		/* One that cannot be read has a line of its own without --whole. */
		if (err && o->whole && err->kind == ERROR_BAD_FILE) {
			fprintf(stderr, "match-units: %s; left out\n", err->text);
			error_free(err);
			err = NULL;
		}
	}
	if (!err && o->whole)
		err = match_target(o, km, t, "vmlinux", &seed);
	om_target_destroy(t);
	return err;
}

/* From _text to _end, holes as zeros: behind eight bytes of address. */
static struct error *save_memory(const struct options *o, const struct image *img)
{
	uint64_t from, to;
	struct error *err = NULL;
	char *path, page[4096];
	FILE *f;

	if (!image_global(img, "_text", &from) || !image_global(img, "_end", &to))
		return error_new(ERROR_BAD_FILE, "%s: no _text, no _end", o->image);
	if (asprintf(&path, "%s/memory", o->save) < 0)
		return error_errno(ENOMEM, "memory");
	f = fopen(path, "we");
	if (!f)
		err = error_errno(errno, "%s", path);
	if (f)
		fwrite(&from, sizeof(from), 1, f);
	for (; f && from < to; from += sizeof(page)) {
		memset(page, 0, sizeof(page));
		image_read(img, from, page, sizeof(page));
		fwrite(page, sizeof(page), 1, f);
	}
	if (f && (ferror(f) | fclose(f)))
		err = error_errno(EIO, "%s", path);
	free(path);
	return err;
}

static bool parse(int argc, char **argv, struct options *o)
{
	static const struct option longopts[] = {
		{"modules", required_argument, NULL, 'm'}, {"layout", required_argument, NULL, 'l'}, {"flips", required_argument, NULL, 'f'}, {"save", required_argument, NULL, 's'},
		{"whole", no_argument, NULL, 'w'}, {0},
	};
	int c;

	*o = (struct options){0};
	while ((c = getopt_long(argc, argv, "", longopts, NULL)) != -1) {
		switch (c) {
		case 'm': o->modules = optarg; break;
		case 'l': o->layout_path = optarg; break;
		case 'f': o->one_in = strtoull(optarg, NULL, 10); break;
		case 's': o->save = optarg; break;
		case 'w': o->whole = true; break;
		default: return false;
		}
	}
	o->image = argv[optind];
	return argc == optind + 1;
}

static struct error *kernel_open(const struct options *o, struct kernel *k)
{
	struct error *err = image_open(o->image, &k->img);

	if (!err && o->modules)
		err = module_files_open(o->modules, "match-units.modules", &k->files);
	if (!err && o->save)
		err = save_memory(o, k->img);
	if (!err && (!image_banner(k->img) || sscanf(image_banner(k->img), "Linux version %127s", k->release) != 1))
		err = error_new(ERROR_BAD_FILE, "%s: does not tell its release", o->image);
	if (!err)
		k->km = kernel_memory_create(k->img, o->modules ? &k->files : NULL, k->release);
	return err;
}

static void kernel_close(struct kernel *k)
{
	kernel_memory_destroy(k->km);
	module_files_close(&k->files);
	image_close(k->img);
}

int main(int argc, char **argv)
{
	struct kernel k = {0};
	struct options o;
	struct error *err;

	if (!parse(argc, argv, &o)) {
		fputs("Usage: match-units [--modules=DIR] [--layout=FILE] [--flips=N] [--save=DIR] [--whole] IMAGE <LIST\n", stderr);
		return 2;
	}
	err = o.layout_path ? om_layout_read(o.layout_path, &o.layout) : NULL;
	err = err ?: kernel_open(&o, &k);
	err = err ?: match_all(&o, k.km);
	kernel_close(&k);
	if (err)
		fprintf(stderr, "match-units: %s\n", err->text);
	error_free(err);
	return err != NULL;
}
