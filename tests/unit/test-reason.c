// SPDX-License-Identifier: GPL-2.0-or-later
/* What the kernel says in words of its own becomes sentences, and harmless ones. */
#include "tests/unit/cmocka-all.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ksplice-apply/exit-status.h"
#include "ksplice-apply/kmsg.h"
#include "ksplice-apply/reason.h"
#include "ksplice-apply/text.h"

static struct error *sentence(const char *word, const char *detail, const char *conflicts, const char *doing)
{
	struct reason r = { cause_of(word), (char *)word, (char *)detail, (char *)conflicts, "abc" };

	return reason_error(&r, "abc", doing);
}

static void says(const char *word, const char *detail, const char *doing, enum exit_status status, const char *text)
{
	struct error *err = sentence(word, detail, "", doing);

	assert_non_null(err);
	if (!strstr(err->text, text))
		fail_msg("\"%s\" is not in: %s", text, err->text);
	assert_int_equal(exit_status_of(err), status);
	error_free(err);
}

static void test_causes(void **state)
{
	says("no_match", "unit=fs/proc/cmdline.o function=cmdline_proc_show pre_offset=0x1c run_offset=0x1c op=lit site=-"
	     " expected=0xe8 found=0x90 symbol=- result=differs", "apply", EXIT_NO_MATCH,
	     "fs/proc/cmdline.o: cmdline_proc_show+0x1c: the running code differs from what the fix was written against"
	     " (run byte 0x90, expected 0xe8)\n");
	says("no_match", "unit=a.o function=f pre_offset=0x5 run_offset=0x8 op=reloc site=jump_label expected=x+0x1"
	     " found=y symbol=x result=differs", "apply", EXIT_NO_MATCH,
	     "a.o: f+0x5: the running code differs from what the fix was written against (it refers to y instead of x+0x1;"
	     " in a reference to x; where the kernel rewrites code: jump_label; at +0x8 of the running code)\n");
	says("no_match", "unit=a.o function=f pre_offset=0x5 run_offset=0x5 op=lit site=- expected=0x00 found=0x00"
	     " symbol=- result=unreadable", "apply", EXIT_NO_MATCH, "against (it cannot be read)\n");
	says("no_match", "unit=a.o function=f update=first pre_offset=0x5 run_offset=0x5 op=lit site=- expected=0xa6 found=0x00 symbol=-"
	     " result=differs", "apply", EXIT_NO_MATCH,
	     "a.o: f+0x5: what runs is the code of update first, and that is not what update abc was made upon (run byte");
	says("no_match", "symbol=s result=sealed", "apply", EXIT_NO_MATCH, "points to s, which");
	says("no_match", "symbol=s result=unreadable", "apply", EXIT_NO_MATCH, "the running code differs");
	says("no_match", "", "apply", EXIT_NO_MATCH, "the running code differs");
	says("ambiguous", "unit=a.o function=f symbol=f", "apply", EXIT_NO_MATCH,
	     "a.o: f: several places in the running kernel fit: f\n");
	says("failed_to_find", "symbol=s unit=a.o function=f", "apply", EXIT_NO_MATCH,
	     "a.o: f: nothing in the running kernel fits s\n");
	says("bad_match_data", "", "apply", EXIT_BAD_FILE, "match data of update abc is malformed");
	says("module_busy", "target=m code=unloading", "undo", EXIT_BUSY, "unloaded: m\n");
	says("target_not_loaded", "target=m", "apply", EXIT_REFUSED, "the module m, which is not loaded");
	says("depends", "update=xyz", "undo", EXIT_REFUSED, "update xyz stands on update abc\n");
	says("depends", "update=xyz", "undo", EXIT_REFUSED, "Undo xyz first");
	says("depends", "update=xyz", "apply", EXIT_REFUSED, "update abc stands on update xyz, which is not applied\n");
	says("clash", "unit=a.o function=f update=xyz", "apply", EXIT_REFUSED,
	     "a.o: f: updates xyz and abc both change this function, and neither was made upon the other\n");
	says("clash", "unit=a.o data=d update=xyz", "apply", EXIT_REFUSED, "a.o: updates xyz and abc both change d, and");
	says("depends", "update=xyz", "replace", EXIT_REFUSED, "update xyz stands on update abc, which is to be replaced\n");
	says("has_hooks", "when=reverse function=f", "replace", EXIT_REFUSED,
	     "update abc has a function of its author's that is to be called when it is undone (reverse: f)");
	says("replaces", "update=xyz", "apply", EXIT_REFUSED, "matched to take the place of update xyz, which is applied");
	says("other_update", "update=xyz", "apply", EXIT_OTHER, "nothing against update abc, but update xyz,");
	says("hook_changed", "unit=a.o function=f by=kprobe", "apply", EXIT_REFUSED, "a.o: f: the function's entry was"
	     " changed by somebody else (kprobe), so it is not safe to apply update abc\n");
	says("hook_changed", "unit=a.o function=f by=livepatch", "apply", EXIT_REFUSED,
	     "a.o: f: a kernel live patch has this function replaced, so that what update abc replaces it with would never run\n");
	says("hook_changed", "unit=a.o function=f by=dead_ftrace", "apply", EXIT_REFUSED, "a.o: f: this function would be hooked through"
	     " ftrace, which has given up after an error");
	says("hook_changed", "unit=a.o function=f by=ftrace error=16", "apply", EXIT_REFUSED, "a.o: f: the function's entry was"
	     " changed by somebody else (ftrace; error 16: Device or resource busy), so it is not safe to apply update abc\n");
	says("hook_changed", "unit=a.o function=f by=ftrace error=16", "apply", EXIT_REFUSED, "kernel.ftrace_enabled");
	says("hook_changed", "unit=a.o function=f by=unknown error=19", "apply", EXIT_REFUSED, "a.o: f: it cannot be seen whether somebody"
	     " sends calls of this function elsewhere: ftrace does not tell (error 19: No such device), so it is not safe to apply update abc\n");
	says("hook_changed", "unit=a.o function=f by=unknown error=19", "apply", EXIT_REFUSED, "only a reboot brings it back");
	says("hook_changed", "unit=a.o function=f by=kprobe inside=0x1c", "apply", EXIT_REFUSED, "a.o: f: a kprobe is set inside of"
	     " this function, at +0x1c, where nothing will come once update abc has replaced it\n");
	says("hook_changed", "unit=a.o function=f by=kprobe inside=0x1c", "undo", EXIT_REFUSED, "a.o: f: a kprobe is set inside of this"
	     " function, at +0x1c, and may be in the middle of an instruction once the hook of update abc is gone\n");
	says("data_changed", "unit=a.o data=d by=unknown", "undo", EXIT_REFUSED, "a.o: d, which update abc changes in place,"
	     " does not hold what it should, so it is not safe to undo the update\n");
	says("aborted", "when=check_apply function=f value=-16", "apply", EXIT_REFUSED,
	     "update abc does not want to: its function f (check_apply) returned -16 when asked to apply\n");
	says("out_of_memory", "", "apply", EXIT_OTHER, "not enough memory to apply update abc");
	says("unexpected", "write=failed", "undo", EXIT_OTHER, "could not undo update abc: unexpected: write=failed\n");
	says("a_later_word", "x=y", "undo", EXIT_OTHER, "could not undo update abc: a_later_word: x=y\n");
	assert_int_equal(cause_of("ok"), CAUSE_NONE);
	assert_int_equal(cause_of(""), CAUSE_NONE);
}

/* Whatever a detail looks like, it makes a sentence. */
static void test_odd_details(void **state)
{
	static const char *const words[] = {
		"bad_match_data", "no_match", "ambiguous", "failed_to_find", "code_busy", "module_busy",
		"target_not_loaded", "depends", "hook_changed", "data_changed", "aborted", "out_of_memory", "unexpected",
	};
	static const char *const details[] = {
		"", " ", "=", "a", "unit", "unit=", "=x", "unit= function=", "unit=%s%n function=%s", "\n", "unit==",
		"function=f function=g", "found=0x found=", "expected=1 found=2 op=lit",
	};

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		for (size_t j = 0; j < sizeof(details) / sizeof(details[0]); j++) {
			struct error *err = sentence(words[i], details[j], details[j], "apply");
			struct reason r = { cause_of(words[i]), (char *)words[i], (char *)details[j], (char *)details[j] };
			json_t *json = reason_json(&r);

			assert_non_null(err);
			assert_true(strlen(err->text) > 20);
			assert_non_null(json);
			json_decref(json);
			error_free(err);
		}
}

static const char two_tasks[] =
	"pid=12 tgid=12 comm=cat in=cmdline_proc_show+0x1c trace=seq_read_iter+0x1/0x20,vfs_read+0x2/0x30\n"
	"pid=14 tgid=13 comm=my_thread in=f+0x0 trace=-\n";

static void test_conflicts(void **state)
{
	struct error *err = sentence("code_busy", "conflicts=2", two_tasks, "apply");

	assert_int_equal(exit_status_of(err), EXIT_BUSY);
	assert_non_null(strstr(err->text, "\n  cat (pid 12) is in cmdline_proc_show+0x1c, by way of seq_read_iter+0x1/0x20 <-"
					  " vfs_read+0x2/0x30\n"));
	assert_non_null(strstr(err->text, "\n  my_thread (pid 14, a thread of 13) is in f+0x0\n"));
	error_free(err);
}

static void test_many_conflicts(void **state)
{
	char text[8192];
	size_t len = 0;
	struct error *err;

	for (int i = 0; i < 100; i++)
		len += sprintf(text + len, "pid=%d tgid=%d comm=c in=f+0x0 trace=-\n", i, i);
	err = sentence("code_busy", "conflicts=100", text, "apply");
	assert_non_null(strstr(err->text, "c (pid 19) is"));
	assert_null(strstr(err->text, "c (pid 20) is"));
	assert_non_null(strstr(err->text, "... and 80 more"));
	error_free(err);
}

static void test_conflicts_json(void **state)
{
	json_t *list = conflicts_json(two_tasks), *expected;

	expected = json_pack("[{s:i, s:i, s:s, s:s, s:[s, s]}, {s:i, s:i, s:s, s:s, s:[]}]",
			     "pid", 12, "tgid", 12, "comm", "cat", "in", "cmdline_proc_show+0x1c",
			     "trace", "seq_read_iter+0x1/0x20", "vfs_read+0x2/0x30",
			     "pid", 14, "tgid", 13, "comm", "my_thread", "in", "f+0x0", "trace");
	assert_true(json_equal(list, expected));
	json_decref(list);
	json_decref(expected);
}

static void test_kmsg(void **state)
{
	static const struct {
		const char *record, *text;
	} rows[] = {
		{ "4,339,5140900,-;ksplice_abc: Unknown symbol x (err -2)\n SUBSYSTEM=acpi\n",
		  "ksplice_abc: Unknown symbol x (err -2)" },
		{ "3,1,1,-,caller=T1;text;with;semicolons\n", "text;with;semicolons" },
		{ "6,1,1,-;no newline", "no newline" },
		{ "6,1,1,-;esc\033[31m\n", "esc?[31m" },
		{ "12,1,1,-;a program's\n", NULL },
		{ "30,1,1,-;systemd's\n", NULL },
		{ "x;y", NULL },
		{ "6,1,1", NULL },
		{ "", NULL },
		{ "6;", "" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char record[200], *text;

		strcpy(record, rows[i].record);
		text = kmsg_text(record);
		if (rows[i].text)
			assert_string_equal(text, rows[i].text);
		else
			assert_null(text);
	}
}

static void test_harmless(void **state)
{
	char text[] = "a\tb\nc\033]0;x\007 \x7f \xc2\x9b" "31m \xc3\xa4 \xc2";
	char *printed = NULL;
	size_t size;
	FILE *out = open_memstream(&printed, &size);

	text_print(out, text, "> ");
	fclose(out);
	assert_string_equal(printed, "a\tb\n> c?]0;x? ? ?31m \xc3\xa4 \xc2");
	free(printed);
	assert_string_equal(text_harmless(text), "a\tb\nc?]0;x? ? ??31m \xc3\xa4 \xc2");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_causes),
		cmocka_unit_test(test_odd_details),
		cmocka_unit_test(test_conflicts),
		cmocka_unit_test(test_many_conflicts),
		cmocka_unit_test(test_conflicts_json),
		cmocka_unit_test(test_kmsg),
		cmocka_unit_test(test_harmless),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
