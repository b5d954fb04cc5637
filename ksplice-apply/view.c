// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * An update is first made into JSON, from the core and from the store; text is a way to print that.  So both ways of
 * asking have the same answers.
 */
#include "ksplice-apply/view.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "common/module-signature.h"
#include "ksplice-apply/core.h"
#include "ksplice-apply/store.h"
#include "ksplice-apply/text.h"

struct error *view_check_known(const struct kernel *k, const char *id)
{
	enum core_stage stage;
	struct error *err;

	err = core_stage(k, id, &stage);
	if (!err && stage == STAGE_NONE)
		err = error_new(ERROR_UNKNOWN_ID, "there is no update %s in the kernel", id);
	return err;
}

/* What the manifest tells beside functions; null where there is no manifest. */
static void add_manifest(json_t *update, const struct manifest *m)
{
	json_object_set_new(update, "description", m ? json_string(m->description) : json_null());
	json_object_set_new(update, "created", m ? json_string(m->created) : json_null());
	json_object_set_new(update, "release", m ? json_string(m->release) : json_null());
	json_object_set_new(update, "arch", m ? json_string(m->arch) : json_null());
}

static json_t *functions_of(const struct manifest *m)
{
	json_t *list = json_array();

	for (size_t i = 0; i < m->nr_targets; i++)
		for (size_t j = 0; j < m->targets[i].nr_functions; j++) {
			const struct manifest_function *f = &m->targets[i].functions[j];

			json_array_append_new(list, json_pack("{s:s, s:s, s:s, s:s, s:s}",
							      "target", m->targets[i].name, "unit", f->unit,
							      "function", f->name, "verdict", f->verdict,
							      "reason", f->reason));
		}
	return list;
}

/* Verdict and reason of what the core says is spliced, if the manifest has them. */
static void add_reasons(json_t *splices, const struct manifest *m)
{
	json_t *known = functions_of(m), *s, *f;
	size_t i, j;

	json_array_foreach(splices, i, s) {
		json_array_foreach(known, j, f)
			if (json_equal(json_object_get(s, "target"), json_object_get(f, "target")) &&
			    json_equal(json_object_get(s, "unit"), json_object_get(f, "unit")) &&
			    json_equal(json_object_get(s, "function"), json_object_get(f, "function")))
				json_object_update_missing(s, f);
	}
	json_decref(known);
}

/* Each line a string. */
static json_t *words_json(const char *text)
{
	json_t *array = json_array();

	for (; *text; text += strcspn(text, "\n"), text += *text == '\n')
		if (*text != '\n')
			json_array_append_new(array, json_stringn(text, strcspn(text, "\n")));
	return array;
}

/* "2026-11-21T03:50:00Z" of seconds since the epoch, as manifests have it: the one form of a time; null for 0. */
static json_t *time_json(const char *seconds)
{
	time_t t = strtoll(seconds, NULL, 10);
	struct tm tm;
	char buf[64];

	if (t <= 0 || !gmtime_r(&t, &tm) || !strftime(buf, sizeof(buf), "%Y-%m-%dT%H:%M:%SZ", &tm))
		return json_null();
	return json_string(buf);
}

/* The files of the core that make up an update, as JSON. */
static struct error *add_core(json_t *update, const struct kernel *k, const char *id)
{
	static const struct {
		const char *file, *key;
		json_t *(*json)(const char *text);
	} files[] = {
		{ "splices", "functions", lines_json },
		{ "late", "late", lines_json },
		{ "depends", "depends", words_json },
		{ "timing", "timing", numbers_json },
		{ "applied_at", "applied_at", time_json },
	};
	struct error *err;
	char *text;

	for (unsigned int i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		err = core_text(k, id, files[i].file, &text);
		if (err)
			return err;
		json_object_set_new(update, files[i].key, files[i].json(text));
		free(text);
	}
	return NULL;
}

static struct error *add_reason(json_t *update, const struct kernel *k, const char *id)
{
	struct reason reason;
	struct error *err;

	err = reason_read(k, id, &reason);
	if (err)
		return err;
	json_object_set_new(update, "abort", reason.cause == CAUSE_NONE ? json_null() : reason_json(&reason));
	reason_free(&reason);
	return NULL;
}

/* *@update is to be dropped by the caller; NULL when the update has gone meanwhile. */
static struct error *update_json(struct cli *cli, const struct kernel *k, const char *id, json_t **update)
{
	struct manifest *m = NULL;
	enum core_stage stage;
	struct error *err;

	*update = NULL;
	err = core_stage(k, id, &stage);
	if (err || stage == STAGE_NONE)
		return err;
	/* Without the store there is less to tell, but what the kernel has is still to be seen. */
	log_warn_error(&cli->log, store_manifest(k, id, &m));
	*update = json_pack("{s:s, s:s}", "id", id, "stage", core_stage_name(stage));
	if (!*update) {
		manifest_free(m);
		return error_errno(ENOMEM, "update %s", id);
	}
	add_manifest(*update, m);
	err = add_core(*update, k, id);
	if (!err)
		err = add_reason(*update, k, id);
	if (!err && m)
		add_reasons(json_object_get(*update, "functions"), m);
	manifest_free(m);
	if (err) {
		json_decref(*update);
		*update = NULL;
	}
	return err;
}

static const char *string(const json_t *obj, const char *key)
{
	const char *s = json_string_value(json_object_get(obj, key));

	return s ? s : "";
}

static size_t nr_bypassed(const json_t *functions)
{
	const json_t *f;
	size_t i, nr = 0;

	json_array_foreach(functions, i, f)
		nr += !!*string(f, "bypassed_by");
	return nr;
}

static void print_row(const json_t *update)
{
	const json_t *functions = json_object_get(update, "functions");
	size_t bypassed = nr_bypassed(functions);
	const char *description = string(update, "description");
	char *line = strndup(description, strcspn(description, "\n"));
	const char *when = string(update, "applied_at");

	printf("%-*s  %-9s  %-20s  ", UPDATE_ID_MAX, string(update, "id"), string(update, "stage"), *when ? when : "-");
	if (line)
		text_print(stdout, line, "");
	if (bypassed)
		printf("%s(%zu of %zu functions not reached)", *description ? " " : "", bypassed, json_array_size(functions));
	putchar('\n');
	free(line);
}

static void print_list(struct cli *cli, const json_t *list)
{
	const json_t *u;
	size_t i;

	if (!json_array_size(list)) {
		log_info(&cli->log, "The kernel has no updates.");
		return;
	}
	if (cli->log.level > LOG_QUIET)
		printf("%-*s  %-9s  %-20s  %s\n", UPDATE_ID_MAX, "ID", "STAGE", "APPLIED", "DESCRIPTION");
	json_array_foreach(list, i, u)
		print_row(u);
}

struct error *view_list(struct cli *cli, const struct kernel *k, json_t **result)
{
	json_t *list, *update;
	struct core_ids ids;
	struct error *err;

	err = core_ids(k, &ids);
	if (err)
		return err;
	list = json_array();
	for (size_t i = 0; !err && i < ids.nr; i++) {
		err = update_json(cli, k, ids.ids[i], &update);
		if (!err && update)
			json_array_append_new(list, update);
	}
	core_ids_free(&ids);
	if (!err && cli->json)
		*result = json_pack("{s:i, s:b, s:O}", "version", 1, "ok", 1, "updates", list);
	else if (!err)
		print_list(cli, list);
	json_decref(list);
	return err;
}

static void print_field(const char *name, const char *value)
{
	if (!*value)
		return;
	printf("%-12s ", name);
	text_print(stdout, value, "             ");
	putchar('\n');
}

/* The update has it replaced, and what it replaced it with does not run. */
static void print_bypassed(const char *by, const char *error)
{
	if (!strcmp(by, "dead_ftrace"))
		printf(", which may not be reached: ftrace has given up after an error (see the kernel's log)");
	else if (!strcmp(by, "unknown"))
		printf(", of which is not known whether it is reached: ftrace does not tell (error %s)", error);
	else if (*by)
		printf(", which is not reached: %s sends calls elsewhere", by);
}

static void print_functions(struct cli *cli, const json_t *functions)
{
	const char *target = "";
	const json_t *f;
	size_t i;

	json_array_foreach(functions, i, f) {
		if (strcmp(target, string(f, "target"))) {
			target = string(f, "target");
			printf("in %s:\n", target);
		}
		printf("  %s: %s", string(f, "unit"), string(f, "function"));
		if (cli->log.level >= LOG_VERBOSE && *string(f, "verdict")) {
			printf(" (%s%s", string(f, "verdict"), *string(f, "reason") ? ": " : "");
			text_print(stdout, string(f, "reason"), "");
			putchar(')');
		}
		print_bypassed(string(f, "bypassed_by"), string(f, "error"));
		putchar('\n');
	}
}

static void print_depends(const json_t *depends)
{
	const json_t *d;
	size_t i;

	json_array_foreach(depends, i, d)
		print_field(i ? "" : "stands on", json_string_value(d));
}

/* Modules that are not there, or came without the update. */
static void print_late(const json_t *late)
{
	const json_t *l;
	size_t i;

	json_array_foreach(late, i, l) {
		const char *state = string(l, "state"), *cause = string(l, "cause");

		/* Its functions are listed. */
		if (!strcmp(state, "spliced"))
			continue;
		printf("%-12s %s%s%s\n", !strcmp(state, "waiting") ? "waits for" : state, string(l, "target"), *cause ? ": " : "", cause);
	}
}

static void print_timing(struct json_t *timing)
{
	const char *key;
	json_t *value;

	json_object_foreach(timing, key, value)
		if (json_is_integer(value))
			printf("%-12s %lld\n", key, (long long)json_integer_value(value));
}

static void print_abort(const json_t *why)
{
	const char *key;
	json_t *value;

	if (!json_is_object(why))
		return;
	print_field("last failure", string(why, "cause"));
	json_object_foreach(json_object_get(why, "detail"), key, value)
		printf("  %s %s\n", key, json_string_value(value));
}

static void print_signature(const json_t *s, const char *module)
{
	char *text = NULL;
	int len;

	if (!json_is_object(s))
		len = asprintf(&text, "%snobody", module);
	else if (*string(s, "key_id"))
		len = asprintf(&text, "%skey id %s", module, string(s, "key_id"));
	else
		len = asprintf(&text, "%sserial %s of %s", module, string(s, "serial"), string(s, "issuer"));
	if (len >= 0)
		print_field("signed by", text);
	free(text);
}

/* Once, where it is the same for all modules. */
static void print_signatures(const json_t *modules)
{
	const json_t *first = json_object_get(json_array_get(modules, 0), "signature"), *m;
	bool same = true;
	size_t i;

	json_array_foreach(modules, i, m)
		same = same && json_equal(json_object_get(m, "signature"), first);
	if (first && same)
		print_signature(first, "");
	json_array_foreach(modules, i, m) {
		char *module = NULL;

		if (!same && asprintf(&module, "%s: ", string(m, "module")) >= 0)
			print_signature(json_object_get(m, "signature"), module);
		free(module);
	}
}

static void print_update(struct cli *cli, json_t *u)
{
	print_field("id", string(u, "id"));
	print_field("stage", string(u, "stage"));
	print_field("applied", string(u, "applied_at"));
	print_field("description", string(u, "description"));
	print_field("made", string(u, "created"));
	print_field("for kernel", string(u, "release"));
	print_field("machine", string(u, "arch"));
	print_signatures(json_object_get(u, "modules"));
	print_depends(json_object_get(u, "depends"));
	print_late(json_object_get(u, "late"));
	print_functions(cli, json_object_get(u, "functions"));
	print_abort(json_object_get(u, "abort"));
	if (cli->log.level >= LOG_VERBOSE)
		print_timing(json_object_get(u, "timing"));
}

/* Takes @update. */
static struct error *show(struct cli *cli, json_t *update, json_t **result)
{
	if (cli->json)
		*result = json_pack("{s:i, s:b, s:O}", "version", 1, "ok", 1, "update", update);
	else
		print_update(cli, update);
	json_decref(update);
	return NULL;
}

struct error *view_update(struct cli *cli, const struct kernel *k, const char *id, json_t **result)
{
	struct error *err;
	json_t *update;

	err = view_check_known(k, id);
	if (!err)
		err = update_json(cli, k, id, &update);
	if (err)
		return err;
	if (!update)
		return view_check_known(k, id);
	return show(cli, update, result);
}

/* What the module's end says; whether that is true, the kernel will see. */
static struct error *add_module(json_t *list, const struct update *u, const struct manifest_module *mod)
{
	const struct update_file *f = update_find(u, mod->file);
	struct module_signature *s;
	struct error *err;

	err = module_signature_read(f->data, f->size, &s);
	if (err)
		return error_prefix(err, "%s", mod->file);
	json_array_append_new(list, json_pack("{s:s, s:o}", "module", mod->module, "signature",
					      s ? module_signature_json(s) : json_null()));
	module_signature_free(s);
	return NULL;
}

static struct error *add_modules(json_t *update, const struct update *u)
{
	const struct manifest *m = u->manifest;
	json_t *list = json_array();
	struct error *err;

	json_object_set_new(update, "modules", list);
	err = add_module(list, u, &m->core);
	for (size_t i = 0; !err && i < m->nr_targets; i++) {
		err = add_module(list, u, &m->targets[i].match);
		if (!err)
			err = add_module(list, u, &m->targets[i].code);
	}
	return err;
}

struct error *view_file(struct cli *cli, const struct update *u, json_t **result)
{
	const struct manifest *m = u->manifest;
	json_t *update = json_pack("{s:s, s:o}", "id", m->id, "functions", functions_of(m));
	struct error *err;

	if (!update)
		return error_errno(ENOMEM, "update %s", m->id);
	err = add_modules(update, u);
	if (err) {
		json_decref(update);
		return err;
	}
	add_manifest(update, m);
	json_object_set_new(update, "banner", m->banner ? json_string(m->banner) : json_null());
	json_object_set_new(update, "build_id", m->build_id ? json_string(m->build_id) : json_null());
	return show(cli, update, result);
}
