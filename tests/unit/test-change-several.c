// SPDX-License-Identifier: GPL-2.0-or-later
/* Applying several updates in one stop, one in the place of others, and the order in which all are undone. */
#include "tests/unit/cmocka-all.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ksplice-apply/store.h"
#include "tests/unit/fake-kernel.h"

static void both_are(enum core_stage wanted)
{
	assert_int_equal(stage("abc"), wanted);
	assert_int_equal(stage("xyz"), wanted);
}

static void undo_both(void)
{
	struct change c;

	for (int i = 0; i < 2; i++) {
		assert_null(undo(&c, i ? "abc" : "xyz"));
		change_free(&c);
	}
	is_clean();
	assert_false(store_has(&t.kernel, "xyz"));
}

static void test_several(void **state)
{
	struct change c;

	assert_null(apply_both(&c));
	assert_string_equal(t.params, "upon=abc ");
	assert_string_equal(t.words, "+abc +xyz");
	both_are(STAGE_APPLIED);
	assert_true(there(at("run/xyz/manifest.json")));
	for (int i = 0; i < 2; i++) {
		assert_int_equal(done[i].result, CHANGE_APPLIED);
		assert_string_equal(done[i].splices, "target=vmlinux unit=fs/proc/cmdline.o function=cmdline_proc_show");
	}
	assert_string_equal(c.timing, "match_ns=1\nstop_ns=2");
	change_free(&c);
	undo_both();
	/* One is there: it is not moved, and the other is matched with the kernel as it is. */
	assert_null(apply(&c));
	change_free(&c);
	t.words[0] = 0;
	assert_null(apply_both(&c));
	assert_int_equal(done[0].result, CHANGE_ALREADY_APPLIED);
	assert_int_equal(done[1].result, CHANGE_APPLIED);
	assert_string_equal(t.params, "");
	assert_string_equal(t.words, "");
	both_are(STAGE_APPLIED);
	change_free(&c);
	undo_both();
}

static void test_several_or_none(void **state)
{
	struct change c = { .kernel = &t.kernel, .log = &t.log, .dry_run = true, .timeout_ms = 1 };

	assert_null(apply_these(&c, t.update, t.other));
	assert_int_equal(done[0].result, CHANGE_WOULD_APPLY);
	assert_int_equal(done[1].result, CHANGE_WOULD_APPLY);
	change_free(&c);
	is_clean();
	/* The second does not load, or tasks are in its way. */
	for (int i = 1; i <= 5; i++) {
		t.loads = 0;
		t.fail_load = i;
		ends(apply_both(&c), &c, EXIT_OTHER, "the kernel does not load the module");
		is_clean();
	}
	t.fail_load = 0;
	t.busy = -1;
	ends(apply_both(&c), &c, EXIT_BUSY, "cannot apply update xyz now");
	is_clean();
	assert_false(there(at("run/xyz")));
	t.busy = 2;
	assert_null(apply_both(&c));
	assert_int_equal(c.tries, 3);
	change_free(&c);
	undo_both();
	ends(apply_these(&c, t.update, t.update), &c, EXIT_REFUSED, "two updates with the id abc");
	is_clean();
}

/* What an earlier run has left of @id, with others that stand on it. */
static void test_left_over_that_others_stand_on(void **state)
{
	struct change c;

	assert_int_equal(load_core(), 0);
	add_update("abc");
	add_module("ksplice_abc_vmlinux");
	add_update("xyz");
	add_module("ksplice_xyz_vmlinux");
	put(at("core/xyz/depends"), "abc\n");
	assert_null(undo(&c, "abc"));
	assert_int_equal(c.result, CHANGE_CLEANED);
	change_free(&c);
	assert_false(there(at("module/ksplice_xyz_vmlinux")));
	is_clean();
}

static void test_killed_while_applying_several(void **state)
{
	struct change c;

	for (int after = 0; after < 2; after++) {
		int n = 1;

		for (; killed_at(n, after, apply_both); n++) {
			if (stage("abc") == STAGE_APPLIED || stage("xyz") == STAGE_APPLIED)
				both_are(STAGE_APPLIED);
			assert_null(apply_both(&c));
			change_free(&c);
			both_are(STAGE_APPLIED);
			undo_both();
		}
		/* Five loads, two unloads, a write. */
		assert_int_equal(n, 9);
		undo_both();
	}
}

static void test_replace(void **state)
{
	struct change c;

	for (int named = 0; named < 2; named++) {
		assert_null(apply(&c));
		change_free(&c);
		assert_null(replace(&c, named ? "abc" : NULL));
		assert_int_equal(c.result, CHANGE_APPLIED);
		assert_int_equal(c.replaced.nr, 1);
		assert_string_equal(c.replaced.ids[0], "abc");
		assert_string_equal(t.params, "instead=abc ");
		assert_string_equal(t.words, "-abc +xyz");
		change_free(&c);
		assert_int_equal(stage("abc"), STAGE_NONE);
		assert_false(store_has(&t.kernel, "abc"));
		assert_int_equal(stage("xyz"), STAGE_APPLIED);
		/* It does not replace itself. */
		assert_null(replace(&c, named ? "abc" : NULL));
		assert_int_equal(c.result, CHANGE_ALREADY_APPLIED);
		assert_int_equal(c.replaced.nr, 0);
		change_free(&c);
		assert_null(undo(&c, "xyz"));
		change_free(&c);
		is_clean();
	}
	/* There is nothing to replace. */
	assert_null(replace_all(&c));
	assert_string_equal(t.params, "");
	change_free(&c);
	assert_null(apply(&c));
	change_free(&c);
	ends(replace_all(&c), &c, EXIT_REFUSED, "update xyz is applied already, upon or beside update abc");
	both_are(STAGE_APPLIED);
	undo_both();
}

static void test_replace_or_nothing(void **state)
{
	struct change c = { .kernel = &t.kernel, .log = &t.log, .dry_run = true, .replace = true, .timeout_ms = 1 };
	struct change first;

	assert_null(apply(&first));
	change_free(&first);
	assert_null(apply_these(&c, t.other, NULL));
	assert_int_equal(c.result, CHANGE_WOULD_APPLY);
	assert_int_equal(c.replaced.nr, 1);
	change_free(&c);
	is_applied();
	assert_int_equal(stage("xyz"), STAGE_NONE);
	ends(replace(&c, "abc,nosuch"), &c, EXIT_UNKNOWN_ID, "no update nosuch that could be replaced");
	ends(replace(&c, "ab"), &c, EXIT_UNKNOWN_ID, "no update ab that");
	t.busy = -1;
	ends(replace_all(&c), &c, EXIT_BUSY, "cannot apply update xyz now");
	t.busy = 0;
	t.cause = "no_match\n";
	ends(replace_all(&c), &c, EXIT_NO_MATCH, "not as it is: instead=abc");
	t.cause = NULL;
	is_applied();
	assert_int_equal(stage("xyz"), STAGE_NONE);
	assert_false(store_has(&t.kernel, "xyz"));
	assert_null(undo(&c, "abc"));
	change_free(&c);
	is_clean();
}

/* What a killed run has left beside is taken away, if it can be; a dry run leaves it to others. */
static void test_replace_and_what_is_left(void **state)
{
	struct change c = { .kernel = &t.kernel, .log = &t.log, .dry_run = true, .replace = true, .timeout_ms = 1 };

	assert_int_equal(load_core(), 0);
	add_update("stuck");
	add_module("ksplice_stuck_vmlinux");
	t.stuck = "ksplice_stuck_vmlinux";
	add_update("loose");
	add_module("ksplice_loose_vmlinux");
	assert_null(apply_these(&c, t.other, NULL));
	assert_int_equal(c.result, CHANGE_WOULD_APPLY);
	assert_int_equal(c.replaced.nr, 0);
	change_free(&c);
	assert_true(there(at("module/ksplice_loose_vmlinux")));
	assert_null(apply(&c));
	change_free(&c);
	assert_null(replace_all(&c));
	assert_int_equal(c.result, CHANGE_APPLIED);
	assert_int_equal(c.replaced.nr, 1);
	change_free(&c);
	assert_int_equal(stage("xyz"), STAGE_APPLIED);
	assert_int_equal(stage("loose"), STAGE_NONE);
	assert_int_equal(stage("stuck"), STAGE_PREPARING);
}

/* Those that go count, too; those that are there already do not. */
static void test_replace_too_many(void **state)
{
	struct change c = { .kernel = &t.kernel, .log = &t.log, .dry_run = true, .replace = true, .timeout_ms = 1 };

	assert_int_equal(load_core(), 0);
	for (int i = 0; i < CORE_STEPS_MAX; i++) {
		char id[16], name[32];

		snprintf(id, sizeof(id), "u%d", i);
		snprintf(name, sizeof(name), "ksplice_%s_vmlinux", id);
		add_update(id);
		add_module(name);
		put(at("core/%s/stage", id), "applied\n");
	}
	ends(apply_these(&c, t.other, NULL), &c, EXIT_REFUSED, "1 update in the place of 128 are more than go in one stop");
	ends(replace_all(&c), &c, EXIT_REFUSED, "are more than go in one stop");
	assert_int_equal(t.loads, 0);
	put(at("core/u7/stage"), "reversed\n");
	assert_null(replace_all(&c));
	assert_int_equal(c.replaced.nr, CORE_STEPS_MAX - 1);
	change_free(&c);
	assert_int_equal(stage("u0"), STAGE_NONE);
}

/* One of the two is applied, whenever it is. */
static void test_killed_while_replacing(void **state)
{
	struct change c;

	for (int after = 0; after < 2; after++) {
		int n = 1;

		for (;; n++) {
			assert_null(apply(&c));
			change_free(&c);
			if (!killed_at(n, after, replace_all))
				break;
			assert_int_equal((stage("abc") == STAGE_APPLIED) + (stage("xyz") == STAGE_APPLIED), 1);
			assert_null(replace_all(&c));
			change_free(&c);
			assert_int_equal(stage("abc"), STAGE_NONE);
			assert_false(there(at("module/ksplice_abc_vmlinux")));
			assert_null(undo(&c, "xyz"));
			change_free(&c);
			is_clean();
		}
		/* Two loads, an unload, a write, an unload. */
		assert_int_equal(n, 6);
		assert_null(undo(&c, "xyz"));
		change_free(&c);
		is_clean();
	}
}

static void order_is(const char *first, const char *second, const char *third)
{
	struct core_ids ids;

	assert_null(change_undo_order(&t.kernel, &ids));
	assert_int_equal(ids.nr, 3);
	assert_string_equal(ids.ids[0], first);
	assert_string_equal(ids.ids[1], second);
	assert_string_equal(ids.ids[2], third);
	core_ids_free(&ids);
}

static void test_order_of_undoing_all(void **state)
{
	struct core_ids ids;

	assert_null(change_undo_order(&t.kernel, &ids));
	assert_int_equal(ids.nr, 0);
	core_ids_free(&ids);
	assert_int_equal(load_core(), 0);
	add_update("a");
	add_update("b");
	add_update("c");
	put(at("core/a/applied_at"), "100\n");
	put(at("core/b/applied_at"), "300\n");
	put(at("core/c/applied_at"), "200\n");
	order_is("b", "c", "a");
	/* Within one second, and where the clock was set back, only dependence tells. */
	put(at("core/b/applied_at"), "100\n");
	put(at("core/c/applied_at"), "100\n");
	put(at("core/b/depends"), "c\n");
	put(at("core/c/depends"), "a\n");
	order_is("b", "c", "a");
	put(at("core/a/applied_at"), "900\n");
	order_is("b", "c", "a");
	put(at("core/a/depends"), "c\nb\n");
	put(at("core/b/depends"), "");
	put(at("core/c/depends"), "b\n");
	order_is("a", "c", "b");
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	static const struct CMUnitTest tests[] = {
		TEST(test_several),
		TEST(test_several_or_none),
		TEST(test_left_over_that_others_stand_on),
		TEST(test_killed_while_applying_several),
		TEST(test_replace),
		TEST(test_replace_or_nothing),
		TEST(test_replace_and_what_is_left),
		TEST(test_replace_too_many),
		TEST(test_killed_while_replacing),
		TEST(test_order_of_undoing_all),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
