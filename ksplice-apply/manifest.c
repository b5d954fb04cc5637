// SPDX-License-Identifier: GPL-2.0-or-later
/* Parses manifest.json, and refuses whatever of it docs/formats.md does not allow. */
#include "ksplice-apply/manifest.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FUNCTIONS_MAX	65536	/* per target */

/*
 * Where the reader is, and the first thing that was wrong.  After an error everything goes on with harmless
 * values, and manifest_parse() looks at @err once, at the end.
 */
struct reader {
	char where[96];		/* "targets[0].match.", the prefix of keys in messages */
	struct error *err;
};

static void wrong(struct reader *r, const char *key, const char *what)
{
	if (!r->err)
		r->err = error_new(ERROR_BAD_FILE, MANIFEST_NAME ": %s%s: %s", r->where, key, what);
}

static void out_of_memory(struct reader *r)
{
	if (!r->err)
		r->err = error_errno(ENOMEM, MANIFEST_NAME);
}

/* What a string may be; messages quote @what. */
struct rule {
	size_t max;			/* bytes */
	bool (*ok)(const char *s);	/* NULL: anything */
	const char *what;
};

static bool is_line(const char *s)
{
	for (; *s; s++)
		if ((unsigned char)*s < 0x20 || *s == 0x7f)
			return false;
	return true;
}

/* Printable ASCII without blanks. */
static bool is_word(const char *s)
{
	if (!*s)
		return false;
	for (; *s; s++)
		if (*s <= 0x20 || *s >= 0x7f)
			return false;
	return true;
}

static bool is_hex(const char *s)
{
	size_t len = strlen(s);

	return len && len % 2 == 0 && strspn(s, "0123456789abcdef") == len;
}

static bool is_sha256(const char *s)
{
	return strlen(s) == SHA256_HEX_SIZE - 1 && is_hex(s);
}

static const struct rule rule_id = { UPDATE_ID_MAX, update_id_valid, "not an id (1 to 24 of a-z, 0-9, _)" };
static const struct rule rule_file = { UPDATE_FILE_NAME_MAX, update_file_name_valid, "not a file name" };
static const struct rule rule_module = { UPDATE_MODULE_NAME_MAX, module_name_valid, "not a module name" };
static const struct rule rule_word = { 1024, is_word, "not a word of printable ASCII" };
static const struct rule rule_line = { 4096, is_line, "not a line of text" };
static const struct rule rule_text = { 65536, NULL, "not a text" };
static const struct rule rule_build_id = { 128, is_hex, "not lower-case hex digits" };
static const struct rule rule_sha256 = { 64, is_sha256, "not 64 lower-case hex digits" };

static const char *check_string(struct reader *r, json_t *value, const char *key, const struct rule *rule)
{
	const char *s = json_string_value(value);

	if (!s) {
		wrong(r, key, "not a string");
		return "";
	}
	if (strlen(s) > rule->max)
		wrong(r, key, "too long");
	else if (rule->ok && !rule->ok(s))
		wrong(r, key, rule->what);
	return s;
}

static const char *need_string(struct reader *r, json_t *obj, const char *key, const struct rule *rule)
{
	json_t *value = json_object_get(obj, key);

	if (!value) {
		wrong(r, key, "missing");
		return "";
	}
	return check_string(r, value, key, rule);
}

static const char *may_string(struct reader *r, json_t *obj, const char *key, const struct rule *rule,
			      const char *absent)
{
	json_t *value = json_object_get(obj, key);

	return value ? check_string(r, value, key, rule) : absent;
}

static uint64_t need_number(struct reader *r, json_t *obj, const char *key, uint64_t max)
{
	json_t *value = json_object_get(obj, key);

	if (!value)
		wrong(r, key, "missing");
	else if (!json_is_integer(value))
		wrong(r, key, "not a whole number");
	else if (json_integer_value(value) < 0 || (uint64_t)json_integer_value(value) > max)
		wrong(r, key, "out of range");
	return json_integer_value(value);
}

static json_t *need_object(struct reader *r, json_t *obj, const char *key)
{
	json_t *value = json_object_get(obj, key);

	if (!value)
		wrong(r, key, "missing");
	else if (!json_is_object(value))
		wrong(r, key, "not an object");
	return json_is_object(value) ? value : NULL;
}

static json_t *need_array(struct reader *r, json_t *obj, const char *key, size_t min, size_t max)
{
	json_t *value = json_object_get(obj, key);

	if (!value) {
		wrong(r, key, "missing");
		return NULL;
	}
	if (!json_is_array(value)) {
		wrong(r, key, "not an array");
		return NULL;
	}
	if (json_array_size(value) < min || json_array_size(value) > max) {
		wrong(r, key, "too few or too many");
		return NULL;
	}
	return value;
}

/* The module is the file's name without .ko, as it is with every module that kbuild makes. */
static void check_module(struct reader *r, const struct manifest_module *mod)
{
	size_t len = strlen(mod->module);

	if (!r->err && (strncmp(mod->file, mod->module, len) || strcmp(mod->file + len, ".ko")))
		wrong(r, "file", "is not the module's name with .ko");
}

static void read_module(struct reader *r, json_t *obj, const char *key, struct manifest_module *mod)
{
	size_t len = strlen(r->where);

	obj = need_object(r, obj, key);
	snprintf(r->where + len, sizeof(r->where) - len, "%s.", key);
	mod->file = need_string(r, obj, "file", &rule_file);
	mod->module = need_string(r, obj, "module", &rule_module);
	check_module(r, mod);
	r->where[len] = 0;
}

static void read_functions(struct reader *r, json_t *obj, struct manifest_target *t)
{
	json_t *array = need_array(r, obj, "functions", 0, FUNCTIONS_MAX), *f;
	size_t i, len = strlen(r->where);

	t->functions = calloc(json_array_size(array) + 1, sizeof(*t->functions));
	if (!t->functions) {
		out_of_memory(r);
		return;
	}
	t->nr_functions = json_array_size(array);
	json_array_foreach(array, i, f) {
		snprintf(r->where + len, sizeof(r->where) - len, "functions[%zu].", i);
		t->functions[i].unit = need_string(r, f, "unit", &rule_word);
		t->functions[i].name = need_string(r, f, "name", &rule_word);
		t->functions[i].verdict = may_string(r, f, "verdict", &rule_word, "");
		t->functions[i].reason = may_string(r, f, "reason", &rule_line, "");
	}
	r->where[len] = 0;
}

/* Names are how left-overs of a killed run are found: ksplice_ID_ begins each module of the update. */
static void check_prefix(struct reader *r, const struct manifest *m, const char *key,
			 const struct manifest_module *mod)
{
	char prefix[sizeof("ksplice__") + UPDATE_ID_MAX];
	int len;

	if (r->err)
		return;
	len = snprintf(prefix, sizeof(prefix), CORE_MODULE "_%s_", m->id);
	if (strncmp(mod->module, prefix, len) || !mod->module[len])
		wrong(r, key, "does not begin with ksplice_ID_");
}

static void read_targets(struct reader *r, struct manifest *m)
{
	json_t *array = need_array(r, m->root, "targets", 1, UPDATE_FILES_MAX / 2), *obj;
	size_t i;

	m->targets = calloc(json_array_size(array) + 1, sizeof(*m->targets));
	if (!m->targets) {
		out_of_memory(r);
		return;
	}
	m->nr_targets = json_array_size(array);
	json_array_foreach(array, i, obj) {
		struct manifest_target *t = &m->targets[i];

		snprintf(r->where, sizeof(r->where), "targets[%zu].", i);
		t->name = need_string(r, obj, "name", &rule_module);
		read_module(r, obj, "match", &t->match);
		check_prefix(r, m, "match.module", &t->match);
		read_module(r, obj, "code", &t->code);
		check_prefix(r, m, "code.module", &t->code);
		read_functions(r, obj, t);
		for (size_t j = 0; j < i; j++)
			if (!strcmp(m->targets[j].name, t->name))
				wrong(r, "name", "there twice");
	}
	r->where[0] = 0;
}

static void read_files(struct reader *r, struct manifest *m)
{
	json_t *files = need_object(r, m->root, "files"), *obj;
	const char *name;
	size_t i = 0;

	if (json_object_size(files) >= UPDATE_FILES_MAX) {
		wrong(r, "files", "too many");
		return;
	}
	m->files = calloc(json_object_size(files) + 1, sizeof(*m->files));
	if (!m->files) {
		out_of_memory(r);
		return;
	}
	m->nr_files = json_object_size(files);
	json_object_foreach(files, name, obj) {
		if (!update_file_name_valid(name) || !strcmp(name, MANIFEST_NAME)) {
			wrong(r, "files", "a name is not a file name");
			break;
		}
		snprintf(r->where, sizeof(r->where), "files.%.64s.", name);
		m->files[i].name = name;
		m->files[i].size = need_number(r, obj, "size", UPDATE_SIZE_MAX);
		m->files[i++].sha256 = need_string(r, obj, "sha256", &rule_sha256);
	}
	r->where[0] = 0;
}

/* Gives the file its one use, or says what is wrong with that. */
static void use_file(struct reader *r, const struct manifest *m, bool *used, const char *name)
{
	for (size_t i = 0; !r->err && i < m->nr_files; i++) {
		if (strcmp(m->files[i].name, name))
			continue;
		if (used[i])
			r->err = error_new(ERROR_BAD_FILE, MANIFEST_NAME ": %s has two uses", name);
		used[i] = true;
		return;
	}
	if (!r->err)
		r->err = error_new(ERROR_BAD_FILE, MANIFEST_NAME ": %s is not in \"files\"", name);
}

/* Each file has exactly one use, so each module exactly one file. */
static void check_uses(struct reader *r, const struct manifest *m)
{
	bool used[UPDATE_FILES_MAX] = { false };

	use_file(r, m, used, m->core.file);
	use_file(r, m, used, m->patch);
	for (size_t i = 0; i < m->nr_targets; i++) {
		use_file(r, m, used, m->targets[i].match.file);
		use_file(r, m, used, m->targets[i].code.file);
	}
	for (size_t i = 0; !r->err && i < m->nr_files; i++)
		if (!used[i])
			r->err = error_new(ERROR_BAD_FILE, MANIFEST_NAME ": %s has no use", m->files[i].name);
}

static void read_kernel(struct reader *r, struct manifest *m)
{
	json_t *kernel = need_object(r, m->root, "kernel");

	strcpy(r->where, "kernel.");
	m->release = need_string(r, kernel, "release", &rule_word);
	m->banner = may_string(r, kernel, "banner", &rule_line, NULL);
	m->build_id = may_string(r, kernel, "build_id", &rule_build_id, NULL);
	r->where[0] = 0;
}

static void read_core(struct reader *r, struct manifest *m)
{
	read_module(r, m->root, "core", &m->core);
	strcpy(r->where, "core.");
	m->abi = need_number(r, json_object_get(m->root, "core"), "abi", 1000000);
	if (!r->err && strcmp(m->core.module, CORE_MODULE))
		wrong(r, "module", "is not " CORE_MODULE);
	r->where[0] = 0;
}

static void read_all(struct reader *r, struct manifest *m)
{
	uint64_t format = need_number(r, m->root, "format", UINT32_MAX);

	if (!r->err && format != UPDATE_FORMAT)
		r->err = error_new(ERROR_BAD_FILE, MANIFEST_NAME ": format %u is not known to this program, "
				   "which reads format %d: a newer one is needed", (unsigned int)format, UPDATE_FORMAT);
	m->id = need_string(r, m->root, "id", &rule_id);
	m->description = may_string(r, m->root, "description", &rule_text, "");
	m->created = may_string(r, m->root, "created", &rule_line, "");
	m->arch = need_string(r, m->root, "arch", &rule_word);
	read_kernel(r, m);
	read_core(r, m);
	m->patch = need_string(r, m->root, "patch", &rule_file);
	read_targets(r, m);
	read_files(r, m);
	check_uses(r, m);
}

struct error *manifest_parse(const char *text, size_t size, struct manifest **ret)
{
	struct reader r = { .where = "" };
	json_error_t where;
	struct manifest *m = calloc(1, sizeof(*m));

	if (!m)
		return error_errno(ENOMEM, MANIFEST_NAME);
	if (size > MANIFEST_SIZE_MAX) {
		free(m);
		return error_new(ERROR_BAD_FILE, MANIFEST_NAME ": larger than %u bytes", MANIFEST_SIZE_MAX);
	}
	m->root = json_loadb(text, size, JSON_REJECT_DUPLICATES, &where);
	if (!m->root)
		r.err = error_new(ERROR_BAD_FILE, MANIFEST_NAME ": line %d: %s", where.line, where.text);
	else if (!json_is_object(m->root))
		r.err = error_new(ERROR_BAD_FILE, MANIFEST_NAME ": not an object");
	else
		read_all(&r, m);
	if (r.err) {
		manifest_free(m);
		return r.err;
	}
	*ret = m;
	return NULL;
}

void manifest_free(struct manifest *m)
{
	if (!m)
		return;
	for (size_t i = 0; i < m->nr_targets; i++)
		free(m->targets[i].functions);
	free(m->targets);
	free(m->files);
	json_decref(m->root);
	free(m);
}

const struct manifest_file *manifest_file(const struct manifest *m, const char *name)
{
	for (size_t i = 0; i < m->nr_files; i++)
		if (!strcmp(m->files[i].name, name))
			return &m->files[i];
	return NULL;
}

bool manifest_has_hooks(const struct manifest *m, size_t i)
{
	return json_array_size(json_object_get(json_array_get(json_object_get(m->root, "targets"), i), "hooks"));
}
