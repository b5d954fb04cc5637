// SPDX-License-Identifier: GPL-2.0-or-later
/* source-lines.h: lines of functions that lie in sections of their own, as units are compiled. */
#include "cmocka-all.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/file.h"
#include "common/subprocess.h"
#include "ksplice-create/source-lines.h"
#include "ksplice-create/util.h"
#include "objmanip/elf.h"

static char dir[] = "/tmp/test-source-lines-XXXXXX";

static const char text[] = "int shared(int *p);\n"
			   "int first(int *p)\n"
			   "{\n"
			   "	return shared(p) + 1;\n"
			   "}\n"
			   "int second(int *p)\n"
			   "{\n"
			   "	return shared(p) + 2;\n"
			   "}\n";

static struct om_obj *compile(const char *debug, char **object)
{
	_cleanup_free_ char *source = xasprintf("%s/text.c", dir);
	const char *const argv[] = {"gcc", "-O2", "-ffunction-sections", "-fcf-protection=none", debug, "-c", "text.c", NULL};
	const struct subprocess p = {.argv = argv, .dir = dir};
	struct subprocess_result r;
	struct om_obj *obj;

	assert_null(file_replace(source, 0644, text, strlen(text)));
	assert_null(subprocess_run(&p, &r));
	if (r.status)
		fail_msg("%s", r.out);
	subprocess_result_free(&r);
	*object = xasprintf("%s/text.o", dir);
	assert_null(om_obj_open(*object, "text.o", false, NULL, &obj));
	return obj;
}

static bool has_line(struct source_lines *s, struct om_obj *obj, const char *function, int wanted)
{
	const struct om_symbol *sym = om_find_symbol(obj, function);
	const char *file;
	int line;

	for (uint64_t off = 0; off < sym->span->size; off++)
		if (source_lines_find(s, sym->section->index, sym->span->start + off, &file, &line) && line == wanted &&
		    !strcmp(strrchr(file, '/'), "/text.c"))
			return true;
	return false;
}

static void each_function_has_its_lines(void **state)
{
	_cleanup_free_ char *object = NULL;
	struct om_obj *obj = compile("-g1", &object);
	struct source_lines *s = source_lines_open(object);

	assert_non_null(s);
	assert_true(has_line(s, obj, "first", 4));
	assert_false(has_line(s, obj, "first", 8));
	assert_true(has_line(s, obj, "second", 8));
	assert_false(has_line(s, obj, "second", 4));
	source_lines_close(s);
	om_obj_close(obj);
}

static void outside_of_code_there_is_none(void **state)
{
	_cleanup_free_ char *object = NULL;
	struct om_obj *obj = compile("-g1", &object);
	struct source_lines *s = source_lines_open(object);
	const struct om_symbol *sym = om_find_symbol(obj, "first");
	const char *file;
	int line;

	assert_false(source_lines_find(s, sym->section->index, sym->section->size, &file, &line));
	assert_false(source_lines_find(s, sym->section->index, UINT64_MAX, &file, &line));
	assert_false(source_lines_find(s, om_find_section(obj, ".symtab")->index, 0, &file, &line));
	assert_false(source_lines_find(s, 0, 0, &file, &line));
	assert_false(source_lines_find(s, UINT32_MAX, 0, &file, &line));
	source_lines_close(s);
	om_obj_close(obj);
}

static void without_a_table_there_is_none(void **state)
{
	_cleanup_free_ char *object = NULL;
	struct om_obj *obj = compile("-g0", &object);
	const char *file;
	int line;

	assert_null(source_lines_open(object));
	assert_false(source_lines_find(NULL, 1, 0, &file, &line));
	assert_null(source_lines_open("/dev/null"));
	om_obj_close(obj);
}

static int setup(void **state)
{
	return mkdtemp(dir) ? 0 : -1;
}

static int teardown(void **state)
{
	_cleanup_free_ char *source = xasprintf("%s/text.c", dir), *object = xasprintf("%s/text.o", dir);

	unlink(source);
	unlink(object);
	return rmdir(dir);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_function_has_its_lines),
		cmocka_unit_test(outside_of_code_there_is_none),
		cmocka_unit_test(without_a_table_there_is_none),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
