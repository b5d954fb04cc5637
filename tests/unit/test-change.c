// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Applying and undoing: each failure leaves the kernel as it was, and whoever is killed at any call leaves something that the next
 * run can use.
 */
#include "tests/unit/cmocka-all.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "ksplice-apply/interrupt.h"
#include "ksplice-apply/store.h"
#include "tests/unit/fake-kernel.h"

static void test_there_and_back(void **state)
{
	struct change c;

	assert_null(apply(&c));
	assert_int_equal(c.result, CHANGE_APPLIED);
	assert_string_equal(done[0].splices, "target=vmlinux unit=fs/proc/cmdline.o function=cmdline_proc_show");
	assert_string_equal(c.timing, "match_ns=1\nstop_ns=2");
	change_free(&c);
	is_applied();
	assert_null(apply(&c));
	assert_int_equal(c.result, CHANGE_ALREADY_APPLIED);
	assert_int_equal(c.tries, 0);
	assert_string_equal(done[0].splices, "target=vmlinux unit=fs/proc/cmdline.o function=cmdline_proc_show");
	assert_string_equal(c.timing, "match_ns=1\nstop_ns=2");
	change_free(&c);
	is_applied();
	assert_null(undo(&c, "abc"));
	assert_int_equal(c.result, CHANGE_UNDONE);
	change_free(&c);
	is_clean();
	ends(undo(&c, "abc"), &c, EXIT_UNKNOWN_ID, "there is no update abc");
}

static void test_dry_run(void **state)
{
	struct change c = { .kernel = &t.kernel, .log = &t.log, .dry_run = true, .timeout_ms = 1 };

	assert_null(apply_these(&c, t.update, NULL));
	assert_int_equal(c.result, CHANGE_WOULD_APPLY);
	assert_non_null(done[0].splices);
	assert_int_equal(c.tries, 0);
	change_free(&c);
	is_clean();
}

static void test_same_id_other_update(void **state)
{
	struct change c;

	assert_null(apply(&c));
	change_free(&c);
	put(at("run/abc/manifest.json"), "{}");
	ends(apply(&c), &c, EXIT_REFUSED, "another update with the id abc is applied");
	assert_int_equal(stage("abc"), STAGE_APPLIED);
	/* With nothing stored, nothing speaks against it. */
	unlink(at("run/abc/manifest.json"));
	assert_null(apply(&c));
	assert_int_equal(c.result, CHANGE_ALREADY_APPLIED);
	change_free(&c);
	assert_null(undo(&c, "abc"));
	change_free(&c);
	is_clean();
}

static void test_does_not_match(void **state)
{
	struct change c;

	t.cause = "no_match\n";
	ends(apply(&c), &c, EXIT_NO_MATCH, "cmdline_proc_show+0x1c: the running code differs");
	is_clean();
	t.cause = "failed_to_find\n";
	ends(apply(&c), &c, EXIT_NO_MATCH, "nothing in the running kernel fits");
	is_clean();
}

static void test_load_fails(void **state)
{
	struct change c;

	for (int i = 1; i <= 3; i++) {
		t.loads = 0;
		t.fail_load = i;
		ends(apply(&c), &c, EXIT_OTHER, "the kernel does not load the module");
		is_clean();
	}
}

static void test_busy(void **state)
{
	struct change c;

	t.busy = -1;
	ends(apply(&c), &c, EXIT_BUSY, "cat (pid 12) is in cmdline_proc_show+0x1c");
	assert_int_equal(c.tries, 4);
	/* 0.1, 0.2 and 0.4 seconds. */
	assert_int_equal(t.clock, 700000);
	is_clean();

	t.busy = 2;
	assert_null(apply(&c));
	assert_int_equal(c.tries, 3);
	assert_int_equal(c.reason.cause, CAUSE_NONE);
	change_free(&c);
	is_applied();

	t.busy = -1;
	ends(undo(&c, "abc"), &c, EXIT_BUSY, "cannot undo update abc now");
	is_applied();
	t.busy = 1;
	assert_null(undo(&c, "abc"));
	change_free(&c);
	is_clean();
}

/* The core comes to no reason: what there is in sysfs is of the try before. */
static void test_stale_reason(void **state)
{
	static const int errnums[] = { ENOENT, ENOMEM, EPERM, E2BIG };
	struct change c;

	assert_null(apply(&c));
	change_free(&c);
	for (size_t i = 0; i < sizeof(errnums) / sizeof(errnums[0]); i++) {
		t.busy = -1;
		ends(undo(&c, "abc"), &c, EXIT_BUSY, "cannot undo update abc now");
		t.busy = 0;
		t.fail_write = errnums[i];
		ends(undo(&c, "abc"), &c, EXIT_OTHER, strerror(errnums[i]));
		assert_int_equal(c.tries, 1);
		ends(replace_all(&c), &c, EXIT_OTHER, strerror(errnums[i]));
		assert_int_equal(c.tries, 1);
		t.fail_write = 0;
	}
	/* A signal, which is no reason not to try again. */
	put(at("core/abc/abort_cause"), "depends\n");
	t.fail_write = EINTR;
	ends(undo(&c, "abc"), &c, EXIT_OTHER, strerror(EINTR));
	assert_int_equal(c.tries, 4);
	/* Memory that the core has asked for on behalf of the update. */
	put(at("core/abc/abort_cause"), "out_of_memory\n");
	t.fail_write = ENOMEM;
	ends(undo(&c, "abc"), &c, EXIT_OTHER, "the kernel has not enough memory to undo update abc");
	t.fail_write = 0;
	assert_null(undo(&c, "abc"));
	change_free(&c);
	is_clean();
}

static void test_timeout(void **state)
{
	struct change c = { .kernel = &t.kernel, .log = &t.log, .retries = 1000, .timeout_ms = 1000 };

	t.busy = -1;
	ends(apply_these(&c, t.update, NULL), &c, EXIT_BUSY, "cannot apply");
	/* At 0, 0.1, 0.3, 0.7 and 1.0 seconds. */
	assert_int_equal(c.tries, 5);
	assert_int_equal(t.clock, 1000000);
	is_clean();
}

static void test_core_of_others_stays(void **state)
{
	struct change c;

	assert_int_equal(load_core(), 0);
	add_update("xyz");
	add_module("ksplice_xyz_vmlinux");
	t.cause = "no_match\n";
	ends(apply(&c), &c, EXIT_NO_MATCH, "");
	t.cause = NULL;
	assert_null(apply(&c));
	change_free(&c);
	assert_null(undo(&c, "abc"));
	change_free(&c);
	assert_true(there(at("core/xyz/stage")));
	assert_true(there(at("module/ksplice")));
	assert_true(there(at("module/ksplice_xyz_vmlinux")));
}

static void test_core_of_another_abi(void **state)
{
	struct change c;

	assert_int_equal(load_core(), 0);
	put(at("core/abi"), "1\n");
	ends(apply(&c), &c, EXIT_REFUSED, "has ABI 1, but the update needs ABI ");
	assert_true(there(at("core/abi")));
	assert_null(change_drop_core(&c));
	is_clean();
}

/* "a" is a prefix of "a_b", and ksplice_a_b_x may be a module of either. */
static void test_left_overs_of_others_stay(void **state)
{
	struct change c;

	assert_int_equal(load_core(), 0);
	add_update("abc_d");
	add_module("ksplice_abc_d_vmlinux");
	add_update("abc");
	add_module("ksplice_abc_vmlinux");
	assert_null(undo(&c, "abc"));
	assert_int_equal(c.result, CHANGE_CLEANED);
	change_free(&c);
	assert_false(there(at("module/ksplice_abc_vmlinux")));
	assert_true(there(at("module/ksplice_abc_d_vmlinux")));
}

static void test_lock(void **state)
{
	struct change c;
	int lock;

	assert_null(store_lock(&t.kernel, 0, &lock));
	ends(apply(&c), &c, EXIT_BUSY, "another ksplice tool is at work");
	ends(undo(&c, "abc"), &c, EXIT_BUSY, "another ksplice tool is at work");
	close(lock);
	assert_null(apply(&c));
	change_free(&c);
}

static void test_run_directory_of_others(void **state)
{
	struct change c;

	mkdir(at("run"), 0755);
	assert_int_equal(chmod(at("run"), 0777), 0);
	ends(apply(&c), &c, EXIT_REFUSED, "nobody else may write to");
	remove_tree(at("run"));
	assert_int_equal(symlink("/tmp", at("run")), 0);
	ends(apply(&c), &c, EXIT_REFUSED, "nobody else may write to");
	unlink(at("run"));
	mkdir(at("run"), 0755);
	assert_int_equal(symlink("/etc/passwd", at("run/lock")), 0);
	ends(apply(&c), &c, EXIT_OTHER, "lock");
	is_clean();
}

static void test_interrupted(void **state)
{
	static const int signals[] = { SIGINT, SIGTERM, SIGHUP };
	struct change c;
	int status;

	for (int i = 0; i < 3; i++) {
		/* In a child, since a signal that has come is noted for good. */
		pid_t pid = fork();

		if (!pid) {
			struct error *err;

			t.busy = -1;
			t.signal = signals[i];
			interrupt_catch();
			err = apply(&c);
			_exit(err && strstr(err->text, "interrupted") && c.tries == 1 ? exit_status_of(err) : 99);
		}
		assert_int_equal(waitpid(pid, &status, 0), pid);
		assert_true(WIFEXITED(status));
		assert_int_equal(WEXITSTATUS(status), EXIT_OTHER);
		is_clean();
	}
}

/* After a kill: apply or undo, then all must be as it is without one. */
static void recover(bool undo_first)
{
	struct change c;

	if (undo_first) {
		struct error *err = undo(&c, "abc");

		if (err)
			assert_int_equal(err->kind, ERROR_UNKNOWN_ID);
		error_free(err);
		change_free(&c);
	}
	assert_null(apply(&c));
	change_free(&c);
	is_applied();
	assert_null(undo(&c, "abc"));
	change_free(&c);
	is_clean();
}

static void test_killed_while_applying(void **state)
{
	for (int after = 0; after < 2; after++)
		for (int undo_first = 0; undo_first < 2; undo_first++) {
			int n = 1;

			while (killed_at(n, after, apply)) {
				recover(undo_first);
				n++;
			}
			/* Three loads, an unload, a write. */
			assert_int_equal(n, 6);
			recover(true);
		}
}

static void test_killed_while_undoing(void **state)
{
	struct change c;

	for (int after = 0; after < 2; after++)
		for (int undo_first = 0; undo_first < 2; undo_first++) {
			int n = 1;

			for (;; n++) {
				assert_null(apply(&c));
				change_free(&c);
				if (!killed_at(n, after, undo_it))
					break;
				recover(undo_first);
			}
			/* A write, two unloads. */
			assert_int_equal(n, 4);
			is_clean();
		}
}

static void test_killed_after_no_match(void **state)
{
	struct change c;

	/* The core keeps an update that did not match; a killed tool has not made it forget. */
	assert_int_equal(load_core(), 0);
	t.cause = "no_match\n";
	assert_int_equal(load_match("abc", "vmlinux"), ENOEXEC);
	t.cause = NULL;
	recover(false);
	assert_int_equal(load_core(), 0);
	t.cause = "no_match\n";
	assert_int_equal(load_match("abc", "vmlinux"), ENOEXEC);
	assert_null(undo(&c, "abc"));
	assert_int_equal(c.result, CHANGE_CLEANED);
	change_free(&c);
	is_clean();
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	static const struct CMUnitTest tests[] = {
		TEST(test_there_and_back),
		TEST(test_dry_run),
		TEST(test_same_id_other_update),
		TEST(test_does_not_match),
		TEST(test_load_fails),
		TEST(test_busy),
		TEST(test_stale_reason),
		TEST(test_timeout),
		TEST(test_core_of_others_stays),
		TEST(test_core_of_another_abi),
		TEST(test_left_overs_of_others_stay),
		TEST(test_lock),
		TEST(test_run_directory_of_others),
		TEST(test_interrupted),
		TEST(test_killed_while_applying),
		TEST(test_killed_while_undoing),
		TEST(test_killed_after_no_match),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
