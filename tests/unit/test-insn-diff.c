// SPDX-License-Identifier: GPL-2.0-or-later
/* insn-diff.h: which instructions of a compiled function are others after a change of its source. */
#include "cmocka-all.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/file.h"
#include "common/subprocess.h"
#include "ksplice-create/insn-diff.h"
#include "ksplice-create/util.h"

static char dir[] = "/tmp/test-insn-diff-XXXXXX";

static const char *const x86_64[] = {"gcc", "-O2", "-ffunction-sections", "-fcf-protection=none", "-fno-pic", "-mcmodel=kernel", NULL};
static const char *const ppc64le[] = {"powerpc64le-linux-gnu-gcc-12", "-O2", "-ffunction-sections", "-fno-pic", NULL};
static const char *const *compiler = x86_64;

/* Owned by the caller. */
static char *compile(const char *name, const char *text)
{
	_cleanup_free_ char *source = xasprintf("%s/%s.c", dir, name);
	char *object = xasprintf("%s/%s.o", dir, name);
	const char *argv[16] = {};
	const struct subprocess p = {.argv = argv};
	struct subprocess_result r;
	size_t n = 0;

	for (; compiler[n]; n++)
		argv[n] = compiler[n];
	argv[n++] = "-c";
	argv[n++] = source;
	argv[n++] = "-o";
	argv[n] = object;

	assert_null(file_replace(source, 0644, text, strlen(text)));
	assert_null(subprocess_run(&p, &r));
	if (r.status)
		fail_msg("%s", r.out);
	subprocess_result_free(&r);
	return object;
}

/* @renumbered may be NULL. */
static struct om_target *target(const char *pre, const char *post, const char *renumbered)
{
	_cleanup_free_ char *a = compile("pre", pre), *b = compile("post", post), *c = NULL;
	struct om_target *t;
	bool usable;

	assert_null(om_target_create("vmlinux", "test", NULL, &t));
	assert_null(om_target_add(t, "test.o", a, b));
	if (renumbered) {
		c = compile("renumbered", renumbered);
		assert_null(om_target_renumbered(t, c, &usable));
		assert_true(usable);
	}
	assert_null(om_target_diff(t));
	return t;
}

static struct insn_diff diff_of(const struct om_target *t, const char *function)
{
	const struct om_symbol *sym = om_find_symbol(t->units[0].post, function);
	struct insn_diff d = {};
	size_t pre = 0, post = 0;

	assert_int_equal(sym->span->verdict, OM_CHANGED);
	insn_diff_make(sym->span, &d);
	/* Each instruction once, in order. */
	for (size_t i = 0; i < d.n; i++) {
		if (d.v[i].pre != INSN_NONE)
			assert_int_equal(d.v[i].pre, pre++);
		if (d.v[i].post != INSN_NONE)
			assert_int_equal(d.v[i].post, post++);
	}
	assert_int_equal(pre, sym->span->twin->nr_insns);
	assert_int_equal(post, sym->span->nr_insns);
	return d;
}

static size_t count(const struct insn_diff *d, enum insn_mark mark)
{
	size_t n = 0;

	for (size_t i = 0; i < d->n; i++)
		n += d->v[i].mark == mark;
	return n;
}

/* In assembler, so that the compiler does not lay it out in another way; @more is jumped over from both sides. */
#define CODE(value, more, to)                                                                                                    \
	"asm(\".section .text.f,\\\"ax\\\"; .globl f; .type f,@function\\n\"\n"                                              \
	"\"f: call get; cmp $" value ",%eax; je 1f\\n\"\n"                                                                   \
	"\"2: call put; " more "\\n\"\n"                                                                                     \
	"\"1: test %eax,%eax; jne " to "; ret; .size f,.-f\");\n"                                                                \
	"int keeps_gcc_from_saying_nothing;\n"

static void one_constant(void **state)
{
	struct om_target *t = target(CODE("20", "", "2b"), CODE("30", "", "2b"), NULL);
	struct insn_diff d = diff_of(t, "f");

	assert_int_equal(count(&d, INSN_CHANGED), 1);
	assert_int_equal(count(&d, INSN_SAME), d.n - 1);
	insn_diff_free(&d);
	om_target_destroy(t);
}

/* Both jumps over what is new are other bytes, and the same. */
static void jumps_go_to_the_same_instructions(void **state)
{
	struct om_target *t = target(CODE("20", "", "2b"), CODE("20", "call more; nop", "2b"), NULL);
	struct insn_diff d = diff_of(t, "f");

	assert_int_equal(count(&d, INSN_CHANGED), 2);
	for (size_t i = 0; i < d.n; i++)
		if (d.v[i].mark == INSN_CHANGED)
			assert_int_equal(d.v[i].pre, INSN_NONE);
	insn_diff_free(&d);
	om_target_destroy(t);
}

/* To skip what was called is a change, though the jump is there before and after. */
static void a_jump_to_another_instruction_is_a_change(void **state)
{
	struct om_target *t = target(CODE("20", "3: call more; 4: nop", "3b"), CODE("20", "3: call more; 4: nop", "4b"), NULL);
	struct insn_diff d = diff_of(t, "f");

	assert_int_equal(count(&d, INSN_CHANGED), 1);
	insn_diff_free(&d);
	om_target_destroy(t);
}

/* The same bytes, but for what a relocation fills in. */
static void another_callee_is_a_change(void **state)
{
	static const char pre[] = "int get(int), put(int);\nint f(int n) { return get(n) + 1; }\n";
	static const char post[] = "int get(int), put(int);\nint f(int n) { return put(n) + 1; }\n";
	struct om_target *t = target(pre, post, NULL);
	struct insn_diff d = diff_of(t, "f");

	assert_int_equal(count(&d, INSN_CHANGED), 1);
	insn_diff_free(&d);
	om_target_destroy(t);
}

#define PPC_CODE(more, to)                                                                                                       \
	"asm(\".section .text.f,\\\"ax\\\"; .globl f; .type f,@function\\n\"\n"                                              \
	"\"f: cmpwi 3,20; beq 1f; b 1f\\n\"\n"                                                                                  \
	"\"2: li 4,5; " more "\\n\"\n"                                                                                           \
	"\"1: cmpwi 4,0; bne " to "; blr; .size f,.-f\");\n"                                                                      \
	"int keeps_gcc_from_saying_nothing;\n"

/* There, where a branch goes has some of its bits, not bytes of its own. */
static void branches_of_ppc64le_are_paired_likewise(void **state)
{
	struct insn_diff d;
	struct om_target *t;

	compiler = ppc64le;
	t = target(PPC_CODE("", "2b"), PPC_CODE("li 5,6; li 6,7", "2b"), NULL);
	d = diff_of(t, "f");
	assert_int_equal(count(&d, INSN_CHANGED), 2);
	for (size_t i = 0; i < d.n; i++)
		if (d.v[i].mark == INSN_CHANGED)
			assert_int_equal(d.v[i].pre, INSN_NONE);
	insn_diff_free(&d);
	om_target_destroy(t);
	t = target(PPC_CODE("3: li 5,6; 4: nop", "3b"), PPC_CODE("3: li 5,6; 4: nop", "4b"), NULL);
	d = diff_of(t, "f");
	assert_int_equal(count(&d, INSN_CHANGED), 1);
	insn_diff_free(&d);
	om_target_destroy(t);
	compiler = x86_64;
}

#define LINES(first, value) first "int get(int, int);\nint f(int n)\n{\n	return get(n, __LINE__) + get(" value ", __LINE__);\n}\n"

static void a_line_number_that_moved_is_no_change(void **state)
{
	struct om_target *t = target(LINES("", "5"), LINES("\n\n", "6"), LINES("#line 3\n", "5"));
	struct insn_diff d = diff_of(t, "f");

	assert_int_equal(count(&d, INSN_CHANGED), 1);
	assert_int_equal(count(&d, INSN_LINE_NUMBER), 2);
	insn_diff_free(&d);
	om_target_destroy(t);
}

static int setup(void **state)
{
	return mkdtemp(dir) ? 0 : -1;
}

static int teardown(void **state)
{
	static const char *const names[] = {"pre.c", "pre.o", "post.c", "post.o", "renumbered.c", "renumbered.o"};

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		_cleanup_free_ char *path = xasprintf("%s/%s", dir, names[i]);

		unlink(path);
	}
	return rmdir(dir);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_constant),
		cmocka_unit_test(jumps_go_to_the_same_instructions),
		cmocka_unit_test(a_jump_to_another_instruction_is_a_change),
		cmocka_unit_test(another_callee_is_a_change),
		cmocka_unit_test(branches_of_ppc64le_are_paired_likewise),
		cmocka_unit_test(a_line_number_that_moved_is_no_change),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
