// SPDX-License-Identifier: GPL-2.0-or-later
/* Targets that are not loaded: waited for, spliced when they come, and left when they go. */
#include "tests/unit/cmocka-all.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ksplice-apply/store.h"
#include "tests/unit/fake-kernel.h"
#include "tests/unit/fake-update.h"

/* t.update, but of the module loop. */
static struct update *read_late(bool hooks)
{
	json_t *m = fake_manifest(), *target = json_array_get(json_object_get(m, "targets"), 0);

	json_object_set_new(target, "name", json_string("loop"));
	if (hooks)
		json_object_set_new(target, "hooks", json_pack("[{s:s}]", "name", "look"));
	return read_fake(m);
}

static void apply_late(struct change *c)
{
	update_free(t.update);
	t.update = read_late(false);
	assert_null(apply(c));
	assert_true(done[0].waits[0]);
	assert_int_equal(stage("abc"), STAGE_APPLIED);
	assert_false(has_modules("abc"));
	change_free(c);
}

static struct error *comes(struct change *c)
{
	*c = (struct change){ .kernel = &t.kernel, .log = &t.log, .retries = 3, .timeout_ms = 30000 };
	return change_coming(c, "loop");
}

/* What the core tells before it has us unload. */
static void begins_to_go(const char *id)
{
	put(at("core/%s/stage", id), "reversed");
	put(at("core/%s/late", id), at("target=loop state=going strict=0 modules=ksplice_%s_vmlinux_match,ksplice_%s_vmlinux\n", id, id) +
	    strlen(t.dir) + 1);
}

static struct error *goes(struct change *c)
{
	*c = (struct change){ .kernel = &t.kernel, .log = &t.log, .retries = 3, .timeout_ms = 30000 };
	return change_going(c, "loop");
}

/* Not there, without initstate as what is built in, and in its init. */
static void test_module_that_is_not_loaded_is_waited_for(void **state)
{
	struct change c;

	apply_late(&c);
	assert_null(undo(&c, "abc"));
	change_free(&c);
	is_clean();
	mkdir(at("module/loop"), 0755);
	apply_late(&c);
	assert_null(undo(&c, "abc"));
	change_free(&c);
	put(at("module/loop/initstate"), "coming\n");
	apply_late(&c);
	assert_null(undo(&c, "abc"));
	change_free(&c);
	put(at("module/loop/initstate"), "live\n");
	assert_null(apply(&c));
	assert_false(done[0].waits[0]);
	change_free(&c);
	assert_true(has_modules("abc"));
}

static void test_dry_run_waits_for_nothing(void **state)
{
	struct change c = { .kernel = &t.kernel, .log = &t.log, .timeout_ms = 30000, .dry_run = true };

	update_free(t.update);
	t.update = read_late(false);
	assert_null(apply_these(&c, t.update, NULL));
	assert_int_equal(c.result, CHANGE_WOULD_APPLY);
	assert_true(done[0].waits[0]);
	change_free(&c);
	is_clean();
}

static void test_strict_is_told_to_the_core(void **state)
{
	struct change c = { .kernel = &t.kernel, .log = &t.log, .timeout_ms = 30000, .strict = true };
	char *late;

	update_free(t.update);
	t.update = read_late(false);
	assert_null(apply_these(&c, t.update, NULL));
	change_free(&c);
	assert_null(core_text(&t.kernel, "abc", "late", &late));
	assert_string_equal(late, "target=loop state=waiting strict=1");
	free(late);
}

static void test_functions_of_the_author_need_their_module(void **state)
{
	struct change c;

	update_free(t.update);
	t.update = read_late(true);
	ends(apply(&c), &c, EXIT_REFUSED, "changes the module loop, which is not loaded, and has functions of its author's");
	assert_false(there(at("core")));
}

static void test_core_that_cannot_wait(void **state)
{
	struct change c;

	t.no_waiting = true;
	update_free(t.update);
	t.update = read_late(false);
	ends(apply(&c), &c, EXIT_OTHER, "cannot have update abc wait");
	is_clean();
}

static void test_module_comes_and_goes(void **state)
{
	struct change c;

	apply_late(&c);
	for (int i = 0; i < 2; i++) {
		assert_null(comes(&c));
		change_free(&c);
		assert_true(there(at("module/ksplice_abc_vmlinux")));
		assert_false(there(at("module/ksplice_abc_vmlinux_match")));
		begins_to_go("abc");
		assert_null(goes(&c));
		change_free(&c);
		assert_false(has_modules("abc"));
		put(at("core/abc/stage"), "applied");
		put(at("core/abc/late"), "target=loop state=waiting strict=0\n");
	}
	assert_null(undo(&c, "abc"));
	change_free(&c);
	is_clean();
}

static void test_module_goes_while_another_tool_is_at_work(void **state)
{
	struct change c;
	int lock;

	apply_late(&c);
	assert_null(comes(&c));
	change_free(&c);
	assert_null(store_lock(&t.kernel, 0, &lock));
	t.clock = 0;
	ends(comes(&c), &c, EXIT_BUSY, "another ksplice tool is at work");
	assert_in_range(t.clock, 20000000, 28100000);
	begins_to_go("abc");
	assert_null(goes(&c));
	change_free(&c);
	assert_false(has_modules("abc"));
	close(lock);
}

static void test_module_goes_that_is_not_stored_any_more(void **state)
{
	struct change c;

	apply_late(&c);
	assert_null(comes(&c));
	change_free(&c);
	begins_to_go("abc");
	assert_null(store_remove(&t.kernel, "abc"));
	assert_null(goes(&c));
	change_free(&c);
	assert_false(has_modules("abc"));
}

/* Its modules of other targets are there, nothing is stored yet, and it waits for the module that goes. */
static void test_module_goes_while_another_update_is_prepared(void **state)
{
	struct change c;

	apply_late(&c);
	assert_null(comes(&c));
	change_free(&c);
	load_match("xyz", "vmlinux");
	add_module("ksplice_xyz_vmlinux");
	put(at("core/xyz/late"), "target=loop state=waiting strict=0\n");
	begins_to_go("abc");
	assert_null(goes(&c));
	change_free(&c);
	assert_false(has_modules("abc"));
	assert_true(there(at("module/ksplice_xyz_vmlinux")));
	assert_true(there(at("module/ksplice_xyz_vmlinux_match")));
}

/* The one module of an update, and not those of its other targets. */
static void test_module_goes_and_the_rest_stays(void **state)
{
	struct change c;

	apply_late(&c);
	assert_null(comes(&c));
	change_free(&c);
	add_module("ksplice_abc_other");
	begins_to_go("abc");
	assert_null(goes(&c));
	change_free(&c);
	assert_false(has_modules("abc"));
	assert_true(there(at("module/ksplice_abc_other")));
}

static void test_core_does_not_forget_while_a_module_comes(void **state)
{
	struct change c;

	apply_late(&c);
	t.forget_busy = 50;
	assert_null(undo(&c, "abc"));
	change_free(&c);
	is_clean();
}

static void test_core_does_not_forget(void **state)
{
	struct change c;

	apply_late(&c);
	t.forget_busy = 100000;
	ends(undo(&c, "abc"), &c, EXIT_OTHER, "does not forget update abc");
	assert_true(t.clock < 10000000);
}

static void test_code_that_stays_until_the_next_boot(void **state)
{
	struct change c;

	apply_late(&c);
	assert_null(comes(&c));
	change_free(&c);
	put(at("core/abc/late"), "target=loop state=waiting strict=0 cause=module_busy code=pinned\n");
	t.stuck = "ksplice_abc_vmlinux";
	ends(undo(&c, "abc"), &c, EXIT_OTHER, "stays, doing nothing, until the next boot");
}

/* What the kernel would run as root. */
static void test_program_is_where_others_may_write(void **state)
{
	struct change c;

	update_free(t.update);
	t.update = read_late(false);
	chmod(t.dir, 0777);
	ends(apply(&c), &c, EXIT_REFUSED, "others than root may change it");
	chmod(t.dir, 0755);
	chmod(at("program"), 0666);
	ends(apply(&c), &c, EXIT_REFUSED, "others than root may change it");
	assert_false(there(at("core")));
	chmod(at("program"), 0755);
	assert_null(apply(&c));
	change_free(&c);
}

static void test_program_is_not_where_it_was(void **state)
{
	struct change c;

	update_free(t.update);
	t.update = read_late(false);
	t.kernel.init_root = t.dir;
	ends(apply(&c), &c, EXIT_REFUSED, "the first process does not find this program there");
	t.kernel.init_root = "";
	remove(at("self"));
	assert_int_equal(symlink("/bin/true (deleted)", at("self")), 0);
	ends(apply(&c), &c, EXIT_OTHER, "/self");
	assert_false(there(at("core")));
}

static void test_program_does_not_matter_where_nothing_can_come(void **state)
{
	struct change c;

	remove(at("self"));
	assert_null(apply(&c));
	change_free(&c);
	is_applied();
}

static void test_module_comes_for_which_nothing_waits(void **state)
{
	struct change c;

	assert_null(comes(&c));
	change_free(&c);
	assert_null(apply(&c));
	change_free(&c);
	assert_null(comes(&c));
	assert_null(goes(&c));
	change_free(&c);
	is_applied();
}

static void test_module_comes_and_does_not_match(void **state)
{
	struct change c;

	apply_late(&c);
	t.cause = "no_match\n";
	ends(comes(&c), &c, EXIT_OTHER, "ksplice_abc_vmlinux_match");
	assert_false(has_modules("abc"));
	assert_int_equal(stage("abc"), STAGE_APPLIED);
}

static void test_module_comes_and_cannot_be_spliced(void **state)
{
	struct change c;

	apply_late(&c);
	t.fail_write = EINVAL;
	ends(comes(&c), &c, EXIT_OTHER, "could not apply update abc");
	assert_false(there(at("module/ksplice_abc_vmlinux_match")));
}

static void test_stored_module_is_checked(void **state)
{
	struct change c;

	apply_late(&c);
	put(at("run/abc/ksplice_abc_vmlinux_match.ko"), "match abc vmlinuy");
	ends(comes(&c), &c, EXIT_BAD_FILE, "ksplice_abc_vmlinux_match.ko is not what was stored");
	remove(at("run/abc/ksplice_abc_vmlinux_match.ko"));
	ends(comes(&c), &c, EXIT_OTHER, "ksplice_abc_vmlinux_match.ko is not there any more");
	assert_false(has_modules("abc"));
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	static const struct CMUnitTest tests[] = {
		TEST(test_module_that_is_not_loaded_is_waited_for),
		TEST(test_dry_run_waits_for_nothing),
		TEST(test_strict_is_told_to_the_core),
		TEST(test_functions_of_the_author_need_their_module),
		TEST(test_core_that_cannot_wait),
		TEST(test_module_comes_and_goes),
		TEST(test_module_goes_while_another_tool_is_at_work),
		TEST(test_module_goes_that_is_not_stored_any_more),
		TEST(test_module_goes_while_another_update_is_prepared),
		TEST(test_module_goes_and_the_rest_stays),
		TEST(test_core_does_not_forget_while_a_module_comes),
		TEST(test_core_does_not_forget),
		TEST(test_code_that_stays_until_the_next_boot),
		TEST(test_program_is_where_others_may_write),
		TEST(test_program_is_not_where_it_was),
		TEST(test_program_does_not_matter_where_nothing_can_come),
		TEST(test_module_comes_for_which_nothing_waits),
		TEST(test_module_comes_and_does_not_match),
		TEST(test_module_comes_and_cannot_be_spliced),
		TEST(test_stored_module_is_checked),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
