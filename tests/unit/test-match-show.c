// SPDX-License-Identifier: GPL-2.0-or-later
/* The disassembler of match programs: each op in words, as text and as JSON. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
/* cmocka.h needs those before it */
#include <cmocka.h>

#include <elf.h>
#include <jansson.h>

#include "objmanip/match-module.h"
#include "objmanip/match-show.h"
#include "tests/unit/match-builder.h"

static void build(struct mb *b)
{
	u32 f, cold, str, key, pointee;

	mb_init(b);
	f = mb_sym(b, "f", 0);
	cold = mb_sym(b, "f.cold", 0);
	str = mb_sym(b, NULL, 0);
	key = mb_sym(b, "key", 0);
	pointee = mb_pointee(b, key, 8);
	mb_span(b, f, RUNPRE_SPAN_REPLACE | RUNPRE_SPAN_REQUIRED);
	mb_site(b, RUNPRE_SITE_STATIC_CALL, 5, 2);
	mb_form(b);
	MB_LIT(b, 0xe8);
	mb_reloc(b, RUNPRE_REL_PC32, pointee, -4);
	mb_form_end(b);
	mb_form(b);
	mb_pad(b, 5);
	mb_form_end(b);
	mb_pre(b, 5);
	mb_reloc(b, RUNPRE_REL_ABS64, str, 0);
	mb_jump(b, 4, 0);
	mb_label(b, 0);
	mb_nops(b, 15);
	mb_jumpsym(b, RUNPRE_CC_ALWAYS, cold, 2);
	mb_end(b);
	mb_span(b, cold, RUNPRE_SPAN_PART);
	MB_LIT(b, 0x0f, 0x0b);
	mb_end(b);
	mb_span(b, str, RUNPRE_SPAN_DATA);
	MB_LIT(b, 'x', 0);
	mb_end(b);
}

/* What om_match_show() prints, or om_match_json() has; to be freed. */
static char *show(const char *name, bool json)
{
	struct error *err;
	struct mb b;
	size_t size, len;
	void *data;
	char *text;
	FILE *out = open_memstream(&text, &len);
	json_t *array = NULL;

	assert_non_null(out);
	build(&b);
	data = mb_finish(&b, &size);
	if (json) {
		err = om_match_json(data, size, name, &array);
		json_dumpf(array, out, 0);
		json_decref(array);
	} else {
		err = om_match_show(out, data, size, name);
	}
	fclose(out);
	if (err)
		fail_msg("%s", err->text);
	free(data);
	mb_free(&b);
	return text;
}

static void text_has_every_op(void **state)
{
	char *text = show(NULL, false);

	assert_string_equal(text,
			    "a/unit.o: f: 54 pre bytes, 54 run bytes at most, 1 labels, required, replace: hook +0, 5 bytes\n"
			    "     0  site     static_call 5\n"
			    "        | lit e8; reloc pc32 *(key+8)-4\n"
			    "        | pad 5\n"
			    "     f  pre      +0x5\n"
			    "    11  reloc    abs64 sym#2+0\n"
			    "    15  jump     je L0\n"
			    "    18  label    L0\n"
			    "    1a  nops     15\n"
			    "    1c  jumpsym  jmp f.cold+2\n"
			    "    20  end\n"
			    "a/unit.o: f.cold: 2 pre bytes, 2 run bytes at most, 0 labels, part of f\n"
			    "     0  lit      0f 0b\n"
			    "     4  end\n"
			    "a/unit.o: sym#2: 2 pre bytes, 2 run bytes at most, 0 labels, data\n"
			    "     0  lit      78 00\n"
			    "     4  end\n");
	free(text);
}

static void one_span_by_name(void **state)
{
	char *text = show("f.cold", false);

	assert_string_equal(text, "a/unit.o: f.cold: 2 pre bytes, 2 run bytes at most, 0 labels, part of f\n"
				  "     0  lit      0f 0b\n"
				  "     4  end\n");
	free(text);
}

static const char *member(json_t *array, size_t i, const char *key)
{
	return json_string_value(json_object_get(json_array_get(array, i), key));
}

static void json_has_every_op(void **state)
{
	char *text = show(NULL, true);
	json_t *all = json_loads(text, 0, NULL), *f, *prog, *forms;

	assert_int_equal(json_array_size(all), 3);
	f = json_array_get(all, 0);
	assert_string_equal(json_string_value(json_object_get(f, "span")), "f");
	assert_true(json_is_true(json_object_get(f, "replace")));
	assert_int_equal(json_integer_value(json_object_get(f, "hook_size")), 5);
	assert_string_equal(member(all, 1, "part_of"), "f");
	prog = json_object_get(f, "program");
	assert_int_equal(json_array_size(prog), 8);
	assert_string_equal(member(prog, 0, "site"), "static_call");
	forms = json_object_get(json_array_get(prog, 0), "forms");
	assert_int_equal(json_array_size(forms), 2);
	assert_string_equal(member(json_array_get(forms, 0), 0, "bytes"), "e8");
	assert_string_equal(member(json_array_get(forms, 0), 1, "symbol"), "*(key+8)");
	assert_string_equal(member(prog, 2, "type"), "abs64");
	assert_string_equal(member(prog, 3, "jump"), "je");
	assert_string_equal(member(prog, 6, "symbol"), "f.cold");
	assert_string_equal(member(prog, 7, "op"), "end");
	json_decref(all);
	free(text);
}

static void errors_name_the_trouble(void **state)
{
	static const u64 junk[32];
	json_t *array = NULL;
	struct error *err;
	struct mb b;
	size_t size;
	void *data;

	err = om_match_show(stdout, junk, sizeof(junk), NULL);
	assert_non_null(err);
	assert_int_equal(err->kind, ERROR_BAD_FILE);
	error_free(err);

	build(&b);
	data = mb_finish(&b, &size);
	err = om_match_json(data, size, "absent", &array);
	assert_non_null(err);
	assert_int_equal(err->kind, ERROR_USAGE);
	assert_non_null(strstr(err->text, "absent"));
	error_free(err);
	free(data);
	mb_free(&b);
}

/* libelf would hand out pointers to it as it is. */
static void a_match_module_has_its_section_headers_aligned(void **state)
{
	uint64_t image[32] = { 0 };
	Elf64_Ehdr *e = (Elf64_Ehdr *)image;
	struct error *err;
	void *data;
	size_t size;

	*e = (Elf64_Ehdr){ .e_type = ET_REL, .e_machine = EM_X86_64, .e_version = EV_CURRENT, .e_ehsize = sizeof(*e),
			   .e_shoff = sizeof(*e) + 1, .e_shentsize = sizeof(Elf64_Shdr), .e_shnum = 2 };
	memcpy(e->e_ident, ELFMAG "\2\1\1", 7);
	err = om_match_of_module("m.ko", image, sizeof(image), &data, &size);
	assert_non_null(err);
	assert_int_equal(err->kind, ERROR_BAD_FILE);
	assert_string_equal(err->text, "m.ko: the section header table is not aligned");
	error_free(err);
}

static void jumps_have_names(void **state)
{
	assert_string_equal(om_match_cc_name(0), "jo");
	assert_string_equal(om_match_cc_name(15), "jg");
	assert_string_equal(om_match_cc_name(RUNPRE_CC_SHORT_E0 + 2), "loop");
	assert_string_equal(om_match_cc_name(RUNPRE_CC_MAX), "unknown");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(text_has_every_op),
		cmocka_unit_test(one_span_by_name),
		cmocka_unit_test(json_has_every_op),
		cmocka_unit_test(errors_name_the_trouble),
		cmocka_unit_test(a_match_module_has_its_section_headers_aligned),
		cmocka_unit_test(jumps_have_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
