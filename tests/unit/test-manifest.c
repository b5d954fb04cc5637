// SPDX-License-Identifier: GPL-2.0-or-later
/* manifest.json: each field missing, of a wrong type, and of a wrong value. */
#include "tests/unit/cmocka-all.h"

#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kmodsrc/ksplice-abi.h"
#include "ksplice-apply/manifest.h"
#include "tests/unit/fake-update.h"

static void refused_text(const char *text, size_t size, const char *words)
{
	struct manifest *m = NULL;
	struct error *err = manifest_parse(text, size, &m);

	if (!err)
		fail_msg("not refused, though \"%s\" was to be said of: %s", words, text);
	assert_null(m);
	assert_int_equal(err->kind, ERROR_BAD_FILE);
	if (!strstr(err->text, words))
		fail_msg("\"%s\" is not in: %s", words, err->text);
	error_free(err);
}

/* Takes @json. */
static void refused(json_t *json, const char *words)
{
	char *text = json_dumps(json, JSON_ENCODE_ANY);

	json_decref(json);
	refused_text(text, strlen(text), words);
	free(text);
}

/* The value at "a.b[0].c" in @root: its container and its last key or index. */
static json_t *descend(json_t *root, const char *path, char *key, size_t *index, bool *in_array)
{
	json_t *at = root;

	*in_array = false;
	while (*path) {
		size_t len = strcspn(path, ".[");
		bool last;

		if (*path == '[') {
			*index = strtoul(path + 1, NULL, 10);
			path = strchr(path, ']') + 1;
			*in_array = true;
		} else {
			memcpy(key, path, len);
			key[len] = 0;
			path += len;
			*in_array = false;
		}
		last = !*path;
		if (*path == '.')
			path++;
		if (last)
			return at;
		at = *in_array ? json_array_get(at, *index) : json_object_get(at, key);
		assert_non_null(at);
	}
	return at;
}

/* A manifest in which the value at @path is the JSON @value, or is not there if that is NULL. */
static json_t *edited(const char *path, const char *value)
{
	json_t *root = fake_manifest(), *container, *new = NULL;
	char key[64];
	bool in_array;
	size_t index;

	/* Dots in names of files are written as '/'. */
	container = descend(root, path, key, &index, &in_array);
	for (char *p = key; *p; p++)
		if (*p == '/')
			*p = '.';
	if (value) {
		new = json_loads(value, JSON_DECODE_ANY | JSON_ALLOW_NUL, NULL);
		assert_non_null(new);
	}
	if (in_array)
		assert_int_equal(new ? json_array_set_new(container, index, new) : json_array_remove(container, index), 0);
	else
		assert_int_equal(new ? json_object_set_new(container, key, new) : json_object_del(container, key), 0);
	return root;
}

static void test_good(void **state)
{
	json_t *json = fake_manifest();
	char *text;
	struct manifest *m;
	struct error *err;

	/* Keys that nobody knows are for later versions. */
	json_object_set_new(json, "later", json_pack("{s:[i]}", "x", 1));
	text = json_dumps(json, 0);
	json_decref(json);
	err = manifest_parse(text, strlen(text), &m);
	free(text);
	if (err)
		fail_msg("%s", err->text);
	assert_string_equal(m->id, "abc");
	assert_string_equal(m->description, "a fix\nof two lines");
	assert_string_equal(m->release, "6.1.0-56-cloud-amd64");
	assert_null(m->banner);
	assert_null(m->build_id);
	assert_int_equal(m->abi, KSPLICE_ABI);
	assert_int_equal(m->nr_targets, 1);
	assert_string_equal(m->targets[0].name, "vmlinux");
	assert_string_equal(m->targets[0].match.module, "ksplice_abc_vmlinux_match");
	assert_string_equal(m->targets[0].code.file, "ksplice_abc_vmlinux.ko");
	assert_int_equal(m->targets[0].nr_functions, 1);
	assert_string_equal(m->targets[0].functions[0].name, "cmdline_proc_show");
	assert_int_equal(m->nr_files, 4);
	assert_int_equal(manifest_file(m, "ksplice.ko")->size, 4);
	assert_null(manifest_file(m, "manifest.json"));
	manifest_free(m);
}

static void test_may_be_absent(void **state)
{
	static const char *const paths[] = {
		"description", "created", "targets[0].functions[0].verdict", "targets[0].functions[0].reason",
		"targets[0].units",
	};

	for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
		json_t *json = edited(paths[i], NULL);
		char *text = json_dumps(json, 0);
		struct manifest *m;
		struct error *err = manifest_parse(text, strlen(text), &m);

		if (err)
			fail_msg("without %s: %s", paths[i], err->text);
		manifest_free(m);
		free(text);
		json_decref(json);
	}
}

static void test_missing(void **state)
{
	static const char *const paths[] = {
		"format", "id", "arch", "kernel", "kernel.release", "core", "core.file", "core.module", "core.abi",
		"targets", "targets[0].name", "targets[0].match", "targets[0].match.file", "targets[0].match.module",
		"targets[0].code", "targets[0].code.file", "targets[0].code.module", "targets[0].functions",
		"targets[0].functions[0].unit", "targets[0].functions[0].name", "patch", "files",
		"files.patch.size", "files.patch.sha256",
	};

	for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
		char words[100];

		snprintf(words, sizeof(words), ": %s: missing", paths[i]);
		refused(edited(paths[i], NULL), words);
	}
	refused(edited("targets[0]", NULL), "targets: too few");
	refused(edited("files.patch", NULL), "patch is not in \"files\"");
}

static void test_wrong_type(void **state)
{
	static const char *const paths[] = {
		"format", "id", "description", "created", "arch", "kernel", "kernel.release", "kernel.banner",
		"kernel.build_id", "core", "core.file", "core.module", "core.abi", "targets", "targets[0]",
		"targets[0].name", "targets[0].match", "targets[0].match.file", "targets[0].match.module",
		"targets[0].code", "targets[0].code.file", "targets[0].code.module", "targets[0].functions",
		"targets[0].functions[0]", "targets[0].functions[0].unit", "targets[0].functions[0].name",
		"targets[0].functions[0].verdict", "targets[0].functions[0].reason", "patch", "files",
		"files.patch", "files.patch.size", "files.patch.sha256",
	};
	static const char *const values[] = { "null", "true", "1.5", "[[]]" };

	for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++)
		for (size_t j = 0; j < sizeof(values) / sizeof(values[0]); j++)
			refused(edited(paths[i], values[j]), "manifest.json: ");
}

static void test_wrong_value(void **state)
{
	static const struct {
		const char *path, *value, *words;
	} rows[] = {
		{ "format", "0", "format 0 is not known" },
		{ "format", "2", "format 2 is not known" },
		{ "format", "-1", "format: out of range" },
		{ "format", "9223372036854775807", "format: out of range" },
		{ "id", "\"\"", "id: not an id" },
		{ "id", "\"_a\"", "id: not an id" },
		{ "id", "\"ABC\"", "id: not an id" },
		{ "id", "\"a/b\"", "id: not an id" },
		{ "id", "\"..\"", "id: not an id" },
		{ "id", "\"abi\"", "id: not an id" },
		{ "id", "\"lock\"", "id: not an id" },
		{ "id", "\"aaaaaaaaaaaaaaaaaaaaaaaaa\"", "id: too long" },
		{ "id", "\"abd\"", "does not begin with ksplice_ID_" },
		{ "created", "\"a\\nb\"", "created: not a line" },
		{ "arch", "\"x86 64\"", "arch: not a word" },
		{ "kernel.release", "\"6.1\\u001b[31m\"", "kernel.release: not a word" },
		{ "kernel.release", "\"\"", "kernel.release: not a word" },
		{ "kernel.banner", "\"Linux\\n\"", "kernel.banner: not a line" },
		{ "kernel.build_id", "\"\"", "kernel.build_id: not lower-case hex" },
		{ "kernel.build_id", "\"abc\"", "kernel.build_id: not lower-case hex" },
		{ "kernel.build_id", "\"AB\"", "kernel.build_id: not lower-case hex" },
		{ "core.abi", "-1", "core.abi: out of range" },
		{ "core.abi", "1000001", "core.abi: out of range" },
		{ "core.module", "\"other\"", "core.file: is not the module's name" },
		{ "core.file", "\"../ksplice.ko\"", "core.file: not a file name" },
		{ "core.file", "\"patch\"", "core.file: is not the module's name" },
		{ "targets[0].name", "\"a-b\"", "targets[0].name: not a module name" },
		{ "targets[0].name", "\"\"", "targets[0].name: not a module name" },
		{ "targets[0].match.module", "\"e1000\"", "targets[0].match.file: is not the module's name" },
		{ "targets[0].code.file", "\"/etc/passwd\"", "targets[0].code.file: not a file name" },
		{ "targets[0].code.file", "\".x\"", "targets[0].code.file: not a file name" },
		{ "targets[0].functions[0].unit", "\"a b\"", "functions[0].unit: not a word" },
		{ "targets[0].functions[0].name", "\"\\u00e4\"", "functions[0].name: not a word" },
		{ "targets[0].functions[0].reason", "\"a\\u001bb\"", "functions[0].reason: not a line" },
		{ "patch", "\"manifest.json\"", "is not in \"files\"" },
		{ "patch", "\"ksplice.ko\"", "ksplice.ko has two uses" },
		{ "files.patch.size", "-1", "files.patch.size: out of range" },
		{ "files.patch.size", "268435457", "files.patch.size: out of range" },
		{ "files.patch.sha256", "\"00\"", "files.patch.sha256: not 64" },
		{ "files.more", "{\"size\":1,\"sha256\":\"" "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
		  "\"}", "more has no use" },
		{ "files.manifest/json", "{\"size\":1,\"sha256\":\"" "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
		  "\"}", "files: a name is not a file name" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		refused(edited(rows[i].path, rows[i].value), rows[i].words);
}

/* Another module could be unloaded by such a name. */
static void test_modules_of_others(void **state)
{
	json_t *json = fake_manifest(), *code = json_object_get(json_array_get(json_object_get(json, "targets"), 0), "code");

	json_object_set_new(code, "file", json_string("e1000.ko"));
	json_object_set_new(code, "module", json_string("e1000"));
	refused(json, "targets[0].code.module: does not begin with ksplice_ID_");

	json = fake_manifest();
	json_array_append(json_object_get(json, "targets"), json_array_get(json_object_get(json, "targets"), 0));
	refused(json, "targets[1].name: there twice");

	json = fake_manifest();
	code = json_array_get(json_object_get(json, "targets"), 0);
	json_object_set(code, "code", json_object_get(code, "match"));
	refused(json, "ksplice_abc_vmlinux_match.ko has two uses");
}

static void test_too_many(void **state)
{
	json_t *json = fake_manifest(), *list = json_object_get(json, "targets");

	for (int i = 0; i < UPDATE_FILES_MAX / 2; i++)
		json_array_append(list, json_array_get(list, 0));
	refused(json, "targets: too few or too many");

	json = fake_manifest();
	list = json_object_get(json, "files");
	for (int i = 0; i < UPDATE_FILES_MAX; i++) {
		char name[16];

		snprintf(name, sizeof(name), "f%d", i);
		json_object_set(list, name, json_object_get(list, "patch"));
	}
	refused(json, "files: too many");
}

static void test_not_json(void **state)
{
	static const char *const texts[] = {
		"", "{", "[]", "1", "\"x\"", "{}x", "{\"format\":1,\"format\":1}", "{\"id\":\"\xff\"}", "\xef\xbb\xbf{}",
		"{\"format\":1e999}", "{\"format\":99999999999999999999}", "{\"id\":\"a\\u0000b\"}",
	};
	char *deep;

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		refused_text(texts[i], strlen(texts[i]), "manifest.json: ");
	/* Every recursion must end before the stack does. */
	deep = malloc(1000000);
	memset(deep, '[', 1000000);
	refused_text(deep, 1000000, "depth");
	memcpy(deep, "{\"x\":", 5);
	refused_text(deep, 1000000, "depth");
	free(deep);
}

static void test_every_truncation(void **state)
{
	json_t *json = fake_manifest();
	char *text = json_dumps(json, 0);

	json_decref(json);
	for (size_t i = 0; i < strlen(text); i++) {
		/* No NUL within reach: the reader goes by the size, or the sanitizer sees it. */
		char *part = malloc(i ? i : 1);

		memcpy(part, text, i);
		refused_text(part, i, "manifest.json: ");
		free(part);
	}
	free(text);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_good),
		cmocka_unit_test(test_may_be_absent),
		cmocka_unit_test(test_missing),
		cmocka_unit_test(test_wrong_type),
		cmocka_unit_test(test_wrong_value),
		cmocka_unit_test(test_modules_of_others),
		cmocka_unit_test(test_too_many),
		cmocka_unit_test(test_not_json),
		cmocka_unit_test(test_every_truncation),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
