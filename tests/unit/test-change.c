// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Applying and undoing, upon a kernel that is a directory and a few functions: each failure leaves it as it was, and
 * whoever is killed at any call leaves something that the next run can use.
 */
#include "tests/unit/cmocka-all.h"

#include <errno.h>
#include <ftw.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/file.h"
#include "kmodsrc/ksplice-abi.h"
#include "ksplice-apply/change.h"
#include "ksplice-apply/exit-status.h"
#include "ksplice-apply/interrupt.h"
#include "ksplice-apply/store.h"
#include "tests/unit/fake-update.h"

/* A kernel in a directory; it outlives the process that is killed in it. */
static struct {
	char dir[64];
	struct kernel kernel;
	struct log log;
	struct update *update;	/* abc */
	struct update *other;	/* xyz */
	char params[1024];	/* of the last match module */
	char words[1024];	/* of the last write to in-one-stop */
	/* How it behaves. */
	int busy;		/* writes of a stage that find tasks in the way; -1: all */
	int fail_write;		/* errno of a write of a stage that changes nothing, not even reasons; 0: none */
	const char *stuck;	/* a module that cannot be unloaded, or NULL */
	const char *cause;	/* of a match module that does not match, or NULL */
	int fail_load;		/* load with this number (from 1) fails */
	int loads;
	int calls;		/* of any kind */
	int kill_at;		/* the call with this number is the process's last; 0: none */
	bool kill_after;	/* ... once it has been done */
	int signal;		/* comes while the tool sleeps; 0: none */
	long long clock;	/* microseconds */
} t;

#define KILLED	77

static char *at(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* A path in the directory, in one of a few buffers that are used in turn. */
static char *at(const char *fmt, ...)
{
	static char bufs[8][512];
	static unsigned int next;
	char *buf = bufs[next++ % 8], rest[400];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(rest, sizeof(rest), fmt, ap);
	va_end(ap);
	snprintf(buf, sizeof(bufs[0]), "%s/%s", t.dir, rest);
	return buf;
}

static bool there(const char *path)
{
	return !access(path, F_OK);
}

static void put(const char *path, const char *text)
{
	FILE *f = fopen(path, "w");

	if (!f || fputs(text, f) < 0 || fclose(f))
		abort();
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	return remove(path);
}

static void remove_tree(const char *path)
{
	nftw(path, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

static bool empty(const char *path)
{
	return !rmdir(path) && !mkdir(path, 0755);
}

static void before_call(void)
{
	if (++t.calls == t.kill_at && !t.kill_after)
		_exit(KILLED);
}

static int after_call(int ret)
{
	if (t.calls == t.kill_at && t.kill_after)
		_exit(KILLED);
	return ret;
}

static void add_module(const char *name)
{
	mkdir(at("module/%s", name), 0755);
	put(at("module/%s/initstate", name), "live\n");
	if (strcmp(name, "ksplice"))
		put(at("module/ksplice/holders/%s", name), "");
}

static void add_update(const char *id)
{
	if (there(at("core/%s", id)))
		return;
	mkdir(at("core/%s", id), 0755);
	put(at("core/%s/stage", id), "preparing\n");
	put(at("core/%s/abort_cause", id), "ok\n");
	put(at("core/%s/abort_detail", id), "\n");
	put(at("core/%s/conflicts", id), "");
	put(at("core/%s/depends", id), "");
	put(at("core/%s/applied_at", id), "0\n");
	put(at("core/%s/splices", id), "target=vmlinux unit=fs/proc/cmdline.o function=cmdline_proc_show\n");
	put(at("core/%s/timing", id), "match_ns=1\nstop_ns=2\n");
}

static int load_match(const char *id, const char *target)
{
	char name[96];

	if (!there(at("core/abi")))
		return ENOENT;
	snprintf(name, sizeof(name), "ksplice_%s_%s_match", id, target);
	if (there(at("module/%s", name)))
		return EEXIST;
	add_update(id);
	if (t.cause) {
		put(at("core/%s/abort_cause", id), t.cause);
		put(at("core/%s/abort_detail", id), "unit=fs/proc/cmdline.o function=cmdline_proc_show pre_offset=0x1c"
		    " run_offset=0x1c op=lit expected=0xe8 found=0x90\n");
		put(at("core/%s/keep", id), "");
		return ENOEXEC;
	}
	add_module(name);
	return 0;
}

static int load_core(void)
{
	char abi[16];

	if (there(at("core")))
		return EEXIST;
	mkdir(at("core"), 0755);
	snprintf(abi, sizeof(abi), "%d\n", KSPLICE_ABI);
	put(at("core/abi"), abi);
	mkdir(at("module/ksplice"), 0755);
	mkdir(at("module/ksplice/holders"), 0755);
	add_module("ksplice");
	return 0;
}

static int load_code(const char *id, const char *target)
{
	char name[96];

	snprintf(name, sizeof(name), "ksplice_%s_%s", id, target);
	if (!there(at("core/%s", id)))
		return ENOENT;
	if (there(at("module/%s", name)))
		return EEXIST;
	add_module(name);
	return 0;
}

static int fake_load(const struct kernel *k, const void *image, size_t size, const char *params)
{
	char text[64] = "", id[32], target[32];
	int ret = EINVAL;

	before_call();
	memcpy(text, image, size < 63 ? size : 63);
	if (++t.loads == t.fail_load)
		ret = ENOEXEC;
	else if (!strcmp(text, "core"))
		ret = load_core();
	else if (sscanf(text, "match %31s %31s", id, target) == 2) {
		snprintf(t.params, sizeof(t.params), "%s", params);
		ret = load_match(id, target);
	}
	else if (sscanf(text, "code %31s %31s", id, target) == 2)
		ret = load_code(id, target);
	return after_call(ret);
}

static enum core_stage stage(const char *id)
{
	enum core_stage s;
	struct error *err = core_stage(&t.kernel, id, &s);

	if (err)
		abort();
	return s;
}

static bool has_modules(const char *id)
{
	return there(at("module/ksplice_%s_vmlinux", id)) || there(at("module/ksplice_%s_vmlinux_match", id));
}

static int unload_module(const char *name)
{
	char id[32] = "";

	if (!there(at("module/%s", name)))
		return ENOENT;
	if (t.stuck && !strcmp(name, t.stuck))
		return EAGAIN;
	if (!strcmp(name, "ksplice")) {
		if (!empty(at("module/ksplice/holders")))
			return EAGAIN;
		remove_tree(at("module/ksplice"));
		remove_tree(at("core"));
		return 0;
	}
	sscanf(name, "ksplice_%31[a-z0-9]_", id);
	if (stage(id) == STAGE_APPLIED && !strstr(name, "_match"))
		return EAGAIN;
	remove_tree(at("module/%s", name));
	remove(at("module/ksplice/holders/%s", name));
	if (!has_modules(id) && !there(at("core/%s/keep", id)))
		remove_tree(at("core/%s", id));
	return 0;
}

static int fake_unload(const struct kernel *k, const char *name)
{
	before_call();
	return after_call(unload_module(name));
}

static int write_stage(const char *id, const char *text)
{
	if (t.fail_write)
		return t.fail_write;
	if (t.busy) {
		t.busy -= t.busy > 0;
		put(at("core/%s/abort_cause", id), "code_busy\n");
		put(at("core/%s/conflicts", id), "pid=12 tgid=12 comm=cat in=cmdline_proc_show+0x1c trace=-\n");
		return EBUSY;
	}
	if (!strcmp(text, "applied") && !there(at("module/ksplice_%s_vmlinux", id)))
		return EINVAL;
	put(at("core/%s/stage", id), text);
	put(at("core/%s/abort_cause", id), "ok\n");
	return 0;
}

/* Of "+abc -xyz": calls @each for each. */
static int for_each_word(const char *text, int (*each)(const char *id, const char *stage))
{
	char id[32], sign;
	int n, ret = 0;

	for (; !ret && sscanf(text, " %c%31[a-z0-9_]%n", &sign, id, &n) == 2; text += n)
		ret = each(id, sign == '+' ? "applied" : "reversed");
	return ret;
}

static int can_go(const char *id, const char *stage)
{
	return there(at("core/%s", id)) && there(at("module/ksplice_%s_vmlinux", id)) ? 0 : ENOENT;
}

/* Tasks are in the way of the last one alone. */
static int refuse(const char *id, const char *stage)
{
	put(at("core/%s/abort_cause", id), t.words + strlen(t.words) - strlen(id) == strstr(t.words, id) ? "code_busy\n" :
	    "other_update\n");
	put(at("core/%s/conflicts", id), "pid=12 tgid=12 comm=cat in=cmdline_proc_show+0x1c trace=-\n");
	return 0;
}

static int write_stages(const char *text)
{
	int ret;

	snprintf(t.words, sizeof(t.words), "%s", text);
	ret = t.fail_write ? t.fail_write : for_each_word(text, can_go);
	if (!ret && t.busy) {
		t.busy -= t.busy > 0;
		for_each_word(text, refuse);
		return EBUSY;
	}
	return ret ? ret : for_each_word(text, write_stage);
}

static int fake_write(const struct kernel *k, const char *path, const char *text)
{
	char id[32] = "", file[32] = "";
	int ret = ENOENT;

	before_call();
	sscanf(path + strlen(t.dir), "/core/%31[^/]/%31s", id, file);
	if (!strcmp(id, "in-one-stop"))
		return after_call(write_stages(text));
	if (there(at("core/%s", id)) && !strcmp(file, "stage"))
		ret = write_stage(id, text);
	else if (there(at("core/%s", id)) && !strcmp(file, "forget") && has_modules(id))
		ret = EBUSY;
	else if (there(at("core/%s", id)) && !strcmp(file, "forget"))
		remove_tree(at("core/%s", id)), ret = 0;
	return after_call(ret);
}

static void fake_sleep(const struct kernel *k, unsigned int ms)
{
	t.clock += ms * 1000LL;
	if (t.signal)
		raise(t.signal);
}

static long long fake_now(const struct kernel *k)
{
	return t.clock;
}

static struct update *read_fake(void)
{
	struct update *u = NULL;
	struct fake f;
	size_t size;
	void *gz;

	fake_init(&f);
	gz = fake_archive(&f, &size);
	if (update_read_memory("file", gz, size, &u))
		abort();
	free(gz);
	fake_fini(&f);
	return u;
}

static void set_data(struct update *u, const char *file, const char *data)
{
	for (size_t i = 0; i < u->nr_files; i++) {
		if (strcmp(u->files[i].name, file))
			continue;
		free(u->files[i].data);
		u->files[i].data = strdup(data);
		u->files[i].size = strlen(data);
	}
}

/* The same with another id: what is loaded is what counts. */
static struct update *read_other(void)
{
	struct update *u = read_fake();
	struct manifest_target *target = &u->manifest->targets[0];

	u->manifest->id = "xyz";
	target->match.module = "ksplice_xyz_vmlinux_match";
	target->code.module = "ksplice_xyz_vmlinux";
	set_data(u, target->match.file, "match xyz vmlinux");
	set_data(u, target->code.file, "code xyz vmlinux");
	return u;
}

static int set_up(void **state)
{

	memset(&t, 0, sizeof(t));
	strcpy(t.dir, "/tmp/test-change-XXXXXX");
	if (!mkdtemp(t.dir))
		return -1;
	t.kernel = (struct kernel){
		.core = strdup(at("core")), .modules = strdup(at("module")), .run = strdup(at("run")),
		.kmsg = "/dev/null", .modules_disabled = "/dev/null", .lockdown = "/dev/null",
		.load = fake_load, .unload = fake_unload, .write = fake_write, .sleep = fake_sleep, .now = fake_now,
	};
	mkdir(at("module"), 0755);
	log_init(&t.log, "test-change");
	t.log.level = LOG_QUIET;
	t.update = read_fake();
	t.other = read_other();
	return 0;
}

static int tear_down(void **state)
{
	remove_tree(t.dir);
	update_free(t.update);
	update_free(t.other);
	free((char *)t.kernel.core);
	free((char *)t.kernel.modules);
	free((char *)t.kernel.run);
	return 0;
}

/* What became of the last ones that were applied. */
static struct change_update done[2];

/* As the caller of change_apply() has filled in @c. */
static struct error *apply_these(struct change *c, const struct update *first, const struct update *second)
{
	struct error *err;

	for (int i = 0; i < 2; i++)
		free(done[i].splices);
	done[0] = (struct change_update){ .update = first };
	done[1] = (struct change_update){ .update = second };
	err = change_apply(c, done, second ? 2 : 1);
	c->result = done[0].result;
	return err;
}

static struct error *apply(struct change *c)
{
	*c = (struct change){ .kernel = &t.kernel, .log = &t.log, .retries = 3, .timeout_ms = 30000 };
	return apply_these(c, t.update, NULL);
}

static struct error *apply_both(struct change *c)
{
	*c = (struct change){ .kernel = &t.kernel, .log = &t.log, .retries = 3, .timeout_ms = 30000 };
	return apply_these(c, t.update, t.other);
}

/* t.other in the place of what @ids says, NULL: of all. */
static struct error *replace(struct change *c, const char *ids)
{
	*c = (struct change){ .kernel = &t.kernel, .log = &t.log, .retries = 3, .timeout_ms = 30000, .replace = true,
			      .replace_ids = ids };
	return apply_these(c, t.other, NULL);
}

static struct error *replace_all(struct change *c)
{
	return replace(c, NULL);
}

static struct error *undo(struct change *c, const char *id)
{
	*c = (struct change){ .kernel = &t.kernel, .log = &t.log, .retries = 3, .timeout_ms = 30000 };
	return change_undo(c, id);
}

/* Not a module, not a directory, not a stored file is left. */
static void is_clean(void)
{
	assert_true(empty(at("module")));
	assert_false(there(at("core")));
	assert_false(store_has(&t.kernel, "abc"));
	assert_false(there(at("run/.abc")));
}

static void is_applied(void)
{
	assert_int_equal(stage("abc"), STAGE_APPLIED);
	assert_true(there(at("module/ksplice_abc_vmlinux")));
	assert_false(there(at("module/ksplice_abc_vmlinux_match")));
	assert_true(there(at("run/abc/manifest.json")));
	assert_true(there(at("run/abc/patch")));
}

static void ends(struct error *err, struct change *c, enum exit_status status, const char *text)
{
	if (err && !strstr(err->text, text))
		fail_msg("\"%s\" is not in: %s", text, err->text);
	assert_int_equal(exit_status_of(err), status);
	error_free(err);
	change_free(c);
}

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

static void test_target_must_be_loaded(void **state)
{
	struct change c;

	t.update->manifest->targets[0].name = "loop";
	ends(apply(&c), &c, EXIT_REFUSED, "changes the module loop, which is not loaded");
	mkdir(at("module/loop"), 0755);
	ends(apply(&c), &c, EXIT_REFUSED, "which is not loaded");
	put(at("module/loop/initstate"), "coming\n");
	ends(apply(&c), &c, EXIT_REFUSED, "which is not loaded");
	assert_false(there(at("core")));
	put(at("module/loop/initstate"), "live\n");
	assert_null(apply(&c));
	change_free(&c);
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

static struct error *undo_it(struct change *c)
{
	return undo(c, "abc");
}

/* A child does @what and is killed at call @n; false: it came to its end before. */
static bool killed_at(int n, bool after, struct error *(*what)(struct change *c))
{
	pid_t pid = fork();
	struct change c;
	int status;

	if (!pid) {
		struct error *err;

		t.calls = 0;
		t.kill_at = n;
		t.kill_after = after;
		err = what(&c);
		/* No destructors and no leak check: it is the parent that tests. */
		_exit(err ? 1 : 0);
	}
	if (pid < 0 || waitpid(pid, &status, 0) != pid || !WIFEXITED(status))
		abort();
	if (WEXITSTATUS(status) != KILLED)
		assert_int_equal(WEXITSTATUS(status), 0);
	return WEXITSTATUS(status) == KILLED;
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
		TEST(test_target_must_be_loaded),
		TEST(test_lock),
		TEST(test_run_directory_of_others),
		TEST(test_interrupted),
		TEST(test_killed_while_applying),
		TEST(test_killed_while_undoing),
		TEST(test_killed_after_no_match),
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
