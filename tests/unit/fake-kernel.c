// SPDX-License-Identifier: GPL-2.0-or-later
#include "tests/unit/cmocka-all.h"

#include <errno.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "kmodsrc/ksplice-abi.h"
#include "ksplice-apply/store.h"
#include "tests/unit/fake-kernel.h"
#include "tests/unit/fake-update.h"

struct fake_kernel t;


#define KILLED	77


char *at(const char *fmt, ...)
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

bool there(const char *path)
{
	return !access(path, F_OK);
}

void put(const char *path, const char *text)
{
	FILE *f = fopen(path, "w");

	if (!f || fputs(text, f) < 0 || fclose(f))
		abort();
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	return remove(path);
}

void remove_tree(const char *path)
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

void add_module(const char *name)
{
	mkdir(at("module/%s", name), 0755);
	put(at("module/%s/initstate", name), "live\n");
	if (strcmp(name, "ksplice"))
		put(at("module/ksplice/holders/%s", name), "");
}

void add_update(const char *id)
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

int load_match(const char *id, const char *target)
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

int load_core(void)
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

enum core_stage stage(const char *id)
{
	enum core_stage s;
	struct error *err = core_stage(&t.kernel, id, &s);

	if (err)
		abort();
	return s;
}

bool has_modules(const char *id)
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
	if (!has_modules(id) && !there(at("core/%s/keep", id)) && !there(at("core/%s/late", id)))
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
	if (!strcmp(text, "applied") && !there(at("module/ksplice_%s_vmlinux", id)) && !there(at("core/%s/late", id)))
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

/* "ID MODULE", "ID MODULE strict" */
static int wait_for(const char *text)
{
	char id[32], name[32], strict[16] = "", late[128];

	if (t.no_waiting || sscanf(text, "%31s %31s %15s", id, name, strict) < 2)
		return ENOENT;
	add_update(id);
	snprintf(late, sizeof(late), "target=%s state=waiting strict=%d\n", name, !strcmp(strict, "strict"));
	put(at("core/%s/late", id), late);
	return 0;
}

static int fake_write(const struct kernel *k, const char *path, const char *text)
{
	char id[32] = "", file[32] = "";
	int ret = ENOENT;

	before_call();
	sscanf(path + strlen(t.dir), "/core/%31[^/]/%31s", id, file);
	if (!strcmp(id, "in-one-stop"))
		return after_call(write_stages(text));
	if (!strcmp(id, "wait-for"))
		return after_call(wait_for(text));
	if (!strcmp(id, "late-helper"))
		return after_call(there(at("core")) && text[0] == '/' ? 0 : ENOENT);
	if (there(at("core/%s", id)) && !strcmp(file, "stage"))
		ret = write_stage(id, text);
	else if (there(at("core/%s", id)) && !strcmp(file, "forget") && has_modules(id))
		ret = EBUSY;
	else if (there(at("core/%s", id)) && !strcmp(file, "forget") && t.forget_busy)
		t.forget_busy--, ret = EBUSY;
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

struct update *read_fake(json_t *manifest)
{
	struct update *u = NULL;
	struct fake f;
	size_t size;
	void *gz;

	fake_init_with(&f, manifest);
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
	struct update *u = read_fake(fake_manifest());
	struct manifest_target *target = &u->manifest->targets[0];

	u->manifest->id = "xyz";
	target->match.module = "ksplice_xyz_vmlinux_match";
	target->code.module = "ksplice_xyz_vmlinux";
	set_data(u, target->match.file, "match xyz vmlinux");
	set_data(u, target->code.file, "code xyz vmlinux");
	return u;
}

int set_up(void **state)
{

	memset(&t, 0, sizeof(t));
	strcpy(t.dir, "/tmp/test-change-XXXXXX");
	if (!mkdtemp(t.dir))
		return -1;
	t.kernel = (struct kernel){
		.core = strdup(at("core")), .modules = strdup(at("module")), .run = strdup(at("run")),
		.self = strdup(at("self")), .init_root = "",
		.kmsg = "/dev/null", .modules_disabled = "/dev/null", .lockdown = "/dev/null",
		.load = fake_load, .unload = fake_unload, .write = fake_write, .sleep = fake_sleep, .now = fake_now,
	};
	mkdir(at("module"), 0755);
	put(at("program"), "");
	if (symlink(at("program"), at("self")))
		return -1;
	log_init(&t.log, "test-change");
	t.log.level = LOG_QUIET;
	t.update = read_fake(fake_manifest());
	t.other = read_other();
	return 0;
}

int tear_down(void **state)
{
	remove_tree(t.dir);
	update_free(t.update);
	update_free(t.other);
	free((char *)t.kernel.core);
	free((char *)t.kernel.modules);
	free((char *)t.kernel.run);
	free((char *)t.kernel.self);
	return 0;
}

struct change_update done[2];

struct error *apply_these(struct change *c, const struct update *first, const struct update *second)
{
	struct error *err;

	for (int i = 0; i < 2; i++) {
		free(done[i].splices);
		free(done[i].waits);
		free(done[i].may_come);
	}
	done[0] = (struct change_update){ .update = first };
	done[1] = (struct change_update){ .update = second };
	err = change_apply(c, done, second ? 2 : 1);
	c->result = done[0].result;
	return err;
}

struct error *apply(struct change *c)
{
	*c = (struct change){ .kernel = &t.kernel, .log = &t.log, .retries = 3, .timeout_ms = 30000 };
	return apply_these(c, t.update, NULL);
}

struct error *apply_both(struct change *c)
{
	*c = (struct change){ .kernel = &t.kernel, .log = &t.log, .retries = 3, .timeout_ms = 30000 };
	return apply_these(c, t.update, t.other);
}

struct error *replace(struct change *c, const char *ids)
{
	*c = (struct change){ .kernel = &t.kernel, .log = &t.log, .retries = 3, .timeout_ms = 30000, .replace = true,
			      .replace_ids = ids };
	return apply_these(c, t.other, NULL);
}

struct error *replace_all(struct change *c)
{
	return replace(c, NULL);
}

struct error *undo(struct change *c, const char *id)
{
	*c = (struct change){ .kernel = &t.kernel, .log = &t.log, .retries = 3, .timeout_ms = 30000 };
	return change_undo(c, id);
}

void is_clean(void)
{
	assert_true(empty(at("module")));
	assert_false(there(at("core")));
	assert_false(store_has(&t.kernel, "abc"));
	assert_false(there(at("run/.abc")));
}

void is_applied(void)
{
	assert_int_equal(stage("abc"), STAGE_APPLIED);
	assert_true(there(at("module/ksplice_abc_vmlinux")));
	assert_false(there(at("module/ksplice_abc_vmlinux_match")));
	assert_true(there(at("run/abc/manifest.json")));
	assert_true(there(at("run/abc/patch")));
}

void ends(struct error *err, struct change *c, enum exit_status status, const char *text)
{
	if (err && !strstr(err->text, text))
		fail_msg("\"%s\" is not in: %s", text, err->text);
	assert_int_equal(exit_status_of(err), status);
	error_free(err);
	change_free(c);
}

struct error *undo_it(struct change *c)
{
	return undo(c, "abc");
}

bool killed_at(int n, bool after, struct error *(*what)(struct change *c))
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
