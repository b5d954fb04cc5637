// SPDX-License-Identifier: GPL-2.0-or-later
/* What ksplice-view prints of a kernel that is a directory: the form of times, and what does not arrive is an error. */
#include "tests/unit/cmocka-all.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/file.h"
#include "ksplice-apply/exit-status.h"
#include "ksplice-apply/view.h"

static char dir[] = "/tmp/test-view-XXXXXX";
static char core[64], run_dir[64], out[64];
static struct kernel kernel = { .core = core, .run = run_dir };
static const struct option options[] = { CLI_LONG_OPTIONS };

static void put(const char *id, const char *file, const char *text)
{
	char path[128];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s/%s", core, id, file);
	f = fopen(path, "w");
	if (!f || fputs(text, f) < 0 || fclose(f))
		abort();
}

static void add_update(const char *id, const char *stage, const char *applied_at)
{
	char path[128];

	snprintf(path, sizeof(path), "%s/%s", core, id);
	mkdir(path, 0755);
	put(id, "stage", stage);
	put(id, "applied_at", applied_at);
	put(id, "splices", "target=vmlinux unit=fs/proc/cmdline.o function=cmdline_proc_show\n");
}

static int set_up(void **state)
{
	if (!mkdtemp(dir))
		return -1;
	snprintf(core, sizeof(core), "%s/core", dir);
	snprintf(run_dir, sizeof(run_dir), "%s/run", dir);
	snprintf(out, sizeof(out), "%s/out", dir);
	mkdir(core, 0755);
	/* Times are UTC wherever one is. */
	setenv("TZ", "Asia/Tokyo", 1);
	add_update("old", "applied\n", "1795233000\n");
	add_update("undone", "reversed\n", "0\n");
	return 0;
}

static int tear_down(void **state)
{
	char command[64];

	snprintf(command, sizeof(command), "rm -r %s", dir);
	return system(command);
}

/* One run of the tool with its standard output going to @path; @id NULL: the list. */
static enum exit_status view(const char *path, const char *id, bool json)
{
	int saved = dup(STDOUT_FILENO), status;
	json_t *result = NULL;
	struct error *err;
	struct cli cli;

	fflush(stdout);
	if (!freopen(path, "w", stdout))
		abort();
	cli_init(&cli, "test-view", "", options);
	cli.json = json;
	err = id ? view_update(&cli, &kernel, id, &result) : view_list(&cli, &kernel, &result);
	status = cli_finish(&cli, err, NULL, result);
	/* What could not be written is not to be tried again where stdout goes afterwards. */
	if (!freopen("/dev/null", "w", stdout) || dup2(saved, fileno(stdout)) < 0)
		abort();
	close(saved);
	return status;
}

static void shows(const char *id, bool json, const char *text)
{
	char *printed;

	assert_int_equal(view(out, id, json), EXIT_OK);
	assert_null(file_read(out, 65536, &printed, NULL));
	if (!strstr(printed, text))
		fail_msg("no \"%s\" in: %s", text, printed);
	free(printed);
}

static void test_times(void **state)
{
	shows("old", false, "applied      2026-11-21T03:50:00Z\n");
	shows("old", true, "\"applied_at\": \"2026-11-21T03:50:00Z\"");
	shows("undone", true, "\"applied_at\": null");
	shows(NULL, false, "old                       applied    2026-11-21T03:50:00Z  \n");
	shows(NULL, false, "undone                    reversed   -                     \n");
	shows(NULL, true, "\"applied_at\": \"2026-11-21T03:50:00Z\"");
}

static void test_bypassed(void **state)
{
	shows("old", false, "  fs/proc/cmdline.o: cmdline_proc_show\n");
	add_update("beneath", "applied\n", "1795233000\n");
	put("beneath", "splices", "target=vmlinux unit=a.o function=f\n"
	    "target=vmlinux unit=a.o function=g bypassed_by=livepatch\ntarget=vmlinux unit=a.o function=h bypassed_by=dead_ftrace\n"
	    "target=vmlinux unit=a.o function=k bypassed_by=unknown error=12\n");
	shows("beneath", false, "  a.o: f\n  a.o: g, which is not reached: livepatch sends calls elsewhere\n"
	      "  a.o: h, which may not be reached: ftrace has given up after an error (see the kernel's log)\n"
	      "  a.o: k, of which is not known whether it is reached: ftrace does not tell (error 12)\n");
	shows("beneath", true, "\"bypassed_by\": \"livepatch\"");
	shows(NULL, false, "beneath                   applied    2026-11-21T03:50:00Z  (3 of 4 functions not reached)\n");
}

static void test_full_disk(void **state)
{
	for (int json = 0; json < 2; json++) {
		assert_int_equal(view("/dev/full", "old", json), EXIT_OTHER);
		assert_int_equal(view("/dev/full", NULL, json), EXIT_OTHER);
	}
}

/* More than a buffer of stdio: it is an earlier write that fails. */
static void test_full_disk_long_ago(void **state)
{
	char id[16];

	for (int i = 0; i < 500; i++) {
		snprintf(id, sizeof(id), "many%d", i);
		add_update(id, "applied\n", "1795233000\n");
	}
	assert_int_equal(view("/dev/full", NULL, false), EXIT_OTHER);
	assert_int_equal(view("/dev/full", NULL, true), EXIT_OTHER);
	assert_int_equal(view(out, NULL, false), EXIT_OK);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_times),
		cmocka_unit_test(test_bypassed),
		cmocka_unit_test(test_full_disk),
		cmocka_unit_test(test_full_disk_long_ago),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
