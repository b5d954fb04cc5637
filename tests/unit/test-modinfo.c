// SPDX-License-Identifier: GPL-2.0-or-later
/* .modinfo of images that may be anything. */
#include "tests/unit/cmocka-all.h"

#include <elf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ksplice-apply/modinfo.h"

static const char modinfo[] = "license=GPL\0name=ksplice_abc\0empty=\0vermagic=6.1.0-56-cloud-amd64 SMP \0cut=x";
static const char names[] = "\0.shstrtab\0.modinfo";

struct image {
	Elf64_Ehdr eh;
	Elf64_Shdr sh[3];
	char names[sizeof(names)];
	char modinfo[sizeof(modinfo) - 1];	/* no NUL behind "cut=x" */
};

static void build(struct image *im)
{
	*im = (struct image){
		.eh = {
			.e_ident = { 0x7f, 'E', 'L', 'F', ELFCLASS64, ELFDATA2LSB, EV_CURRENT },
			.e_type = ET_REL, .e_machine = EM_X86_64, .e_version = EV_CURRENT,
			.e_shoff = offsetof(struct image, sh), .e_ehsize = sizeof(Elf64_Ehdr),
			.e_shentsize = sizeof(Elf64_Shdr), .e_shnum = 3, .e_shstrndx = 1,
		},
		.sh = {
			[1] = { .sh_name = 1, .sh_type = SHT_STRTAB, .sh_offset = offsetof(struct image, names),
				.sh_size = sizeof(names) },
			[2] = { .sh_name = 11, .sh_type = SHT_PROGBITS, .sh_offset = offsetof(struct image, modinfo),
				.sh_size = sizeof(modinfo) - 1 },
		},
	};
	memcpy(im->names, names, sizeof(names));
	memcpy(im->modinfo, modinfo, sizeof(modinfo) - 1);
}

static void is_value(const struct image *im, const char *key, const char *expected)
{
	struct error *err;
	char *value;

	err = modinfo_value(im, sizeof(*im), key, &value);
	if (err)
		fail_msg("%s", err->text);
	if (expected)
		assert_string_equal(value, expected);
	else
		assert_null(value);
	free(value);
}

static void test_values(void **state)
{
	struct image im;

	build(&im);
	is_value(&im, "name", "ksplice_abc");
	is_value(&im, "vermagic", "6.1.0-56-cloud-amd64 SMP ");
	is_value(&im, "license", "GPL");
	is_value(&im, "empty", "");
	is_value(&im, "nam", NULL);
	is_value(&im, "cut", NULL);
	memcpy(im.names + 11, ".modinfx", 8);
	is_value(&im, "name", NULL);
}

/* In a block of its own; whatever comes out must be freeable and not read from elsewhere. */
static void try(const void *data, size_t size)
{
	void *copy = malloc(size ? size : 1);
	struct error *err;
	char *value;

	memcpy(copy, data, size);
	err = modinfo_value(copy, size, "name", &value);
	if (err)
		assert_int_equal(err->kind, ERROR_BAD_FILE);
	error_free(err);
	free(value);
	free(copy);
}

static void test_damaged(void **state)
{
	unsigned char *bytes;
	struct image im;

	build(&im);
	bytes = (unsigned char *)&im;
	for (size_t i = 0; i < sizeof(im); i++)
		try(&im, i);
	for (size_t i = 0; i < offsetof(struct image, modinfo); i++)
		for (int v = 0; v < 256; v += 3) {
			unsigned char old = bytes[i];

			bytes[i] = v;
			try(&im, sizeof(im));
			bytes[i] = old;
		}
}

static void test_no_elf(void **state)
{
	static const char *const texts[] = { "", "x", "not an ELF file at all, but long enough to be one, one might think ..." };
	struct error *err;
	char *value;

	for (size_t i = 0; i < 3; i++) {
		err = modinfo_value(texts[i], strlen(texts[i]), "name", &value);
		assert_non_null(err);
		assert_int_equal(err->kind, ERROR_BAD_FILE);
		assert_null(value);
		error_free(err);
	}
}

/* An update of one target, whose three modules are all the same image. */
static struct error *check_update(struct image *im, const char *release)
{
	struct manifest_module mod = { .file = "ksplice_abc.ko", .module = "ksplice_abc" };
	struct manifest_target target = { .name = "vmlinux", .match = mod, .code = mod };
	struct manifest m = { .release = release, .core = mod, .nr_targets = 1, .targets = &target };
	struct update u = { .manifest = &m, .nr_files = 1, .files = { { (char *)mod.file, im, sizeof(*im) } } };

	return modinfo_check_update(&u);
}

static void test_update(void **state)
{
	static const char *const others[] = { "6.1.0-56-cloud", "6.1.0-56-cloud-amd64x", "" };
	struct error *err;
	struct image im;
	char sides[128];

	build(&im);
	assert_null(check_update(&im, "6.1.0-56-cloud-amd64"));
	for (size_t i = 0; i < 3; i++) {
		err = check_update(&im, others[i]);
		assert_non_null(err);
		assert_int_equal(err->kind, ERROR_WRONG_KERNEL);
		snprintf(sides, sizeof(sides), "its release differs\n  module: 6.1.0-56-cloud-amd64\n  update: %s", others[i]);
		assert_non_null(strstr(err->text, sides));
		error_free(err);
	}
	memcpy(strstr(im.modinfo + 12, "abc"), "abd", 3);
	err = check_update(&im, "6.1.0-56-cloud-amd64");
	assert_non_null(err);
	assert_int_equal(err->kind, ERROR_BAD_FILE);
	error_free(err);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_values),
		cmocka_unit_test(test_damaged),
		cmocka_unit_test(test_no_elf),
		cmocka_unit_test(test_update),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
