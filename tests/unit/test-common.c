// SPDX-License-Identifier: GPL-2.0-or-later
/* The helpers that all tools share. */
#include "tests/unit/cmocka-all.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/file.h"
#include "common/json.h"
#include "common/names.h"
#include "common/sha256.h"
#include "common/subprocess.h"

static char dir[64];

static int make_dir(void **state)
{
	strcpy(dir, "/tmp/test-common-XXXXXX");
	return mkdtemp(dir) ? 0 : -1;
}

static int remove_dir(void **state)
{
	const char *const argv[] = { "rm", "-rf", dir, NULL };
	struct subprocess p = { .argv = argv };
	struct subprocess_result r;

	if (subprocess_run(&p, &r))
		return -1;
	subprocess_result_free(&r);
	return 0;
}

static const char *at(const char *name)
{
	static char path[4][128];
	static unsigned int next;
	char *p = path[next++ % 4];

	snprintf(p, sizeof(path[0]), "%s/%s", dir, name);
	return p;
}

static void of_two_errors_the_first_is_kept(void **state)
{
	struct error *first = error_new(ERROR_REFUSED, "first"), *next = error_new(ERROR_OTHER, "next");

	assert_null(error_first(NULL, NULL));
	assert_ptr_equal(error_first(NULL, next), next);
	assert_ptr_equal(error_first(first, NULL), first);
	assert_ptr_equal(error_first(first, next), first);
	error_free(first);
}

/* FIPS 180-2, appendix B. */
static void test_sha256(void **state)
{
	char hex[SHA256_HEX_SIZE];

	assert_null(sha256_hex("abc", 3, hex));
	assert_string_equal(hex, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
	assert_null(sha256_hex("", 0, hex));
	assert_string_equal(hex, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

static void test_files(void **state)
{
	char *big = calloc(1, 100000), *data;
	struct error *err;
	struct stat st;
	size_t size;

	memset(big, 'x', 100000);
	umask(077);
	assert_null(file_mkdirs(at("a/b/c"), 0755));
	assert_null(file_mkdirs(at("a/b/c"), 0755));
	assert_null(file_replace(at("a/b/c/big"), 0640, big, 100000));
	assert_int_equal(stat(at("a/b/c/big"), &st), 0);
	assert_int_equal(st.st_mode & 07777, 0640);
	assert_null(file_read(at("a/b/c/big"), 100000, &data, &size));
	assert_int_equal(size, 100000);
	assert_memory_equal(data, big, size);
	assert_int_equal(data[size], 0);
	free(data);
	err = file_read(at("a/b/c/big"), 99999, &data, &size);
	assert_int_equal(err->kind, ERROR_BAD_FILE);
	error_free(err);
	err = file_mkdirs(at("a/b/c/big/d"), 0755);
	assert_non_null(strstr(err->text, "a/b/c/big"));
	error_free(err);
	/* Nothing is left beside it where it cannot be replaced. */
	err = file_replace(at("a/b"), 0644, "x", 1);
	assert_non_null(err);
	error_free(err);
	assert_int_not_equal(access(at("a/b.new"), F_OK), 0);
	assert_null(file_read("/proc/self/stat", 1 << 16, &data, &size));
	assert_true(size > 10);
	free(data);
	free(big);
}

static struct subprocess_result run(const char *script, struct subprocess p)
{
	const char *const argv[] = { "sh", "-c", script, NULL };
	struct subprocess_result r;
	struct error *err;

	p.argv = argv;
	err = subprocess_run(&p, &r);
	if (err)
		fail_msg("%s", err->text);
	return r;
}

static void test_subprocess(void **state)
{
	static const char *const env[] = { "KSPLICE_TEST=a b", NULL };
	struct subprocess_result r = run("echo out; echo err >&2; exit 3", (struct subprocess){ .split_stderr = true });

	assert_int_equal(r.status, 3);
	assert_string_equal(r.out, "out\n");
	assert_string_equal(r.err, "err\n");
	subprocess_result_free(&r);
	r = run("echo out; echo err >&2; kill -9 $$", (struct subprocess){ 0 });
	assert_int_equal(r.status, 128 + 9);
	assert_string_equal(r.out, "out\nerr\n");
	assert_null(r.err);
	subprocess_result_free(&r);
	r = run("pwd; echo \"$KSPLICE_TEST\"; cat", (struct subprocess){ .dir = "/", .env = env });
	assert_string_equal(r.out, "/\na b\n");
	subprocess_result_free(&r);
	assert_null(file_replace(at("in"), 0644, "hello", 5));
	r = run("cat", (struct subprocess){ .input_path = at("in") });
	assert_string_equal(r.out, "hello");
	subprocess_result_free(&r);
	r = run(":", (struct subprocess){ 0 });
	assert_string_equal(r.out, "");
	assert_int_equal(r.out_size, 0);
	subprocess_result_free(&r);
}

/* More than a pipe holds, on both: whoever reads only one of them hangs. And more than is kept. */
static void test_much_output(void **state)
{
	struct subprocess_result r = run("head -c 1000000 /dev/zero; head -c 1000000 /dev/zero >&2; head -c 10 /dev/zero",
					 (struct subprocess){ .split_stderr = true });

	assert_int_equal(r.out_size, 1000010);
	assert_int_equal(r.err_size, 1000000);
	subprocess_result_free(&r);
	r = run("head -c 20000000 /dev/zero; exit 5", (struct subprocess){ 0 });
	assert_int_equal(r.out_size, SUBPROCESS_OUTPUT_MAX);
	assert_int_equal(r.status, 5);
	subprocess_result_free(&r);
}

static void test_subprocess_fails(void **state)
{
	static const char *const argv[] = { "/nonexistent/program", NULL };
	struct subprocess p = { .argv = argv };
	struct subprocess_result r;
	struct error *err = subprocess_run(&p, &r);

	assert_non_null(err);
	assert_int_equal(err->kind, ERROR_SYSTEM);
	assert_string_equal(err->text, "cannot run /nonexistent/program: No such file or directory");
	error_free(err);
}

static void test_names(void **state)
{
	static const char *const ids[] = { "a", "0", "3fb1x9q0", "a_b", "abcdefghijklmnopqrstuvwx" };
	static const char *const no_ids[] = {
		"", "_", "_a", "A", "a-b", "a.b", "a/b", "a b", "..", "abcdefghijklmnopqrstuvwxy", "abi", "lock",
		"\xc3\xa4", "a\n",
	};

	for (size_t i = 0; i < sizeof(ids) / sizeof(ids[0]); i++)
		assert_true(update_id_valid(ids[i]));
	for (size_t i = 0; i < sizeof(no_ids) / sizeof(no_ids[0]); i++)
		assert_false(update_id_valid(no_ids[i]));
	assert_true(module_name_valid("Aa0_"));
	assert_false(module_name_valid("a-b"));
	assert_false(module_name_valid("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"));
	assert_true(update_file_name_valid("a-b_c.ko"));
	assert_false(update_file_name_valid(".a"));
	assert_false(update_file_name_valid("a/b"));
	assert_false(update_file_name_valid(""));
}

static void test_json_of_errors(void **state)
{
	struct error *err = error_new(ERROR_BUSY, "a\nb");
	json_t *json = json_from_error(err), *expected;

	expected = json_pack("{s:i, s:b, s:{s:s, s:s}}", "version", 1, "ok", 0, "error", "kind", "busy", "text", "a\nb");
	assert_true(json_equal(json, expected));
	json_decref(json);
	json_decref(expected);
	error_free(err);
	/* A path need not be UTF-8. */
	err = error_new(ERROR_OTHER, "caf\xe9");
	json = json_from_error(err);
	assert_string_equal(json_string_value(json_object_get(json_object_get(json, "error"), "text")), "caf?");
	json_decref(json);
	error_free(err);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(of_two_errors_the_first_is_kept),
		cmocka_unit_test(test_sha256),
		cmocka_unit_test(test_files),
		cmocka_unit_test(test_subprocess),
		cmocka_unit_test(test_much_output),
		cmocka_unit_test(test_subprocess_fails),
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_json_of_errors),
	};

	return cmocka_run_group_tests(tests, make_dir, remove_dir);
}
