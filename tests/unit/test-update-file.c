// SPDX-License-Identifier: GPL-2.0-or-later
/* The reader of update files: what is good it reads, and whatever else is refused before anybody sees a byte. */
#include "tests/unit/cmocka-all.h"

#include <archive_entry.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ksplice-apply/update-file.h"
#include "tests/unit/fake-update.h"

/* Must be refused as a bad file, with @text in the words. */
static void refused(const void *data, size_t size, const char *text)
{
	struct update *u = NULL;
	struct error *err = update_read_memory("file", data, size, &u);

	assert_non_null(err);
	assert_null(u);
	assert_int_equal(err->kind, ERROR_BAD_FILE);
	if (!strstr(err->text, text))
		fail_msg("\"%s\" is not in: %s", text, err->text);
	error_free(err);
}

/* Takes @f. */
static void archive_refused(struct fake *f, const char *text)
{
	size_t size;
	void *gz = fake_archive(f, &size);

	refused(gz, size, text);
	free(gz);
	fake_fini(f);
}

/* Must be read, and be what fake_init() made. */
static void is_good(const void *data, size_t size)
{
	struct update *u;
	struct error *err = update_read_memory("file", data, size, &u);
	const struct update_file *file;

	if (err)
		fail_msg("%s", err->text);
	assert_string_equal(u->manifest->id, FAKE_ID);
	assert_int_equal(u->nr_files, 5);
	assert_string_equal(u->files[0].name, "manifest.json");
	file = update_find(u, "ksplice_abc_vmlinux.ko");
	assert_non_null(file);
	assert_int_equal(file->size, 16);
	assert_memory_equal(file->data, "code abc vmlinux", 16);
	assert_memory_equal(update_find(u, "patch")->data, "--- a/x\n", 8);
	assert_null(update_find(u, "nothing"));
	update_free(u);
}

static void test_good(void **state)
{
	struct fake f;
	size_t size;
	void *gz;

	fake_init(&f);
	gz = fake_archive(&f, &size);
	is_good(gz, size);
	free(gz);
	/* The directory need not be an entry of its own. */
	memmove(f.entries, f.entries + 1, --f.nr * sizeof(f.entries[0]));
	gz = fake_archive(&f, &size);
	is_good(gz, size);
	free(gz);
	fake_fini(&f);
}

static void test_every_truncation(void **state)
{
	struct fake f;
	size_t size;
	void *gz;

	fake_init(&f);
	gz = fake_archive(&f, &size);
	for (size_t i = 0; i < size; i++) {
		/* A block of its own size, so that a read behind it is seen by the sanitizer. */
		void *part = malloc(i ? i : 1);

		memcpy(part, gz, i);
		refused(part, i, "");
		free(part);
	}
	free(gz);
	fake_fini(&f);
}

/* The same of the tar archive inside: whatever is missing, either it is noticed or it was only padding. */
static void test_every_truncation_of_the_tar(void **state)
{
	size_t tar_size, size, good = 0;
	struct fake f;
	void *tar;

	fake_init(&f);
	tar = fake_tar(&f, &tar_size);
	for (size_t i = 0; i < tar_size; i += i < 8192 ? 1 : 512) {
		void *gz = fake_gzip(tar, i, &size);
		struct update *u;
		struct error *err = update_read_memory("file", gz, size, &u);

		if (err) {
			assert_int_equal(err->kind, ERROR_BAD_FILE);
			error_free(err);
		} else {
			update_free(u);
			is_good(gz, size);
			good++;
		}
		free(gz);
	}
	assert_true(good > 0);
	free(tar);
	fake_fini(&f);
}

/* Flips each bit of a byte, at every place: gzip's checksum covers all but some fields of its header. */
static void test_every_byte_changed(void **state)
{
	struct fake f;
	size_t size;
	unsigned char *gz;

	fake_init(&f);
	gz = fake_archive(&f, &size);
	for (size_t i = 0; i < size; i++) {
		struct update *u;
		struct error *err;

		gz[i] ^= 0xff;
		err = update_read_memory("file", gz, size, &u);
		if (err) {
			assert_int_equal(err->kind, ERROR_BAD_FILE);
			error_free(err);
		} else {
			/* The head of gzip; or deflate copies the same bytes from another place, as it may within zeros. */
			update_free(u);
			is_good(gz, size);
		}
		gz[i] ^= 0xff;
	}
	is_good(gz, size);
	free(gz);
	fake_fini(&f);
}

/* And of the tar archive, behind gzip's checksum. */
static void test_every_byte_of_the_tar_changed(void **state)
{
	size_t tar_size, size;
	struct fake f;
	unsigned char *tar;

	fake_init(&f);
	tar = fake_tar(&f, &tar_size);
	for (size_t i = 0; i < tar_size && i < 7000; i++) {
		struct error *err;
		struct update *u;
		void *gz;

		tar[i] ^= 0x20;
		gz = fake_gzip(tar, tar_size, &size);
		err = update_read_memory("file", gz, size, &u);
		if (err) {
			assert_int_equal(err->kind, ERROR_BAD_FILE);
			error_free(err);
		} else {
			/* Dates, modes and owners mean nothing; the manifest's free texts have no checksum. */
			assert_int_equal(u->nr_files, 5);
			assert_memory_equal(update_find(u, "ksplice.ko")->data, "core", 4);
			update_free(u);
		}
		free(gz);
		tar[i] ^= 0x20;
	}
	free(tar);
	fake_fini(&f);
}

static void test_paths(void **state)
{
	static const char long_name[] = FAKE_DIR "/"
		"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
		"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
		"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
	static const char *const paths[] = {
		"/" FAKE_DIR "/patch", "/etc/passwd", "patch", "../" FAKE_DIR "/patch", "./" FAKE_DIR "/patch",
		FAKE_DIR "/../patch", FAKE_DIR "/..", FAKE_DIR "/.", FAKE_DIR "/./patch", FAKE_DIR "//patch",
		FAKE_DIR "/sub/patch", FAKE_DIR "/.patch", FAKE_DIR "/pa tch", FAKE_DIR "/pa\ntch", FAKE_DIR "/p\033[31m",
		FAKE_DIR "/p\xc3\xa4tch", FAKE_DIR "/pa\\tch", "ksplice-abd/patch", "ksplice-ab/patch",
		"ksplice-abcd/patch", "ksplice-/patch", "ksplice-ABC/patch",
		"ksplice-aaaaaaaaaaaaaaaaaaaaaaaaa/patch", long_name,
	};

	for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
		struct fake f;

		fake_init(&f);
		fake_find(&f, FAKE_DIR "/patch")->path = paths[i];
		archive_refused(&f, "archive");
	}
}

static void test_directory_is_not_the_id(void **state)
{
	json_t *m = fake_manifest();
	struct fake f;

	/* The modules' names must begin with the id, so the id alone cannot differ: the directory does. */
	fake_init_with(&f, m);
	f.entries[0].path = "ksplice-abd/";
	f.entries[1].path = "ksplice-abd/manifest.json";
	f.entries[2].path = "ksplice-abd/patch";
	f.entries[3].path = "ksplice-abd/ksplice.ko";
	f.entries[4].path = "ksplice-abd/ksplice_abc_vmlinux_match.ko";
	f.entries[5].path = "ksplice-abd/ksplice_abc_vmlinux.ko";
	archive_refused(&f, "the directory is ksplice-abd but the id abc");
}

static void test_types(void **state)
{
	static const int types[] = { AE_IFIFO, AE_IFCHR, AE_IFBLK };
	struct fake f;

	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		fake_init(&f);
		fake_find(&f, FAKE_DIR "/patch")->type = types[i];
		fake_find(&f, FAKE_DIR "/patch")->size = 0;
		archive_refused(&f, "patch: neither a regular file");
	}
	fake_init(&f);
	fake_find(&f, FAKE_DIR "/patch")->size = 0;
	fake_find(&f, FAKE_DIR "/patch")->type = AE_IFDIR;
	archive_refused(&f, "archive");
	fake_init(&f);
	*fake_find(&f, FAKE_DIR "/patch") = (struct fake_entry){
		.path = FAKE_DIR "/patch", .type = AE_IFLNK, .symlink = "/etc/shadow" };
	archive_refused(&f, "neither a regular file");
	fake_init(&f);
	*fake_find(&f, FAKE_DIR "/ksplice.ko") = (struct fake_entry){
		.path = FAKE_DIR "/ksplice.ko", .type = AE_IFREG, .hardlink = FAKE_DIR "/patch" };
	archive_refused(&f, "neither a regular file");
	fake_init(&f);
	f.entries[0].path = FAKE_DIR;
	f.entries[0].type = AE_IFREG;
	archive_refused(&f, FAKE_DIR);
}

static void test_order_and_number(void **state)
{
	static char names[UPDATE_FILES_MAX][64];
	struct fake_entry e;
	struct fake f;

	fake_init(&f);
	e = f.entries[1];
	f.entries[1] = f.entries[2];
	f.entries[2] = e;
	archive_refused(&f, "is first, where manifest.json belongs");

	fake_init(&f);
	fake_add(&f, FAKE_DIR "/patch", "--- a/x\n+++ b/x\n", 16);
	archive_refused(&f, "patch: there twice");

	fake_init(&f);
	fake_add(&f, FAKE_DIR "/manifest.json", f.manifest_text, strlen(f.manifest_text));
	archive_refused(&f, "there twice");

	fake_init(&f);
	fake_add(&f, FAKE_DIR "/", NULL, 0);
	f.entries[f.nr - 1].type = AE_IFDIR;
	archive_refused(&f, "there twice");

	fake_init(&f);
	fake_add(&f, FAKE_DIR "/more", "x", 1);
	archive_refused(&f, "more: is in the archive but not in its manifest");

	fake_init(&f);
	f.nr--;
	archive_refused(&f, "ksplice_abc_vmlinux.ko: is in the manifest but not in the archive");

	fake_init(&f);
	f.nr = 1;
	archive_refused(&f, "no file");

	fake_init(&f);
	for (size_t i = 0; i < UPDATE_FILES_MAX; i++) {
		snprintf(names[i], sizeof(names[i]), FAKE_DIR "/more%zu", i);
		fake_add(&f, names[i], "x", 1);
	}
	archive_refused(&f, "more than 1024 files");
}

static void test_content(void **state)
{
	struct fake f;

	fake_init(&f);
	fake_find(&f, FAKE_DIR "/ksplice.ko")->data = "cord";
	archive_refused(&f, "ksplice.ko: is not what the manifest says");

	fake_init(&f);
	fake_find(&f, FAKE_DIR "/ksplice.ko")->size = 3;
	archive_refused(&f, "ksplice.ko: has not the size");

	fake_init(&f);
	f.entries[1].data = "{}";
	f.entries[1].size = 2;
	archive_refused(&f, "format: missing");
}

static void test_behind_the_end(void **state)
{
	size_t tar_size, size, size2;
	unsigned char *gz, *gz2, *tar;
	struct fake f;

	fake_init(&f);
	tar = fake_tar(&f, &tar_size);
	gz = fake_gzip(tar, tar_size, &size);

	/* One byte behind gzip's data. */
	gz2 = calloc(1, 2 * size);
	memcpy(gz2, gz, size);
	refused(gz2, size + 1, "behind the end of the gzip data");
	/* A second gzip member, which gzip(1) would append. */
	memcpy(gz2 + size, gz, size);
	refused(gz2, 2 * size, "behind the end of the gzip data");
	free(gz2);

	/* Behind tar's end mark. */
	tar[tar_size - 1] = 1;
	gz2 = fake_gzip(tar, tar_size, &size2);
	refused(gz2, size2, "behind the end of the archive");
	free(gz2);
	free(gz);
	free(tar);
	fake_fini(&f);
}

static void test_not_an_update(void **state)
{
	static const char *const texts[] = { "", "x", "hello, world", "\x1f\x8b", "\x1f\x8b\x08" };
	unsigned char *gz;
	size_t size;

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		refused(texts[i], strlen(texts[i]), "");
	gz = fake_gzip("hello, world", 12, &size);
	refused(gz, size, "tar");
	free(gz);
	gz = fake_gzip("", 0, &size);
	refused(gz, size, "");
	free(gz);
}

/* A tar header's size field is 11 octal digits; its checksum is the sum of all bytes, itself as blanks. */
static void set_tar_size(unsigned char *header, unsigned long long bytes)
{
	unsigned int sum = 0;
	char field[13];

	snprintf(field, sizeof(field), "%011llo", bytes);
	memcpy(header + 124, field, 11);
	memset(header + 148, ' ', 8);
	for (unsigned int i = 0; i < 512; i++)
		sum += header[i];
	snprintf(field, sizeof(field), "%06o", sum);
	memcpy(header + 148, field, 7);
}

static void test_sizes_that_lie(void **state)
{
	static const unsigned long long sizes[] = { 1000000, 255ull << 20, (256ull << 20) + 1, 8ull << 30 };
	size_t tar_size, size;
	struct fake f;

	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		unsigned char *tar, *gz;

		fake_init(&f);
		tar = fake_tar(&f, &tar_size);
		/* Directory, manifest and its blocks: the next header is the patch's. */
		for (size_t at = 0; at < tar_size; at += 512) {
			if (strcmp((char *)tar + at, FAKE_DIR "/patch"))
				continue;
			set_tar_size(tar + at, sizes[i] > 077777777777ull ? 077777777777ull : sizes[i]);
			break;
		}
		gz = fake_gzip(tar, tar_size, &size);
		refused(gz, size, sizes[i] > 256ull << 20 ? "more than 268435456 bytes" : "patch: truncated");
		free(gz);
		free(tar);
		fake_fini(&f);
	}
}

static void test_bomb(void **state)
{
	size_t zeros_size = (300u << 20), size;
	void *zeros = calloc(1, zeros_size), *gz;

	assert_non_null(zeros);
	gz = fake_gzip(zeros, zeros_size, &size);
	free(zeros);
	assert_true(size < 1 << 20);
	refused(gz, size, "unpacks to more than");
	free(gz);
}

static void test_paths_on_disk(void **state)
{
	char dir[] = "/tmp/test-update-XXXXXX", fifo[64];
	struct update *u;
	struct error *err;

	assert_non_null(mkdtemp(dir));
	snprintf(fifo, sizeof(fifo), "%s/fifo", dir);
	assert_int_equal(mkfifo(fifo, 0600), 0);
	/* Neither may block. */
	err = update_read(fifo, &u);
	assert_non_null(err);
	assert_int_equal(err->kind, ERROR_BAD_FILE);
	error_free(err);
	err = update_read(dir, &u);
	assert_non_null(err);
	assert_int_equal(err->kind, ERROR_BAD_FILE);
	error_free(err);
	unlink(fifo);
	err = update_read(fifo, &u);
	assert_non_null(err);
	assert_int_equal(err->kind, ERROR_SYSTEM);
	assert_non_null(strstr(err->text, fifo));
	error_free(err);
	rmdir(dir);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_good),
		cmocka_unit_test(test_every_truncation),
		cmocka_unit_test(test_every_truncation_of_the_tar),
		cmocka_unit_test(test_every_byte_changed),
		cmocka_unit_test(test_every_byte_of_the_tar_changed),
		cmocka_unit_test(test_paths),
		cmocka_unit_test(test_directory_is_not_the_id),
		cmocka_unit_test(test_types),
		cmocka_unit_test(test_order_and_number),
		cmocka_unit_test(test_content),
		cmocka_unit_test(test_behind_the_end),
		cmocka_unit_test(test_not_an_update),
		cmocka_unit_test(test_sizes_that_lie),
		cmocka_unit_test(test_bomb),
		cmocka_unit_test(test_paths_on_disk),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
