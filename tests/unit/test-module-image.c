// SPDX-License-Identifier: GPL-2.0-or-later
/* Modules as the kernel's loader would put them into memory; and that no damaged one does more than fail. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
/* cmocka.h needs those before it */
#include <cmocka.h>

#include <elf.h>

#include "ksplice-create/module-image.h"
#include "tests/unit/image-builder.h"

#define BASE 0xffffffffc0010000ull
#define PERCPU 0x20000
#define OUTSIDE 0xffffffff81234560ull	/* what the linker says of "outside" */

enum { S_NULL, S_TEXT, S_RELA, S_INIT, S_RELA_INIT, S_DATA, S_BSS, S_PERCPU, S_MODINFO, S_SYMTAB, S_STRTAB, S_SHSTRTAB, NR_S };
enum { Y_NULL, Y_F, Y_INIT, Y_COUNTER, Y_BUF, Y_PERCPU, Y_OUTSIDE, Y_ABS, Y_TEXT, NR_Y };

static const char names[] =
	"\0.text\0.rela.text\0.init.text\0.rela.init.text\0.data\0.bss\0.data..percpu\0.modinfo\0.symtab\0.strtab\0.shstrtab";
static const char strings[] = "\0f\0init_module\0counter\0buf\0per_cpu_one\0outside\0absolute";
static const char modinfo[] = "license=GPL\0\0depends=a,b-c\0vermagic=6.1.0-test SMP ";

/* A file as one struct, so that tests can reach into each part of it. */
struct module {
	Elf64_Ehdr e;
	Elf64_Shdr s[NR_S];
	uint8_t text[64];
	Elf64_Rela rela[6];
	uint8_t init[16];
	Elf64_Rela rela_init[1];
	uint8_t data[8];
	char modinfo[sizeof(modinfo)];
	Elf64_Sym syms[NR_Y];
	char strings[sizeof(strings)];
	char names[sizeof(names)];
};

static uint32_t offset_in(const char *all, size_t size, const char *name)
{
	const char *p = memmem(all, size, name, strlen(name) + 1);

	return p ? p - all : 0;
}

static void section(struct module *m, unsigned i, const char *name, uint32_t type, uint64_t flags, const void *at, size_t size)
{
	m->s[i] = (Elf64_Shdr){ .sh_name = offset_in(names, sizeof(names), name), .sh_type = type, .sh_flags = flags,
				.sh_offset = at ? (size_t)((const char *)at - (const char *)m) : 0, .sh_size = size,
				.sh_addralign = 1 };
}

static void symbol(struct module *m, unsigned i, const char *name, unsigned bind, unsigned shndx, uint64_t value)
{
	m->syms[i] = (Elf64_Sym){ .st_name = offset_in(strings, sizeof(strings), name), .st_info = ELF64_ST_INFO(bind, STT_NOTYPE),
				  .st_shndx = shndx, .st_value = value };
}

static void build(struct module *m)
{
	*m = (struct module){ .e = { .e_type = ET_REL, .e_machine = EM_X86_64, .e_shentsize = sizeof(Elf64_Shdr),
				     .e_shoff = offsetof(struct module, s), .e_shnum = NR_S, .e_shstrndx = S_SHSTRTAB } };
	memcpy(m->e.e_ident, ELFMAG, SELFMAG);
	m->e.e_ident[EI_CLASS] = ELFCLASS64;
	m->e.e_ident[EI_DATA] = ELFDATA2LSB;
	memset(m->text, 0x90, sizeof(m->text));
	memcpy(m->data, "datadata", 8);
	memcpy(m->modinfo, modinfo, sizeof(modinfo));
	memcpy(m->strings, strings, sizeof(strings));
	memcpy(m->names, names, sizeof(names));
	section(m, S_TEXT, ".text", SHT_PROGBITS, SHF_ALLOC | SHF_EXECINSTR, m->text, sizeof(m->text));
	section(m, S_RELA, ".rela.text", SHT_RELA, SHF_INFO_LINK, m->rela, sizeof(m->rela));
	section(m, S_INIT, ".init.text", SHT_PROGBITS, SHF_ALLOC | SHF_EXECINSTR, m->init, sizeof(m->init));
	section(m, S_RELA_INIT, ".rela.init.text", SHT_RELA, SHF_INFO_LINK, m->rela_init, sizeof(m->rela_init));
	section(m, S_DATA, ".data", SHT_PROGBITS, SHF_ALLOC | SHF_WRITE, m->data, sizeof(m->data));
	section(m, S_BSS, ".bss", SHT_NOBITS, SHF_ALLOC | SHF_WRITE, NULL, 32);
	section(m, S_PERCPU, ".data..percpu", SHT_NOBITS, SHF_ALLOC | SHF_WRITE, NULL, 24);
	section(m, S_MODINFO, ".modinfo", SHT_PROGBITS, SHF_ALLOC, m->modinfo, sizeof(modinfo));
	section(m, S_SYMTAB, ".symtab", SHT_SYMTAB, 0, m->syms, sizeof(m->syms));
	section(m, S_STRTAB, ".strtab", SHT_STRTAB, 0, m->strings, sizeof(strings));
	section(m, S_SHSTRTAB, ".shstrtab", SHT_STRTAB, 0, m->names, sizeof(names));
	m->s[S_RELA].sh_info = S_TEXT;
	m->s[S_RELA_INIT].sh_info = S_INIT;
	m->s[S_DATA].sh_addralign = 256;
	m->s[S_SYMTAB].sh_link = S_STRTAB;
	m->s[S_SYMTAB].sh_entsize = sizeof(Elf64_Sym);
	symbol(m, Y_F, "f", STB_GLOBAL, S_TEXT, 16);
	symbol(m, Y_INIT, "init_module", STB_GLOBAL, S_INIT, 4);
	symbol(m, Y_COUNTER, "counter", STB_LOCAL, S_DATA, 4);
	symbol(m, Y_BUF, "buf", STB_LOCAL, S_BSS, 0);
	symbol(m, Y_PERCPU, "per_cpu_one", STB_LOCAL, S_PERCPU, 8);
	symbol(m, Y_OUTSIDE, "outside", STB_GLOBAL, SHN_UNDEF, 0);
	symbol(m, Y_ABS, "absolute", STB_LOCAL, SHN_ABS, 0x1234);
	m->syms[Y_TEXT] = (Elf64_Sym){ .st_info = ELF64_ST_INFO(STB_LOCAL, STT_SECTION), .st_shndx = S_TEXT };
	m->rela[0] = (Elf64_Rela){ 0, ELF64_R_INFO(Y_OUTSIDE, R_X86_64_PLT32), -4 };
	m->rela[1] = (Elf64_Rela){ 4, ELF64_R_INFO(Y_COUNTER, R_X86_64_32S), 1 };
	m->rela[2] = (Elf64_Rela){ 8, ELF64_R_INFO(Y_TEXT, R_X86_64_64), 16 };
	m->rela[3] = (Elf64_Rela){ 16, ELF64_R_INFO(Y_PERCPU, R_X86_64_32S), 0 };
	m->rela[4] = (Elf64_Rela){ 20, ELF64_R_INFO(Y_ABS, R_X86_64_32), 0 };
	m->rela[5] = (Elf64_Rela){ 24, ELF64_R_INFO(Y_INIT, R_X86_64_PC64), 0 };
	m->rela_init[0] = (Elf64_Rela){ 0, ELF64_R_INFO(Y_F, R_X86_64_PC32), -4 };
}

static bool resolve(void *ctx, const char *name, uint64_t *addr)
{
	*addr = OUTSIDE;
	return !strcmp(name, "outside");
}

static const struct module_linker linker = { NULL, resolve };

static struct error *open_bytes(const void *bytes, size_t size, struct module_image **img)
{
	char *path = ib_write(bytes, size);
	struct error *err = module_image_open(path, img);

	unlink(path);
	free(path);
	return err;
}

static struct error *open_and_place(const struct module *m, struct module_image **img)
{
	struct error *err = open_bytes(m, sizeof(*m), img);

	if (!err)
		err = module_image_place(*img, BASE, PERCPU, &linker);
	if (err) {
		module_image_close(*img);
		*img = NULL;
	}
	return err;
}

static uint64_t address(const struct module_image *img, const char *name)
{
	const uint64_t *addrs;

	assert_int_equal(module_image_find(img, name, &addrs), 1);
	return addrs[0];
}

static uint64_t read_field(const struct module_image *img, uint64_t addr, size_t size)
{
	uint64_t value = 0;

	assert_int_equal(module_image_read(img, addr, &value, size), size);
	return value;
}

static void is_laid_out_and_relocated(void **state)
{
	struct module_image *img;
	struct module m;
	uint64_t text, counter, init, addr, off;
	const uint64_t *addrs;
	char bytes[8];

	build(&m);
	assert_null(open_and_place(&m, &img));
	text = address(img, "f") - 16;
	counter = address(img, "counter");
	assert_true(text >= BASE && counter >= BASE && counter < BASE + module_image_size(img));
	assert_int_equal((counter - 4) % 256, 0);
	assert_int_equal(address(img, "per_cpu_one"), PERCPU + 8);
	assert_int_equal(module_image_percpu_size(img), 24);
	assert_int_equal(module_image_size(img) % 4096, 0);

	assert_int_equal(read_field(img, text, 4), (uint32_t)(OUTSIDE - 4 - text));
	assert_int_equal(read_field(img, text + 4, 4), (uint32_t)(counter + 1));
	assert_int_equal(read_field(img, text + 8, 8), text + 16);
	assert_int_equal(read_field(img, text + 16, 4), PERCPU + 8);
	assert_int_equal(read_field(img, text + 20, 4), 0x1234);
	/* Init code has an address, but is gone. */
	init = text + 24 + read_field(img, text + 24, 8);
	assert_true(init >= BASE && init < BASE + module_image_size(img));
	assert_int_equal(module_image_read(img, init, bytes, 1), 0);
	assert_int_equal(module_image_find(img, "init_module", &addrs), 0);

	assert_int_equal(module_image_read(img, counter - 4, bytes, 8), 8);
	assert_memory_equal(bytes, "datadata", 8);
	assert_int_equal(read_field(img, address(img, "buf"), 8), 0);
	assert_int_equal(module_image_read(img, BASE - 1, bytes, 1), 0);

	assert_true(module_image_global(img, "f", &addr));
	assert_int_equal(addr, text + 16);
	assert_false(module_image_global(img, "counter", &addr));
	assert_false(module_image_global(img, "outside", &addr));
	assert_string_equal(module_image_symbol_at(img, text + 20, &off), "f");
	assert_int_equal(off, 4);
	assert_null(module_image_symbol_at(img, OUTSIDE, &off));
	module_image_close(img);
}

static void tells_what_the_module_says_of_itself(void **state)
{
	struct module_image *img;
	struct module m;

	build(&m);
	assert_null(open_and_place(&m, &img));
	assert_string_equal(module_image_info(img, "depends"), "a,b-c");
	assert_string_equal(module_image_info(img, "vermagic"), "6.1.0-test SMP ");
	assert_null(module_image_info(img, "depend"));
	module_image_close(img);
}

static void bad(const struct module *m, enum error_kind kind, const char *part)
{
	struct module_image *img;
	struct error *err = open_and_place(m, &img);

	assert_non_null(err);
	assert_int_equal(err->kind, kind);
	if (!strstr(err->text, part))
		fail_msg("\"%s\" is not in: %s", part, err->text);
	error_free(err);
}

static void refuses_what_the_loader_would_refuse(void **state)
{
	struct module_image *img;
	struct module m;

	build(&m);
	memcpy(m.strings + m.syms[Y_OUTSIDE].st_name, "inside!", 7);
	bad(&m, ERROR_NO_MATCH, "needs inside!, which neither");
	m.syms[Y_OUTSIDE].st_info = ELF64_ST_INFO(STB_WEAK, STT_NOTYPE);
	m.rela[0].r_info = ELF64_R_INFO(Y_OUTSIDE, R_X86_64_32);
	m.rela[0].r_addend = 0;
	assert_null(open_and_place(&m, &img));
	module_image_close(img);

	build(&m);
	m.rela[1].r_info = ELF64_R_INFO(Y_COUNTER, R_X86_64_32);
	bad(&m, ERROR_BAD_FILE, ".text+0x4: a relocation of a type that is not known, or whose value does not fit");
	build(&m);
	m.rela[1].r_info = ELF64_R_INFO(Y_COUNTER, R_X86_64_TPOFF32);
	bad(&m, ERROR_BAD_FILE, "not known");
	build(&m);
	m.rela[2].r_offset = sizeof(m.text) - 7;
	bad(&m, ERROR_BAD_FILE, "outside of its section");
	build(&m);
	m.rela[2].r_info = ELF64_R_INFO(NR_Y, R_X86_64_64);
	bad(&m, ERROR_BAD_FILE, "no symbol");
	build(&m);
	m.syms[Y_TEXT].st_shndx = S_STRTAB;
	bad(&m, ERROR_BAD_FILE, "not in memory");
}

static void refuses_what_is_no_module(void **state)
{
	struct module_image *img;
	struct error *err;
	struct module m;

	build(&m);
	m.e.e_type = ET_EXEC;
	bad(&m, ERROR_BAD_FILE, "not a kernel module");
	build(&m);
	m.e.e_machine = EM_PPC64;
	bad(&m, ERROR_BAD_FILE, "has no section .stubs");
	build(&m);
	m.s[S_DATA].sh_addralign = 3;
	bad(&m, ERROR_BAD_FILE, "alignment");
	build(&m);
	m.s[S_BSS].sh_size = 1ull << 62;
	bad(&m, ERROR_BAD_FILE, "a section with a size");
	build(&m);
	m.s[S_TEXT].sh_name = 1 << 20;
	bad(&m, ERROR_BAD_FILE, "section names are damaged");
	build(&m);
	m.s[S_SYMTAB].sh_type = SHT_PROGBITS;
	bad(&m, ERROR_BAD_FILE, "no symbol table");
	err = open_bytes("\037\213", 2, &img);
	assert_non_null(err);
	assert_int_equal(err->kind, ERROR_BAD_FILE);
	error_free(err);
}

/* A module of ppc64le. Of the sections, .bss becomes .stubs, and .data becomes .toc. */

#define NOP		0x60000000u
#define LD_R2_24_R1	0xe8410018u
#define R_PPC64_ENTRY	118

static void rename_section(struct module *m, unsigned i, const char *name)
{
	/* Over the name of the section's own, which is as long at least. */
	strcpy(m->names + m->s[i].sh_name, name);
}

static void build_ppc64le(struct module *m)
{
	static const uint32_t text[] = {
		0xe84cfff8, 0x7c426214,	/* 0: the entry of -mcmodel=large */
		0x48000001, NOP,	/* 8: calls outside */
		0x48000001, NOP,	/* 16: calls f, which has a local entry */
		0x48000001, NOP,	/* 24: calls outside again */
		0x3d220000, 0xe9290000,	/* 32: reads .toc */
		0x48000001, 0x7c0802a6,	/* 40: calls the tracer */
		0x48000000,		/* 48: jumps outside */
	};

	build(m);
	m->e.e_machine = EM_PPC64;
	memset(m->text, 0, sizeof(m->text));
	memcpy(m->text, text, sizeof(text));
	rename_section(m, S_PERCPU, ".stubs");
	m->s[S_PERCPU].sh_size = 0;
	m->s[S_PERCPU].sh_flags = SHF_ALLOC | SHF_EXECINSTR;
	rename_section(m, S_DATA, ".toc");
	m->s[S_TEXT].sh_addralign = 16;
	m->syms[Y_F].st_value = 0;
	m->syms[Y_F].st_other = 3 << 5;
	strcpy(m->strings + m->syms[Y_ABS].st_name, "_mcount");
	m->syms[Y_ABS].st_shndx = SHN_UNDEF;
	m->rela[0] = (Elf64_Rela){ 0, ELF64_R_INFO(0, R_PPC64_ENTRY), 0 };
	m->rela[1] = (Elf64_Rela){ 8, ELF64_R_INFO(Y_OUTSIDE, R_PPC64_REL24), 0 };
	m->rela[2] = (Elf64_Rela){ 16, ELF64_R_INFO(Y_F, R_PPC64_REL24), 0 };
	m->rela[3] = (Elf64_Rela){ 24, ELF64_R_INFO(Y_OUTSIDE, R_PPC64_REL24), 0 };
	m->rela[4] = (Elf64_Rela){ 32, ELF64_R_INFO(Y_COUNTER, R_PPC64_TOC16_HA), 0 };
	m->rela[5] = (Elf64_Rela){ 36, ELF64_R_INFO(Y_COUNTER, R_PPC64_TOC16_LO_DS), 0 };
	m->rela_init[0] = (Elf64_Rela){ 0, ELF64_R_INFO(Y_F, R_PPC64_REL64), 8 };
}

static bool resolve_ppc64le(void *ctx, const char *name, uint64_t *addr)
{
	*addr = OUTSIDE;
	return !strcmp(name, "outside") || !strcmp(name, "_mcount");
}

static struct error *place_ppc64le(const struct module *m, struct module_image **img)
{
	static const struct module_linker both = { NULL, resolve_ppc64le };
	struct error *err = open_bytes(m, sizeof(*m), img);

	if (!err)
		err = module_image_place(*img, BASE, PERCPU, &both);
	if (err) {
		module_image_close(*img);
		*img = NULL;
	}
	return err;
}

static void bad_ppc64le(const struct module *m, const char *part)
{
	struct module_image *img;
	struct error *err = place_ppc64le(m, &img);

	assert_non_null(err);
	assert_int_equal(err->kind, ERROR_BAD_FILE);
	if (!strstr(err->text, part))
		fail_msg("\"%s\" is not in: %s", part, err->text);
	error_free(err);
}

/* A branch of 24 bits at @addr. */
static uint64_t leads_to(const struct module_image *img, uint64_t addr)
{
	return addr + ((int32_t)(read_field(img, addr, 4) << 6) >> 6 & ~3);
}

/* Two signed halves. */
static uint64_t halves(uint64_t high, uint64_t low)
{
	return (uint64_t)(int16_t)high * 65536 + (uint64_t)(int16_t)low;
}

static void calls_of_ppc64le_go_through_stubs(void **state)
{
	struct module_image *img;
	uint64_t text, toc, stub;
	struct module m;

	build_ppc64le(&m);
	assert_null(place_ppc64le(&m, &img));
	text = address(img, "f");
	toc = text + halves(read_field(img, text, 2), read_field(img, text + 4, 2));
	assert_int_equal(toc, ((address(img, "counter") - 4) & ~0xffull) + 0x8000);
	assert_int_equal(read_field(img, text, 4) >> 16, 0x3c4c);
	assert_int_equal(read_field(img, text + 4, 4) >> 16, 0x3842);
	/* One stub for both, and r2 restored behind them; none for what the module has. */
	stub = leads_to(img, text + 8);
	assert_int_equal(leads_to(img, text + 24), stub);
	assert_int_equal(read_field(img, text + 12, 4), LD_R2_24_R1);
	assert_int_equal(read_field(img, text + 28, 4), LD_R2_24_R1);
	assert_int_equal(leads_to(img, text + 16), text + 8);
	assert_int_equal(read_field(img, text + 20, 4), NOP);
	assert_int_equal(read_field(img, stub + 32, 8), OUTSIDE);
	assert_int_equal(toc + halves(read_field(img, stub, 2), read_field(img, stub + 4, 2)), stub);
	assert_int_equal(toc + halves(read_field(img, text + 32, 2), read_field(img, text + 36, 2)), address(img, "counter"));
	/* Init code stays there, and is seen. */
	assert_int_equal(read_field(img, address(img, "init_module") - 4, 8), text + 8 - (address(img, "init_module") - 4));
	assert_int_equal(module_image_start(img), 0xc008000000000000ull);
	module_image_close(img);

	m.rela[3] = (Elf64_Rela){ 40, ELF64_R_INFO(Y_ABS, R_PPC64_REL24), 0 };
	m.rela[2] = (Elf64_Rela){ 48, ELF64_R_INFO(Y_OUTSIDE, R_PPC64_REL24), 0 };
	assert_null(place_ppc64le(&m, &img));
	text = address(img, "f");
	assert_int_equal(read_field(img, text + 40, 4), NOP);
	assert_int_equal(read_field(img, text + 44, 4), 0x7c0802a6);
	/* A jump restores nothing. */
	assert_int_equal(leads_to(img, text + 48), leads_to(img, text + 8));
	assert_int_equal(read_field(img, text + 52, 4), 0);
	module_image_close(img);
}

static void refuses_what_the_loader_of_ppc64le_would_refuse(void **state)
{
	struct module m;

	build_ppc64le(&m);
	m.text[15] = 0x7c;
	bad_ppc64le(&m, ".text+0x8: a relocation");
	build_ppc64le(&m);
	m.rela[5].r_addend = 1;
	bad_ppc64le(&m, ".text+0x24: a relocation");
	build_ppc64le(&m);
	m.rela[5] = (Elf64_Rela){ 36, ELF64_R_INFO(Y_COUNTER, R_PPC64_TOC16), 0x10000 };
	bad_ppc64le(&m, ".text+0x24: a relocation");
	build_ppc64le(&m);
	m.rela[2].r_addend = 2;
	bad_ppc64le(&m, ".text+0x10: a relocation");
	build_ppc64le(&m);
	m.rela[5] = (Elf64_Rela){ 36, ELF64_R_INFO(Y_COUNTER, R_PPC64_TOCSAVE), 0 };
	bad_ppc64le(&m, "not known");
	build_ppc64le(&m);
	m.s[S_PERCPU].sh_flags = 0;
	bad_ppc64le(&m, "not as modules have it");
	build_ppc64le(&m);
	m.s[S_PERCPU].sh_size = 1 << 20;
	bad_ppc64le(&m, "not as modules have it");
}

/* Whatever a byte is changed to, and wherever the file ends. */
static void survive_damage(void (*make)(struct module *m))
{
	struct module m, damaged;

	make(&m);
	for (size_t at = 0; at < sizeof(m); at++) {
		static const uint8_t values[] = { 0, 1, 0x7f, 0xff };
		struct module_image *img;

		for (size_t i = 0; i < sizeof(values); i++) {
			damaged = m;
			((uint8_t *)&damaged)[at] = values[i];
			error_free(open_and_place(&damaged, &img));
			module_image_close(img);
		}
		error_free(open_bytes(&m, at, &img));
		module_image_close(img);
	}
}

static void survives_damage(void **state)
{
	survive_damage(build);
	survive_damage(build_ppc64le);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(is_laid_out_and_relocated),
		cmocka_unit_test(tells_what_the_module_says_of_itself),
		cmocka_unit_test(refuses_what_the_loader_would_refuse),
		cmocka_unit_test(refuses_what_is_no_module),
		cmocka_unit_test(calls_of_ppc64le_go_through_stubs),
		cmocka_unit_test(refuses_what_the_loader_of_ppc64le_would_refuse),
		cmocka_unit_test(survives_damage),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
