// SPDX-License-Identifier: GPL-2.0-or-later
/* The reader of object files: what it sees in sample.c, and that no damaged object does more than fail. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <elf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "kmodsrc/runpre/runpre.h"
#include "objmanip/arch.h"
#include "objmanip/objmanip.h"

static uint8_t *image;
static size_t image_size;

static int read_sample(void **state)
{
	FILE *f = fopen(SAMPLE_OBJECT, "re");

	if (!f)
		return -1;
	fseek(f, 0, SEEK_END);
	image_size = ftell(f);
	rewind(f);
	image = malloc(image_size);
	if (!image || fread(image, 1, image_size, f) != image_size)
		return -1;
	return fclose(f);
}

static int free_sample(void **state)
{
	free(image);
	return 0;
}

static struct om_obj *open_sample(void)
{
	struct om_obj *obj = NULL;
	struct error *err = om_obj_open(SAMPLE_OBJECT, "sample.o", false, NULL, &obj);

	if (err)
		fail_msg("%s", err->text);
	return obj;
}

/* Opens @size bytes as an object, through a file that has no name. */
static struct error *open_bytes_as(const char *unit, const uint8_t *bytes, size_t size, struct om_obj **ret)
{
	struct error *err;
	char path[64];
	int fd = memfd_create("object", MFD_CLOEXEC);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, bytes, size), size);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	err = om_obj_open(path, unit, false, NULL, ret);
	close(fd);
	return err;
}

static struct error *open_bytes(const uint8_t *bytes, size_t size, struct om_obj **ret)
{
	return open_bytes_as("bytes.o", bytes, size, ret);
}

static struct om_span *find(struct om_obj *obj, const char *name)
{
	struct om_symbol *sym = om_find_symbol(obj, name);

	assert_non_null(sym);
	assert_non_null(sym->span);
	return sym->span;
}

static void functions_and_objects_are_spans(void **state)
{
	struct om_obj *obj = open_sample();

	assert_string_equal(find(obj, "entry")->name, "entry");
	assert_int_equal(find(obj, "entry")->section->class, OM_CLASS_TEXT);
	assert_int_equal(find(obj, "counter")->section->class, OM_CLASS_DATA);
	assert_int_equal(find(obj, "counter")->size, 4);
	assert_int_equal(*(const int *)om_bytes(find(obj, "counter")), 7);
	assert_null(om_bytes(find(obj, "hidden")));
	assert_int_equal(find(obj, "names")->nr_relocs, 2);
	om_obj_close(obj);
}

static void instructions_cover_code_without_a_gap(void **state)
{
	struct om_obj *obj = open_sample();

	om_for_each_span(span, obj) {
		uint64_t pos = 0;

		if (!om_is_code(span))
			continue;
		for (size_t i = 0; i < span->nr_insns; i++) {
			assert_int_equal(span->insns[i].off, pos);
			pos += span->insns[i].len;
		}
		assert_int_equal(pos, span->size);
	}
	om_obj_close(obj);
}

static struct om_reloc *only_ref_to(struct om_span *from, struct om_span *to)
{
	struct om_reloc *found = NULL;

	om_for_each_reloc(rel, from) {
		if (rel->target != to)
			continue;
		assert_null(found);
		found = rel;
	}
	assert_non_null(found);
	return found;
}

static void pc_relative_references_point_to_what_is_meant(void **state)
{
	struct om_obj *obj = open_sample();

	assert_int_equal(only_ref_to(find(obj, "entry"), find(obj, "helper"))->target_off, 0);
	assert_int_equal(only_ref_to(find(obj, "entry"), find(obj, "counter"))->target_off, 0);
	om_obj_close(obj);
}

static void strings_are_found_by_content(void **state)
{
	struct om_obj *obj = open_sample();
	bool seen = false;

	om_for_each_reloc(rel, find(obj, "helper"))
		if (rel->target && rel->target->section->class == OM_CLASS_STRINGS)
			seen |= !strcmp(om_string(rel->target) + rel->target_off, "helper text");
	assert_true(seen);
	om_obj_close(obj);
}

static void calls_inside_a_shared_section_are_seen(void **state)
{
	struct om_obj *obj = open_sample();
	struct om_span *first = find(obj, "first"), *second = find(obj, "second");
	int calls = 0;

	assert_ptr_equal(first->section, second->section);
	om_for_each_reloc(rel, second) {
		if (rel->target != first)
			continue;
		assert_int_equal(rel->target_off, 0);
		assert_true(obj->arch->reloc_branch(second, rel));
		calls++;
	}
	assert_int_equal(calls, 2);
	om_obj_close(obj);
}

static void every_truncation_is_refused(void **state)
{
	for (size_t size = 0; size < image_size; size++) {
		struct om_obj *obj = NULL;
		struct error *err = open_bytes(image, size, &obj);

		assert_non_null(err);
		assert_non_null(strstr(err->text, "/proc/self/fd/"));
		error_free(err);
	}
}

/* Any byte may have any of a few values: the reader says no, or yes, but does nothing else (sanitizers watch). */
static void no_damaged_byte_crashes_the_reader(void **state)
{
	static const uint8_t values[] = { 0x00, 0x01, 0x7f, 0x80, 0xff };
	uint8_t *copy = malloc(image_size);
	size_t refused = 0;

	assert_non_null(copy);
	for (size_t i = 0; i < image_size; i++) {
		for (size_t v = 0; v < sizeof(values); v++) {
			struct om_obj *obj = NULL;
			struct error *err;

			memcpy(copy, image, image_size);
			copy[i] = values[v];
			err = open_bytes(copy, image_size, &obj);
			refused += err != NULL;
			error_free(err);
			if (!err)
				om_obj_close(obj);
		}
	}
	free(copy);
	assert_true(refused > 0);
}

static const Elf64_Shdr *section(const uint8_t *bytes, const char *name)
{
	const Elf64_Ehdr *e = (const Elf64_Ehdr *)bytes;
	const Elf64_Shdr *s = (const Elf64_Shdr *)(bytes + e->e_shoff);

	for (unsigned i = 0; i < e->e_shnum; i++)
		if (!strcmp((const char *)bytes + s[e->e_shstrndx].sh_offset + s[i].sh_name, name))
			return &s[i];
	fail_msg("no section %s", name);
	return NULL;
}

static Elf64_Rela *relocs(uint8_t *bytes, const char *name, size_t *nr)
{
	const Elf64_Shdr *s = section(bytes, name);

	*nr = s->sh_size / sizeof(Elf64_Rela);
	return (Elf64_Rela *)(bytes + s->sh_offset);
}

static uint8_t *copy_of_sample(void)
{
	uint8_t *copy = malloc(image_size);

	assert_non_null(copy);
	return memcpy(copy, image, image_size);
}

static void assert_bad(uint8_t *bytes, const char *why)
{
	struct om_obj *obj = NULL;
	struct error *err = open_bytes(bytes, image_size, &obj);

	assert_non_null(err);
	assert_int_equal(err->kind, ERROR_BAD_FILE);
	assert_non_null(strstr(err->text, why));
	error_free(err);
	free(bytes);
}

static void relocations_of_the_same_bytes_are_refused(void **state)
{
	uint8_t *copy = copy_of_sample();
	size_t nr;
	Elf64_Rela *rela = relocs(copy, ".rela.text.entry", &nr);

	assert_true(nr >= 2);
	rela[1].r_offset = rela[0].r_offset + 1;
	assert_bad(copy, "two relocations of the same bytes");
}

/* Else the bytes behind the last one of an instruction would be negative in number, and the match program all of memory. */
static void a_relocation_ends_in_its_instruction(void **state)
{
	uint8_t *copy = copy_of_sample();
	size_t nr;
	Elf64_Rela *rela = relocs(copy, ".rela.text.entry", &nr);

	/* That of a call, or of an operand without an immediate behind it. */
	assert_true(nr);
	rela[nr - 1].r_offset++;
	assert_bad(copy, "reaches beyond the instruction that it begins in");
}

static void a_relocation_ends_in_its_object(void **state)
{
	uint8_t *copy = copy_of_sample();
	const Elf64_Shdr *names = section(copy, ".rodata.names"), *symtab = section(copy, ".symtab");
	Elf64_Sym *syms = (Elf64_Sym *)(copy + symtab->sh_offset);

	/* names[] has two pointers; what is left of the second belongs to nobody. */
	for (size_t i = 1; i < symtab->sh_size / sizeof(*syms); i++)
		if (syms[i].st_size == names->sh_size && ELF64_ST_BIND(syms[i].st_info) == STB_GLOBAL)
			syms[i].st_size = 12;
	assert_bad(copy, "reaches beyond the object that it begins in");
}

/* Match data that had it would be refused by the kernel, without a word about the object. */
static void a_name_has_no_blank(void **state)
{
	uint8_t *copy = copy_of_sample(), *name;
	const Elf64_Shdr *strings = section(copy, ".strtab");

	name = memmem(copy + strings->sh_offset, strings->sh_size, "replaceable", 12);
	assert_non_null(name);
	name[3] = ' ';
	assert_bad(copy, "its name has a blank");
	copy = copy_of_sample();
	strings = section(copy, ".shstrtab");
	name = memmem(copy + strings->sh_offset, strings->sh_size, ".rodata.names", 14);
	assert_non_null(name);
	name[8] = 0xe4;
	assert_bad(copy, "its name has a blank");
}

/* Match data as it goes to the kernel passes the kernel's own check. */
static void match_data_of_the_sample_is_well_formed(void **state)
{
	struct om_unit unit = { .pre = open_sample() };
	struct om_target t = { .name = (char *)"vmlinux", .id = (char *)"unit", .units = &unit, .nr_units = 1 };
	struct runpre_fault fault;
	char path[] = "/tmp/ksplice-unit-XXXXXX";
	uint64_t data[4096];
	struct error *err;
	ssize_t size;
	int fd = mkstemp(path);

	assert_true(fd >= 0);
	err = om_target_emit_match(&t, path);
	if (err)
		fail_msg("%s", err->text);
	size = read(fd, data, sizeof(data));
	assert_true(size > 0);
	assert_int_equal(runpre_check(data, size, &fault), RUNPRE_OK);
	assert_int_equal(runpre_spans((void *)data)->flags & RUNPRE_SPAN_REPLACE, 0);
	close(fd);
	unlink(path);
	om_obj_close(unit.pre);
}

static void assert_no_match_data(struct om_obj *obj, const char *why)
{
	struct om_unit unit = { .pre = obj };
	struct om_target t = { .name = (char *)"vmlinux", .id = (char *)"unit", .units = &unit, .nr_units = 1 };
	struct error *err = om_target_emit_match(&t, "/dev/null");

	assert_non_null(err);
	assert_int_equal(err->kind, ERROR_BAD_FILE);
	assert_non_null(strstr(err->text, why));
	error_free(err);
	om_obj_close(obj);
}

/* It stands for a short jump that the assembler resolved: of data, the emitter of code made a jump beside it, beyond its section. */
static void a_relocation_of_a_byte_is_not_known(void **state)
{
	uint8_t *copy = copy_of_sample();
	struct om_obj *obj = NULL;
	struct error *err;
	size_t nr;
	Elf64_Rela *rela = relocs(copy, ".rela.rodata.names", &nr);

	assert_true(nr);
	rela[0].r_info = ELF64_R_INFO(ELF64_R_SYM(rela[0].r_info), R_X86_64_PC8);
	err = open_bytes(copy, image_size, &obj);
	assert_non_null(err);
	assert_int_equal(err->kind, ERROR_REFUSED);
	assert_non_null(strstr(err->text, ".rodata.names+0x0: relocation type 15 is not known"));
	error_free(err);
	free(copy);
}

/* Whatever it is that the kernel would refuse. */
static void malformed_match_data_is_not_written(void **state)
{
	struct om_obj *obj = NULL;

	assert_null(open_bytes_as("a unit.o", image, image_size, &obj));
	assert_no_match_data(obj, "the match data would be malformed");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(functions_and_objects_are_spans),
		cmocka_unit_test(instructions_cover_code_without_a_gap),
		cmocka_unit_test(pc_relative_references_point_to_what_is_meant),
		cmocka_unit_test(strings_are_found_by_content),
		cmocka_unit_test(calls_inside_a_shared_section_are_seen),
		cmocka_unit_test(every_truncation_is_refused),
		cmocka_unit_test(no_damaged_byte_crashes_the_reader),
		cmocka_unit_test(relocations_of_the_same_bytes_are_refused),
		cmocka_unit_test(a_relocation_ends_in_its_instruction),
		cmocka_unit_test(a_relocation_ends_in_its_object),
		cmocka_unit_test(a_name_has_no_blank),
		cmocka_unit_test(match_data_of_the_sample_is_well_formed),
		cmocka_unit_test(a_relocation_of_a_byte_is_not_known),
		cmocka_unit_test(malformed_match_data_is_not_written),
	};

	return cmocka_run_group_tests(tests, read_sample, free_sample);
}
