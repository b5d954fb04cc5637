// SPDX-License-Identifier: GPL-2.0-or-later
/* Prints what happens, what came out, and why there is no update. */
#include "ksplice-create/report.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#include <jansson.h>

#include "common/json.h"
#include "common/module-signature.h"
#include "ksplice-create/manifest.h"
#include "ksplice-create/signing.h"
#include "objmanip/author.h"

static double now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec + ts.tv_nsec / 1e9;
}

static double cpu_of(int who)
{
	struct rusage u;

	getrusage(who, &u);
	return u.ru_utime.tv_sec + u.ru_stime.tv_sec + (u.ru_utime.tv_usec + u.ru_stime.tv_usec) / 1e6;
}

static double cpu_now(void)
{
	return cpu_of(RUSAGE_SELF) + cpu_of(RUSAGE_CHILDREN);
}

void report_begin(struct create *c, const char *step)
{
	c->timings = xrealloc(c->timings, (c->nr_timings + 1) * sizeof(*c->timings));
	c->timings[c->nr_timings++] = (struct timing){.step = step};
	c->step_start = now();
	c->step_cpu = cpu_now();
	log_step(&c->log, "%s", step);
}

void report_end(struct create *c)
{
	struct timing *t = &c->timings[c->nr_timings - 1];

	t->wall = now() - c->step_start;
	t->cpu = cpu_now() - c->step_cpu;
	log_step_done(&c->log);
	log_detail(&c->log, "%s: %.2f s, %.2f s of CPU", t->step, t->wall, t->cpu);
}

void report_note(struct create *c, const char *fmt, ...)
{
	char *text = NULL;
	va_list ap;

	if (c->ahead)
		return;
	va_start(ap, fmt);
	if (vasprintf(&text, fmt, ap) >= 0) {
		strv_add(&c->notes, text);
		log_info(&c->log, "note: %s", text);
	}
	va_end(ap);
	free(text);
}

static int exit_status(const struct error *err)
{
	if (!err)
		return 0;
	switch (err->kind) {
	case ERROR_USAGE: return 2;
	case ERROR_REFUSED: return 3;
	case ERROR_NO_CHANGE: return 66;
	default: return 1;
	}
}

static json_t *refusals_json(const struct create *c)
{
	json_t *list = json_array();

	for (size_t i = 0; i < c->nr_targets; i++) {
		const struct om_target *t = c->targets[i].om;

		for (size_t k = 0; t && k < t->nr_refusals; k++)
			json_array_append_new(list, json_pack("{s:s, s:s, s:s, s:s}", "target", t->name,
							      "where", t->refusals[k].where,
							      "reason", t->refusals[k].reason,
							      "advice", t->refusals[k].advice ?: ""));
	}
	return list;
}

static json_t *timings_json(const struct create *c)
{
	json_t *list = json_array();

	for (size_t i = 0; i < c->nr_timings; i++)
		json_array_append_new(list, json_pack("{s:s, s:f, s:f}", "step", c->timings[i].step,
						      "wall", c->timings[i].wall, "cpu", c->timings[i].cpu));
	return list;
}

static json_t *strings_json(const struct strv *s)
{
	json_t *list = json_array();

	for (size_t i = 0; i < s->n; i++)
		json_array_append_new(list, json_string(s->v[i]));
	return list;
}

static void set_string(json_t *root, const char *key, const char *value)
{
	if (value)
		json_object_set_new(root, key, json_string(value));
}

/* Of all modules; null: they are not signed, or not yet. */
static json_t *signature_json(const struct create *c)
{
	const struct module_signature *s = c->signing ? signing_made(c->signing) : NULL;

	return s ? module_signature_json(s) : json_null();
}

/* The keys that all tools have (common/json.h), and ours, as far as we came. */
static struct error *print_json(const struct create *c, const struct error *err)
{
	json_t *root = err ? json_from_error(err) : json_pack("{s:i, s:b}", "version", 1, "ok", 1);

	set_string(root, "id", c->opt.id);
	set_string(root, "file", c->output);
	set_string(root, "release", c->kernel.release);
	set_string(root, "workdir", c->ws.dir);
	json_object_set_new(root, "signature", signature_json(c));
	json_object_set_new(root, "targets", manifest_targets(c));
	json_object_set_new(root, "refusals", refusals_json(c));
	json_object_set_new(root, "notes", strings_json(&c->notes));
	json_object_set_new(root, "timings", timings_json(c));
	json_object_set_new(root, "cpu", json_real(cpu_now()));
	return json_print(root);
}

/* "ksplice-create: " before the first line, and the rest indented below it. */
static void print_error(const struct error *err)
{
	fputs("ksplice-create: ", stderr);
	for (const char *p = err->text; *p; p++) {
		fputc(*p, stderr);
		if (*p == '\n' && p[1] && p[1] != '\n')
			fputs("    ", stderr);
	}
	fputc('\n', stderr);
	if (err->kind == ERROR_USAGE)
		fputs("Try 'ksplice-create --help'.\n", stderr);
}

static void print_refusals(const struct create *c)
{
	for (size_t i = 0; i < c->nr_targets; i++) {
		const struct om_target *t = c->targets[i].om;

		for (size_t k = 0; t && k < t->nr_refusals; k++) {
			fprintf(stderr, "  %s: %s\n", t->refusals[k].where, t->refusals[k].reason);
			if (t->refusals[k].advice)
				fprintf(stderr, "      %s\n", t->refusals[k].advice);
		}
	}
}

static void print_function(const struct om_span *s, void *verbose)
{
	printf("  %-8s %s: %s", manifest_verdict(s), s->obj->unit, s->name);
	if (verbose && s->reason)
		printf(" (%s)", s->reason);
	putchar('\n');
}

/* What the author said (ksplice-patch.h). */
static void print_author(const struct om_target *t)
{
	for (size_t i = 0; i < t->nr_units; i++)
		om_for_each_span(s, t->units[i].post)
			if (om_in_place(s))
				printf("  in place %s: %s\n", s->obj->unit, s->name);
	for (size_t i = 0; i < t->nr_author_hooks; i++)
		printf("  hook     %s: %s (%s)\n", t->author_hooks[i].record->obj->unit, t->author_hooks[i].fn->name,
		       om_phase_name(t->author_hooks[i].phase));
}

static void print_made(const struct create *c)
{
	printf("%s: update %s for %s\n", c->output, c->opt.id, c->kernel.release);
	if (c->signing)
		printf("signed by %s%s%s\n", signing_subject(c->signing), *signing_key_id(c->signing) ? ", key id " : "",
		       signing_key_id(c->signing));
	for (size_t i = 0; i < c->nr_targets; i++) {
		printf("%s:\n", c->targets[i].name);
		manifest_functions(&c->targets[i], print_function, c->opt.verbose ? (void *)c : NULL);
		print_author(c->targets[i].om);
	}
}

struct error *report_flush(void)
{
	return fflush(stdout) || ferror(stdout) ? error_errno(errno, "standard output") : NULL;
}

int report_result(struct create *c, const struct error *err)
{
	struct error *failed = NULL;
	int status;

	log_step_done(&c->log);
	if (err) {
		print_error(err);
		if (err->kind == ERROR_REFUSED)
			print_refusals(c);
	}
	if (c->opt.json)
		failed = print_json(c, err);
	else if (!err && !c->opt.quiet)
		print_made(c);
	failed = failed ?: report_flush();
	if (failed)
		log_error(&c->log, failed);
	/* Who asked for a report and got none must not take it for a success. */
	status = exit_status(err ?: failed);
	error_free(failed);
	return status;
}
