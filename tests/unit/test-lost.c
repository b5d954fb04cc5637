// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What one target loses and another gains, and what other files define by the same names: what tests/diff cannot ask, as
 * it has one target, and no kernel.
 */
#include "cmocka-all.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/file.h"
#include "common/subprocess.h"
#include "objmanip/lost.h"
#include "objmanip/objmanip.h"
#include "objmanip/symbols.h"

static char dir[] = "/tmp/test-lost-XXXXXX";
static const char prelude[] =
	"extern void use(void *), consume(int);\n"
	"#define EXPORT(sym) asm(\".pushsection \\\"___ksymtab+\" #sym \"\\\", \\\"a\\\"; .long \" #sym \" - .; .popsection\")\n";

/* A path below the directory of the test; the caller's. */
static char *path_of(const char *name, const char *end)
{
	char *s;

	if (asprintf(&s, "%s/%s%s", dir, name, end) < 0)
		fail();
	return s;
}

static void compile(const char *source, const char *object, const char *text)
{
	const char *const argv[] = {"gcc", "-O2", "-ffreestanding", "-ffunction-sections", "-fdata-sections", "-fno-pic", "-mcmodel=kernel",
				    "-fcf-protection=none", "-fno-asynchronous-unwind-tables", "-fno-stack-protector", "-pg", "-mfentry",
				    "-c", "-o", object, source, NULL};
	const struct subprocess p = {.argv = argv};
	struct subprocess_result r;
	char *all;

	assert_true(asprintf(&all, "%s%s", prelude, text) > 0);
	assert_null(file_replace(source, 0644, all, strlen(all)));
	assert_null(subprocess_run(&p, &r));
	if (r.status)
		fail_msg("%s", r.out);
	free(r.out);
	free(all);
}

static void add_unit(struct om_target *t, const char *name, const char *pre, const char *post)
{
	char *source = path_of(name, ".c"), *a = path_of(name, ".pre.o"), *b = path_of(name, ".post.o");

	compile(source, a, pre);
	compile(source, b, post);
	assert_null(om_target_add(t, name, a, b));
	free(source);
	free(a);
	free(b);
}

static struct om_target *make_target(const char *name)
{
	struct om_target *t;

	assert_null(om_target_create(name, "test", NULL, &t));
	return t;
}

static void diff(struct om_target *t)
{
	struct error *err = om_target_diff(t);

	if (err)
		fail_msg("%s", err->text);
}

/* What is refused must be @where alone, and the reason have @why in it. */
static void expect_refused(const struct om_target *t, const char *where, const char *why)
{
	for (size_t i = 0; i < t->nr_refusals; i++)
		if (t->nr_refusals > 1 || strcmp(t->refusals[i].where, where) || !strstr(t->refusals[i].reason, why))
			fail_msg("%s: %s", t->refusals[i].where, t->refusals[i].reason);
	assert_int_equal(t->nr_refusals, 1);
}

static void expect_fine(const struct om_target *t)
{
	if (t->nr_refusals)
		fail_msg("%s: %s", t->refusals[0].where, t->refusals[0].reason);
}

/* The pieces go from one target to another: a module in @from, vmlinux in @to, or the other way round. */
struct pieces {
	const char *lost, *gained;	/* what the unit of each has before and after */
	const char *kept, *there;	/* what they have in both cases */
};

static void move(const struct pieces *p, bool to_module, struct om_target *targets[2])
{
	char *pre, *post;

	targets[0] = make_target(to_module ? "vmlinux" : "mod");
	targets[1] = make_target(to_module ? "mod" : "vmlinux");
	assert_true(asprintf(&pre, "%s %s", p->lost, p->kept) > 0 && asprintf(&post, "%s %s", p->gained, p->there) > 0);
	add_unit(targets[0], "a.o", pre, p->kept);
	add_unit(targets[1], "b.o", p->there, post);
	free(pre);
	free(post);
	diff(targets[0]);
	diff(targets[1]);
	assert_null(om_lost_between(targets, 2));
}

static void destroy(struct om_target *targets[2])
{
	om_target_destroy(targets[0]);
	om_target_destroy(targets[1]);
}

static void test_variable_between_targets(void **state)
{
	static const char lost[] = "static int count; int tally(int i) { return count += i; }", f[] = "int f(int i) { return i; }";
	static const char g[] = "int g(int i) { return i; }";
	static const char gained[] = "static int count; int tally(int i) { consume(i); return count += i; }"
				     "int g(int i) { consume(1); return tally(i); }";

	for (int to_module = 0; to_module < 2; to_module++) {
		struct om_target *targets[2] = { make_target(to_module ? "vmlinux" : "mod"), make_target(to_module ? "mod" : "vmlinux") };

		add_unit(targets[0], "a.o", lost, f);
		add_unit(targets[1], "b.o", g, gained);
		diff(targets[0]);
		diff(targets[1]);
		expect_fine(targets[1]);
		assert_null(om_lost_between(targets, 2));
		expect_fine(targets[0]);
		expect_refused(targets[1], "b.o: count", "if it moved, its value would be lost");
		destroy(targets);
	}
}

static void test_other_variables_between_targets(void **state)
{
	/* Of another size; in another kind of memory. */
	static const char *const gained[] = { "static long count[2]; int g(int i) { return count[i]++; }",
					      "static __attribute__((section(\".data..percpu\"))) int count; int g(int i) { return count += i; }" };

	for (size_t i = 0; i < sizeof(gained) / sizeof(gained[0]); i++) {
		struct om_target *targets[2] = { make_target("vmlinux"), make_target("mod") };

		add_unit(targets[0], "a.o", "static int count; int tally(int i) { return count += i; }", "int tally(int i) { return i; }");
		add_unit(targets[1], "b.o", "int g(int i) { return i; }", gained[i]);
		diff(targets[0]);
		diff(targets[1]);
		assert_null(om_lost_between(targets, 2));
		expect_fine(targets[0]);
		expect_fine(targets[1]);
		destroy(targets);
	}
}

static void test_function_with_a_pointer_between_targets(void **state)
{
	static const struct pieces pieces = {
		.lost = "static int work(int i) { return i * 3; } void start(void) { use(work); }",
		.gained = "static int work(int i) { return i * 5; } void start_it(void) { use(work); }",
		.kept = "int f(int i) { return i; }",
		.there = "int g(int i) { return i; }",
	};

	for (int to_module = 0; to_module < 2; to_module++) {
		struct om_target *targets[2];

		move(&pieces, to_module, targets);
		expect_refused(targets[1], "b.o: work", "to which there are pointers");
		destroy(targets);
	}
}

static void test_function_that_is_only_called_between_targets(void **state)
{
	static const struct pieces pieces = {
		.lost = "static __attribute__((noinline)) int work(int i) { return i * 3; } int start(int i) { return work(i); }",
		.gained = "int work(int i) { return i * 5; }",
		.kept = "int f(int i) { return i; }",
		.there = "int g(int i) { return i; }",
	};

	for (int to_module = 0; to_module < 2; to_module++) {
		struct om_target *targets[2];

		move(&pieces, to_module, targets);
		expect_fine(targets[0]);
		expect_fine(targets[1]);
		destroy(targets);
	}
}

/* Modules that are loaded already have been linked to the old one. */
static void test_exported_function_between_targets(void **state)
{
	static const struct pieces pieces = {
		.lost = "int work(int i) { return i * 3; } EXPORT(work);",
		.gained = "int work(int i) { return i * 5; } EXPORT(work);",
		.kept = "int f(int i) { return i; }",
		.there = "int g(int i) { return i; }",
	}, same = {
		.lost = "int work(int i) { return i * 3; } EXPORT(work);",
		.gained = "int work(int i) { return i * 3; } EXPORT(work);",
		.kept = "int f(int i) { return i; }",
		.there = "int g(int i) { return i; }",
	};
	struct om_target *targets[2];

	move(&pieces, true, targets);
	expect_refused(targets[1], "b.o: work", "they would go on with the old one");
	destroy(targets);
	move(&same, true, targets);
	expect_fine(targets[1]);
	destroy(targets);
}

/* Other files of the module may call it, and are linked to vmlinux now. */
static void test_global_function_of_a_module_exported_by_vmlinux(void **state)
{
	static const struct pieces pieces = {
		.lost = "int work(int i) { return i * 3; }",
		.gained = "int work(int i) { return i * 5; } EXPORT(work);",
		.kept = "int f(int i) { return i; }",
		.there = "int g(int i) { return i; }",
	};
	struct om_target *targets[2];

	move(&pieces, false, targets);
	expect_refused(targets[1], "b.o: work", "they would go on with the old one");
	destroy(targets);
}

/* Symbol tables. */

static enum om_bound tell(void *ctx, const char *target, const char *name)
{
	assert_string_equal(target, "vmlinux");
	return strcmp(name, "setup") ? OM_BOUND_NONE : *(const enum om_bound *)ctx;
}

static struct om_target *with_kernel(const enum om_bound *bound, const char *pre, const char *post)
{
	struct om_target *t = make_target("vmlinux");

	t->bound = tell;
	t->bound_ctx = (void *)bound;
	add_unit(t, "a.o", pre, post);
	diff(t);
	return t;
}

#define WEAK "__attribute__((weak, noinline)) "

static void test_weak_function_overridden_elsewhere(void **state)
{
	static const char pre[] = WEAK "int setup(int i) { return i; } int f(int i) { return setup(i); }";
	static const char post[] = WEAK "int setup(int i) { consume(i); return i; } int f(int i) { consume(1); return setup(i); }";
	enum om_bound bound = OM_BOUND_STRONG;
	struct om_target *t = with_kernel(&bound, pre, post);

	expect_fine(t);
	assert_int_equal(t->nr_changed, 1);
	assert_int_equal(t->nr_notes, 1);
	assert_non_null(strstr(t->notes[0], "setup changed, but is weak"));
	assert_int_equal(t->nr_doubts, 0);
	om_target_destroy(t);

	bound = OM_BOUND_WEAK;
	t = with_kernel(&bound, pre, post);
	expect_fine(t);
	assert_int_equal(t->nr_changed, 2);
	assert_int_equal(t->nr_doubts, 0);
	om_target_destroy(t);
}

static void test_new_weak_function_that_is_there(void **state)
{
	static const char pre[] = "int f(int i) { return i; }";
	static const char post[] = WEAK "int setup(int i) { return i * 3; } int f(int i) { return setup(i); }";
	enum om_bound bound = OM_BOUND_STRONG;
	struct om_target *t = with_kernel(&bound, pre, post);
	bool imported = false;

	expect_fine(t);
	assert_int_equal(t->nr_changed, 1);
	assert_int_equal(t->nr_new, 0);
	for (size_t i = 0; i < t->nr_imports; i++)
		imported |= !strcmp(t->imports[i].name, "setup");
	assert_true(imported);
	om_target_destroy(t);

	bound = OM_BOUND_NONE;
	t = with_kernel(&bound, pre, post);
	expect_fine(t);
	assert_int_equal(t->nr_new, 1);
	om_target_destroy(t);
}

static void test_new_function_that_is_there(void **state)
{
	static const char pre[] = "int f(int i) { return i; }", post[] = "int f(int i) { return i; } int setup(int i) { return i * 3; }";
	enum om_bound bound = OM_BOUND_WEAK;
	struct om_target *t = with_kernel(&bound, pre, post);

	expect_refused(t, "a.o: setup", "another file of the kernel has a weak one of this name already");
	om_target_destroy(t);
	bound = OM_BOUND_NONE;
	t = with_kernel(&bound, pre, post);
	expect_fine(t);
	assert_int_equal(t->nr_doubts, 0);
	om_target_destroy(t);
}

static void expect_doubt(const struct om_target *t, enum om_doubt_kind kind, const char *name)
{
	expect_fine(t);
	assert_int_equal(t->nr_doubts, 1);
	assert_int_equal(t->doubts[0].kind, kind);
	assert_string_equal(t->doubts[0].name, name);
}

/* What no symbol table tells: that is for the sources. */
static void test_doubts(void **state)
{
	static const char f[] = "int f(int i) { return i; }", with[] = "int f(int i) { return i; } int setup(int i) { return i * 3; }";
	enum om_bound bound = OM_BOUND_STRONG;
	struct om_target *t;

	t = with_kernel(&bound, with, f);
	expect_doubt(t, OM_DOUBT_LEFT, "setup");
	om_target_destroy(t);

	t = make_target("vmlinux");
	add_unit(t, "a.o", f, with);
	diff(t);
	expect_doubt(t, OM_DOUBT_TAKEN, "setup");
	om_target_destroy(t);

	t = make_target("vmlinux");
	add_unit(t, "a.o", WEAK "int setup(int i) { return i; }", WEAK "int setup(int i) { return i + 1; }");
	diff(t);
	expect_doubt(t, OM_DOUBT_WEAK, "setup");
	om_target_destroy(t);

	t = make_target("vmlinux");
	add_unit(t, "a.o", f, WEAK "int setup(int i) { return i + 1; } int f(int i) { return setup(i); }");
	diff(t);
	expect_doubt(t, OM_DOUBT_WEAK, "setup");
	om_target_destroy(t);
}

static int make_dir(void **state)
{
	return mkdtemp(dir) ? 0 : -1;
}

static int remove_dir(void **state)
{
	const char *const argv[] = {"rm", "-r", dir, NULL};
	const struct subprocess p = {.argv = argv};
	struct subprocess_result r;
	struct error *err = subprocess_run(&p, &r);

	if (!err)
		free(r.out);
	return err ? -1 : 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_variable_between_targets),
		cmocka_unit_test(test_other_variables_between_targets),
		cmocka_unit_test(test_function_with_a_pointer_between_targets),
		cmocka_unit_test(test_function_that_is_only_called_between_targets),
		cmocka_unit_test(test_exported_function_between_targets),
		cmocka_unit_test(test_global_function_of_a_module_exported_by_vmlinux),
		cmocka_unit_test(test_weak_function_overridden_elsewhere),
		cmocka_unit_test(test_new_weak_function_that_is_there),
		cmocka_unit_test(test_new_function_that_is_there),
		cmocka_unit_test(test_doubts),
	};

	return cmocka_run_group_tests(tests, make_dir, remove_dir);
}
