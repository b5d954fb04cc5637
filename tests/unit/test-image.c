// SPDX-License-Identifier: GPL-2.0-or-later
/* Kernel images: what is found in them, and that no damaged one does more than fail. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
/* cmocka.h needs those before it */
#include <cmocka.h>

#include "common/file.h"
#include "ksplice-create/image.h"
#include "tests/unit/image-builder.h"
#include "tests/unit/kallsyms-builder.h"
#include "tests/unit/vmlinuz-builder.h"

#define BANNER "Linux version 6.1.0-test (builder) #1 SMP\n"

/* Exported: "plain" and, GPL only, in namespace NS, "gpl". Self-relative, with their CRCs. */
static void add_exports(struct ib *b)
{
	static const uint32_t crcs[2] = { 0x12345678, 0x9abcdef0 };
	const uint64_t tab = IB_TEXT + 0x800, gpl = tab + 12, crc = IB_TEXT + 0x840, str = IB_TEXT + 0x880;
	int32_t plain_entry[3] = { 0, (int32_t)(str - (tab + 4)), 0 };
	int32_t gpl_entry[3] = { 0, (int32_t)(str + 6 - (gpl + 4)), (int32_t)(str + 10 - (gpl + 8)) };

	ib_put(b, tab, plain_entry, sizeof(plain_entry));
	ib_put(b, gpl, gpl_entry, sizeof(gpl_entry));
	ib_put(b, crc, crcs, sizeof(crcs));
	ib_put(b, str, "plain\0gpl\0NS", 13);
	ib_sym(b, "__start___ksymtab", tab, IB_SHN_TEXT, STT_NOTYPE);
	ib_sym(b, "__stop___ksymtab", gpl, IB_SHN_TEXT, STT_NOTYPE);
	ib_sym(b, "__start___ksymtab_gpl", gpl, IB_SHN_TEXT, STT_NOTYPE);
	ib_sym(b, "__stop___ksymtab_gpl", gpl + 12, IB_SHN_TEXT, STT_NOTYPE);
	ib_sym(b, "__start___kcrctab", crc, IB_SHN_TEXT, STT_NOTYPE);
	ib_sym(b, "__start___kcrctab_gpl", crc + 4, IB_SHN_TEXT, STT_NOTYPE);
}

static void build(struct ib *b)
{
	ib_init(b);
	ib_func(b, "show", IB_TEXT + 0x200, "\xc3", 1);
	ib_func(b, "show", IB_TEXT + 0x100, "\x90\xc3", 2);
	ib_func(b, "show", IB_TEXT + 0x100, "\x90\xc3", 2);	/* an alias of the same name */
	ib_func(b, "alone", IB_TEXT + 0x300, "\xc3", 1);
	ib_func(b, "linux_banner", IB_TEXT + 0x400, BANNER, sizeof(BANNER));
	ib_sym(b, "counter", 0x20, IB_SHN_PERCPU, STT_OBJECT);
	ib_sym(b, "undefined", 0, SHN_UNDEF, STT_NOTYPE);
	ib_sym(b, "cmdline.c", 0, SHN_ABS, STT_FILE);
	add_exports(b);
}

static struct error *open_bytes(const void *bytes, size_t size, struct image **img)
{
	char *path = ib_write(bytes, size);
	struct error *err = image_open(path, img);

	unlink(path);
	free(path);
	return err;
}

/* Of what was built, which must be good. */
static struct image *open_built(struct ib *b)
{
	struct image *img;
	size_t size;
	uint8_t *file = ib_finish(b, &size);

	assert_null(open_bytes(file, size, &img));
	free(file);
	return img;
}

static struct image *open_good(void)
{
	struct ib b;

	build(&b);
	return open_built(&b);
}

static void finds_names(void **state)
{
	struct image *img = open_good();
	const uint64_t *addrs;

	assert_int_equal(image_find(img, "show", &addrs), 2);
	assert_true(addrs[0] == IB_TEXT + 0x100 && addrs[1] == IB_TEXT + 0x200);
	assert_int_equal(image_find(img, "alone", &addrs), 1);
	assert_int_equal(image_find(img, "counter", &addrs), 1);
	assert_true(addrs[0] == 0x20);
	assert_int_equal(image_find(img, "undefined", &addrs), 0);
	assert_int_equal(image_find(img, "cmdline.c", &addrs), 0);
	assert_int_equal(image_find(img, "", &addrs), 0);
	assert_int_equal(image_find(img, "a", &addrs), 0);
	assert_int_equal(image_find(img, "zzz", &addrs), 0);
	image_close(img);
}

static void knows_what_is_global(void **state)
{
	struct image *img;
	struct ib b;

	build(&b);
	/* one of three that are called so, not the first at its address */
	ib_func(&b, "show", IB_TEXT + 0x200, "\xc3", 1);
	ib_bind(&b, STB_GLOBAL);
	ib_sym(&b, "weak", IB_TEXT + 0x500, IB_SHN_TEXT, STT_FUNC);
	ib_bind(&b, STB_WEAK);
	ib_sym(&b, "elsewhere", 0, SHN_UNDEF, STT_NOTYPE);
	ib_bind(&b, STB_GLOBAL);
	img = open_built(&b);
	assert_int_equal(image_linkage(img, "show"), LINKAGE_GLOBAL);
	assert_int_equal(image_linkage(img, "weak"), LINKAGE_WEAK);
	assert_int_equal(image_linkage(img, "alone"), LINKAGE_LOCAL);
	assert_int_equal(image_linkage(img, "elsewhere"), LINKAGE_LOCAL);
	assert_int_equal(image_linkage(img, "absent"), LINKAGE_LOCAL);
	image_close(img);
}

static void finds_symbols_by_address(void **state)
{
	struct image *img = open_good();
	uint64_t off;

	assert_string_equal(image_symbol_at(img, IB_TEXT + 0x100, &off), "show");
	assert_int_equal(off, 0);
	assert_string_equal(image_symbol_at(img, IB_TEXT + 0x3ff, &off), "alone");
	assert_int_equal(off, 0xff);
	/* before all; a per-CPU offset is no address */
	assert_null(image_symbol_at(img, IB_TEXT, &off));
	assert_null(image_symbol_at(img, 0x20, &off));
	image_close(img);
}

static void reads_memory(void **state)
{
	struct image *img = open_good();
	uint8_t buf[0x3000];

	assert_int_equal(image_read(img, IB_TEXT + 0x100, buf, 3), 3);
	assert_memory_equal(buf, "\x90\xc3\xcc", 3);
	/* from the text into .bss, and no further */
	memset(buf, 0xff, sizeof(buf));
	assert_int_equal(image_read(img, IB_BSS - 1, buf, sizeof(buf)), 0x1001);
	assert_int_equal(buf[0], 0xcc);
	assert_int_equal(buf[1], 0);
	assert_int_equal(buf[0x1000], 0);
	assert_int_equal(buf[0x1001], 0xff);
	assert_int_equal(image_read(img, IB_TEXT - 1, buf, 4), 0);
	assert_int_equal(image_read(img, 0x20, buf, 4), 0);
	assert_int_equal(image_read(img, ~0ull, buf, 4), 0);
	image_close(img);
}

/* At 0x500 and 0x508, and the list is where memory is read, too. */
static void shows_which_functions_are_sealed(void **state)
{
	static const uint8_t entry[] = { 0xf3, 0x0f, 0x1e, 0xfa, 0xc3, 0xcc, 0xcc, 0xcc, 0xf3, 0x0f, 0x1e, 0xfa };
	static const uint8_t sealed[] = { 0x66, 0x0f, 0x1f, 0x00, 0xc3, 0xcc, 0xcc, 0xcc, 0x66, 0x0f, 0x1f, 0x00 };
	const int32_t list[] = { 0x508 - 0x600, 0x500 - 0x604 };
	struct image *img;
	uint8_t buf[12];
	struct ib b;

	build(&b);
	ib_func(&b, "sealed", IB_TEXT + 0x500, entry, sizeof(entry));
	ib_put(&b, IB_TEXT + 0x600, list, sizeof(list));
	ib_sym(&b, "__ibt_endbr_seal", IB_TEXT + 0x600, IB_SHN_TEXT, STT_NOTYPE);
	ib_sym(&b, "__ibt_endbr_seal_end", IB_TEXT + 0x608, IB_SHN_TEXT, STT_NOTYPE);
	img = open_built(&b);
	for (size_t from = 0; from < sizeof(sealed); from++) {
		for (size_t len = 0; len <= sizeof(sealed) - from; len++) {
			assert_int_equal(image_read(img, IB_TEXT + 0x500 + from, buf, len), len);
			assert_memory_equal(buf, sealed + from, len);
		}
	}
	image_close(img);
}

static void a_damaged_list_of_seals_is_refused(void **state)
{
	static const uint64_t ends[] = { IB_TEXT + 0x606, IB_TEXT + 0x5fc, IB_TEXT + 0x100000000, IB_BSS + 0x2000 };

	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
		struct image *img;
		struct error *err;
		uint8_t *file;
		struct ib b;
		size_t size;

		build(&b);
		ib_sym(&b, "__ibt_endbr_seal", IB_TEXT + 0x600, IB_SHN_TEXT, STT_NOTYPE);
		ib_sym(&b, "__ibt_endbr_seal_end", ends[i], IB_SHN_TEXT, STT_NOTYPE);
		file = ib_finish(&b, &size);
		err = open_bytes(file, size, &img);
		assert_non_null(err);
		assert_int_equal(err->kind, ERROR_BAD_FILE);
		error_free(err);
		free(file);
	}
}

static void knows_the_kernel(void **state)
{
	struct image *img = open_good();

	assert_string_equal(image_banner(img), "Linux version 6.1.0-test (builder) #1 SMP");
	assert_string_equal(image_build_id(img), "0102030405060708090a0b0c0d0e0f1011121314");
	image_close(img);
}

static void does_without_banner(void **state)
{
	struct image *img;
	struct ib b;

	ib_init(&b);
	img = open_built(&b);
	assert_null(image_banner(img));
	image_close(img);
}

static void writes_symvers(void **state)
{
	struct image *img = open_good();
	char *path = ib_write("", 0), *text;

	assert_null(image_symvers(img, path));
	assert_null(file_read(path, 4096, &text, NULL));
	assert_string_equal(text, "0x12345678\tplain\tvmlinux\tEXPORT_SYMBOL\t\n"
				  "0x9abcdef0\tgpl\tvmlinux\tEXPORT_SYMBOL_GPL\tNS\n");
	free(text);
	unlink(path);
	free(path);
	image_close(img);
}

/* As the kernel's build makes them of its symbol table. */
static int compare_syms(const void *a, const void *b)
{
	const struct kb_sym *x = a, *y = b;

	return x->addr < y->addr ? -1 : x->addr > y->addr;
}

static void make_kallsyms(const struct ib *b, struct kb *kb)
{
	struct kb_sym syms[64];
	size_t n = 0;

	for (size_t i = 1; i < b->nr_syms; i++) {
		const Elf64_Sym *s = &b->syms[i];

		if (s->st_shndx == IB_SHN_PERCPU)
			syms[n++] = (struct kb_sym){ b->strings + s->st_name, s->st_value, 'A' };
		else if (s->st_shndx == IB_SHN_TEXT)
			syms[n++] = (struct kb_sym){ b->strings + s->st_name, s->st_value,
						     ELF64_ST_BIND(s->st_info) == STB_LOCAL ? 't' : 'T' };
	}
	qsort(syms, n, sizeof(syms[0]), compare_syms);
	kb_make(kb, KB_6_1, syms, n);
}

/* The image of @b without its symbol table, but with kallsyms; in a vmlinuz, as it is booted. */
static struct error *open_stripped(struct ib *b, struct image **img)
{
	size_t size, packed_size;
	uint8_t *file, *packed;
	struct error *err;
	struct kb kb;

	make_kallsyms(b, &kb);
	ib_rodata(b, kb.bytes, kb.size);
	ib_strip(b);
	file = ib_finish(b, &size);
	packed = vb_vmlinuz(VB_XZ, file, size, &packed_size);
	err = open_bytes(packed, packed_size, img);
	free(packed);
	free(file);
	kb_free(&kb);
	return err;
}

static void a_vmlinuz_is_as_good(void **state)
{
	static const char *const names[] = { "show", "alone", "counter", "linux_banner", "undefined", "cmdline.c", "absent" };
	struct image *img = open_good(), *stripped;
	uint8_t x[0x2000], y[0x2000];
	struct ib b;

	build(&b);
	assert_null(open_stripped(&b, &stripped));
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		const uint64_t *want, *addrs;
		size_t n = image_find(img, names[i], &want);

		assert_int_equal(image_find(stripped, names[i], &addrs), n);
		assert_memory_equal(addrs, want, n * sizeof(*addrs));
	}
	assert_string_equal(image_banner(stripped), image_banner(img));
	assert_string_equal(image_build_id(stripped), image_build_id(img));
	assert_int_equal(image_read(stripped, IB_TEXT, x, sizeof(x)), sizeof(x));
	assert_int_equal(image_read(img, IB_TEXT, y, sizeof(y)), sizeof(y));
	assert_memory_equal(x, y, sizeof(x));
	image_close(stripped);
	image_close(img);
}

/* Two per-CPU variables: of the one, the exports tell that it is global, of the other nothing does. */
static void kallsyms_and_exports_tell_what_is_global(void **state)
{
	const uint64_t tab = IB_TEXT + 0x800, gpl = tab + 12;
	int32_t value = (int32_t)(0x30 - gpl);
	struct image *img;
	uint64_t addr;
	struct ib b;

	build(&b);
	ib_sym(&b, "gpl", 0x30, IB_SHN_PERCPU, STT_OBJECT);
	ib_put(&b, gpl, &value, sizeof(value));
	ib_sym(&b, "global", IB_TEXT + 0x500, IB_SHN_TEXT, STT_FUNC);
	ib_bind(&b, STB_GLOBAL);
	assert_null(open_stripped(&b, &img));
	assert_int_equal(image_linkage(img, "global"), LINKAGE_GLOBAL);
	assert_int_equal(image_linkage(img, "alone"), LINKAGE_LOCAL);
	assert_int_equal(image_linkage(img, "absent"), LINKAGE_LOCAL);
	assert_int_equal(image_linkage(img, "counter"), LINKAGE_UNKNOWN);
	assert_int_equal(image_linkage(img, "gpl"), LINKAGE_GLOBAL);
	assert_true(image_global(img, "gpl", &addr));
	assert_true(addr == 0x30);
	assert_false(image_global(img, "counter", &addr));
	image_close(img);
}

static void expect_bad(struct error *err, const char *part)
{
	assert_non_null(err);
	assert_int_equal(err->kind, ERROR_BAD_FILE);
	if (!strstr(err->text, part))
		fail_msg("\"%s\" is not in: %s", part, err->text);
	error_free(err);
}

static void refuses_symvers_of_unknown_form(void **state)
{
	char *path = ib_write("", 0);
	struct image *img;
	struct ib b;

	ib_init(&b);
	img = open_built(&b);
	expect_bad(image_symvers(img, path), "no table __ksymtab");
	image_close(img);

	/* a name that leads nowhere */
	build(&b);
	ib_put(&b, IB_TEXT + 0x804, "\xff\xff\xff\x7f", 4);
	img = open_built(&b);
	expect_bad(image_symvers(img, path), "entry 0");
	image_close(img);
	unlink(path);
	free(path);
}

static void refuses_what_is_no_image(void **state)
{
	struct image *img;
	struct error *err;

	expect_bad(open_bytes("", 0, &img), "not an ELF file");
	expect_bad(open_bytes("MZ", 2, &img), "not an ELF file");
	err = image_open("/nonexistent/vmlinux", &img);
	assert_non_null(err);
	assert_int_equal(err->kind, ERROR_SYSTEM);
	error_free(err);
	expect_bad(image_open("/", &img), "not an ELF file");
}

static void refuses_kallsyms_that_do_not_fit(void **state)
{
	struct image *img;
	uint8_t *file;
	size_t size;
	struct ib b;

	/* none at all */
	build(&b);
	ib_strip(&b);
	file = ib_finish(&b, &size);
	expect_bad(open_bytes(file, size, &img), "no kallsyms");
	free(file);
	/* of functions alone */
	ib_init(&b);
	ib_func(&b, "alone", IB_TEXT + 0x300, "\xc3", 1);
	expect_bad(open_stripped(&b, &img), "no CONFIG_KALLSYMS_ALL");
	/* of another kernel */
	build(&b);
	ib_put(&b, IB_TEXT + 0x400, "linux", 5);
	expect_bad(open_stripped(&b, &img), "another kernel's");
	/* of one without exports, of which modules could not be linked */
	ib_init(&b);
	ib_func(&b, "linux_banner", IB_TEXT + 0x400, BANNER, sizeof(BANNER));
	expect_bad(open_stripped(&b, &img), "no table __ksymtab");
}

/* One kind of damage to the good image. */
static void damage(const char *part, void (*how)(uint8_t *file, Elf64_Ehdr *e))
{
	struct image *img;
	struct ib b;
	size_t size;
	uint8_t *file;

	build(&b);
	file = ib_finish(&b, &size);
	how(file, (Elf64_Ehdr *)file);
	expect_bad(open_bytes(file, size, &img), part);
	assert_null(img);
	free(file);
}

#define DAMAGE(name, statement)                                                                                        \
	static void name(uint8_t *file, Elf64_Ehdr *e)                                                                 \
	{                                                                                                              \
		statement;                                                                                             \
	}
DAMAGE(gzip, memcpy(file, "\x1f\x8b\x08", 4))
DAMAGE(class32, e->e_ident[EI_CLASS] = ELFCLASS32)
DAMAGE(relocatable, e->e_type = ET_REL)
DAMAGE(arm, e->e_machine = EM_ARM)
DAMAGE(no_sections, e->e_shnum = 0)
DAMAGE(odd_section_size, e->e_shentsize = 1)
DAMAGE(sections_outside, e->e_shoff = 0x7ffffffffffffff8)
DAMAGE(sections_unaligned, e->e_shoff += 1)
DAMAGE(text_outside, ib_section(file, IB_SHN_TEXT)->sh_size = 1 << 30)
DAMAGE(text_offset, ib_section(file, IB_SHN_TEXT)->sh_offset = ~0ull - 8)
DAMAGE(wraps, ib_section(file, IB_SHN_BSS)->sh_size = ~0ull)
DAMAGE(overlap, ib_section(file, IB_SHN_BSS)->sh_addr -= 1)
DAMAGE(no_symtab, ib_section(file, IB_SHN_SYMTAB)->sh_type = SHT_PROGBITS)
DAMAGE(bad_link, ib_section(file, IB_SHN_SYMTAB)->sh_link = IB_NR_SECTIONS)
DAMAGE(link_to_nobits, ib_section(file, IB_SHN_SYMTAB)->sh_link = IB_SHN_BSS)
DAMAGE(bad_entsize, ib_section(file, IB_SHN_SYMTAB)->sh_entsize = 0)
DAMAGE(symtab_unaligned, ib_section(file, IB_SHN_SYMTAB)->sh_offset += 1)
DAMAGE(open_strings, ib_section(file, IB_SHN_STRTAB)->sh_size -= 1)
DAMAGE(no_strings, ib_section(file, IB_SHN_STRTAB)->sh_size = 0)
DAMAGE(name_outside, ((Elf64_Sym *)(file + ib_section(file, IB_SHN_SYMTAB)->sh_offset))[1].st_name = 0xffff)

static void refuses_damage(void **state)
{
	damage("not an ELF file", gzip);
	damage("64-bit", class32);
	damage("not a linked kernel", relocatable);
	damage("machine", arm);
	damage("section table", no_sections);
	damage("section table", odd_section_size);
	damage("section table", sections_outside);
	damage("section table", sections_unaligned);
	damage("beyond the end", text_outside);
	damage("beyond the end", text_offset);
	damage("wraps", wraps);
	damage("one address", overlap);
	damage("no symbol table", no_symtab);
	damage("damaged", bad_link);
	damage("damaged", link_to_nobits);
	damage("damaged", bad_entsize);
	damage("damaged", symtab_unaligned);
	damage("damaged", open_strings);
	damage("damaged", no_strings);
	damage("damaged", name_outside);
}

/* Uses all that there is to use. */
static void use(struct image *img)
{
	const uint64_t *addrs;
	uint64_t off;
	uint8_t buf[64];

	image_find(img, "show", &addrs);
	image_symbol_at(img, IB_TEXT + 5, &off);
	image_read(img, IB_NOTES + 8, buf, sizeof(buf));
}

static void no_truncated_or_altered_image_does_more_than_fail(void **state)
{
	unsigned opened = 0, refused = 0;
	struct image *img;
	struct ib b;
	size_t size, at;
	uint8_t *file, *cut;

	build(&b);
	file = ib_finish(&b, &size);
	for (at = 0; at < size; at += at < 0x300 || at > 0x1200 ? 1 : 97) {
		cut = malloc(at + 1);
		assert_non_null(cut);
		memcpy(cut, file, at);
		expect_bad(open_bytes(cut, at, &img), "");
		free(cut);
	}
	for (at = 0; at < size; at += at < 0x300 || at > 0x1200 ? 1 : 97) {
		struct error *err;

		file[at] ^= 0x81;
		err = open_bytes(file, size, &img);
		file[at] ^= 0x81;
		if (!err)
			use(img);
		opened += !err;
		refused += !!err;
		error_free(err);
		image_close(img);
	}
	assert_true(opened > 100 && refused > 50);
	free(file);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(finds_names),
		cmocka_unit_test(knows_what_is_global),
		cmocka_unit_test(finds_symbols_by_address),
		cmocka_unit_test(reads_memory),
		cmocka_unit_test(shows_which_functions_are_sealed),
		cmocka_unit_test(a_damaged_list_of_seals_is_refused),
		cmocka_unit_test(knows_the_kernel),
		cmocka_unit_test(does_without_banner),
		cmocka_unit_test(writes_symvers),
		cmocka_unit_test(refuses_symvers_of_unknown_form),
		cmocka_unit_test(a_vmlinuz_is_as_good),
		cmocka_unit_test(kallsyms_and_exports_tell_what_is_global),
		cmocka_unit_test(refuses_kallsyms_that_do_not_fit),
		cmocka_unit_test(refuses_what_is_no_image),
		cmocka_unit_test(refuses_damage),
		cmocka_unit_test(no_truncated_or_altered_image_does_more_than_fail),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
