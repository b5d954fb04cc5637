// SPDX-License-Identifier: GPL-2.0-or-later
/* Makes sentences, with what to do next, of the core's abort cause and detail. */
#include "ksplice-apply/reason.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ksplice-apply/core.h"

static const char *const cause_words[] = {
	[CAUSE_NONE] = "ok",
	[CAUSE_BAD_MATCH_DATA] = "bad_match_data",
	[CAUSE_NO_MATCH] = "no_match",
	[CAUSE_AMBIGUOUS] = "ambiguous",
	[CAUSE_FAILED_TO_FIND] = "failed_to_find",
	[CAUSE_CODE_BUSY] = "code_busy",
	[CAUSE_MODULE_BUSY] = "module_busy",
	[CAUSE_TARGET_NOT_LOADED] = "target_not_loaded",
	[CAUSE_DEPENDS] = "depends",
	[CAUSE_HOOK_CHANGED] = "hook_changed",
	[CAUSE_DATA_CHANGED] = "data_changed",
	[CAUSE_ABORTED] = "aborted",
	[CAUSE_CLASH] = "clash",
	[CAUSE_HAS_HOOKS] = "has_hooks",
	[CAUSE_REPLACES] = "replaces",
	[CAUSE_OTHER_UPDATE] = "other_update",
	[CAUSE_OUT_OF_MEMORY] = "out_of_memory",
	[CAUSE_UNEXPECTED] = "unexpected",
};

enum cause cause_of(const char *word)
{
	if (!*word)
		return CAUSE_NONE;
	for (unsigned int i = 0; i < sizeof(cause_words) / sizeof(cause_words[0]); i++)
		if (!strcmp(word, cause_words[i]))
			return i;
	return CAUSE_UNEXPECTED;
}

struct error *reason_read(const struct kernel *k, const char *id, struct reason *reason)
{
	struct error *err;
	char *word;

	memset(reason, 0, sizeof(*reason));
	snprintf(reason->id, sizeof(reason->id), "%s", id);
	err = core_text(k, id, "abort_cause", &word);
	if (err)
		return err;
	reason->cause = cause_of(word);
	if (reason->cause == CAUSE_NONE) {
		free(word);
		return NULL;
	}
	reason->word = word;
	err = core_text(k, id, "abort_detail", &reason->detail);
	if (!err)
		err = core_text(k, id, "conflicts", &reason->conflicts);
	/* The rest may be told to anybody who asks ksplice-view. */
	if (err && err->kind == ERROR_NOT_PERMITTED) {
		error_free(err);
		return NULL;
	}
	if (err)
		reason_free(reason);
	return err;
}

void reason_free(struct reason *reason)
{
	free(reason->word);
	free(reason->detail);
	free(reason->conflicts);
	memset(reason, 0, sizeof(*reason));
}

/* What the sentences are made of, each "" when the core did not tell it. */
struct words {
	char *unit, *function, *pre, *run, *op, *site, *expected, *found, *symbol, *result;	/* no_match, ... */
	char *update;		/* depends; no_match: whose code was compared */
	char *target;		/* target_not_loaded, module_busy */
	char *by;		/* hook_changed, data_changed */
	char *inside;		/* hook_changed: where, from the function's start */
	char *error;		/* hook_changed: of ftrace, a number */
	char *data;		/* data_changed */
	char *when, *value;	/* aborted */
};

static char *word(const char *detail, const char *key)
{
	char *value = detail_value(detail, key);

	/* "-" stands for "nothing" where a line has all its keys. */
	if (value && !strcmp(value, "-"))
		value[0] = 0;
	return value ? value : strdup("");
}

/* False when out of memory. */
static bool words_get(const char *detail, struct words *w)
{
	*w = (struct words){
		word(detail, "unit"), word(detail, "function"), word(detail, "pre_offset"),
		word(detail, "run_offset"), word(detail, "op"), word(detail, "site"), word(detail, "expected"),
		word(detail, "found"), word(detail, "symbol"), word(detail, "result"),
		word(detail, "update"), word(detail, "target"), word(detail, "by"), word(detail, "inside"), word(detail, "error"),
		word(detail, "data"), word(detail, "when"), word(detail, "value"),
	};
	return w->unit && w->function && w->pre && w->run && w->op && w->site && w->expected && w->found &&
	       w->symbol && w->result && w->update && w->target && w->by && w->inside && w->error && w->data && w->when && w->value;
}

static void words_free(struct words *w)
{
	free(w->unit);
	free(w->function);
	free(w->pre);
	free(w->run);
	free(w->op);
	free(w->site);
	free(w->expected);
	free(w->found);
	free(w->symbol);
	free(w->result);
	free(w->update);
	free(w->target);
	free(w->by);
	free(w->inside);
	free(w->error);
	free(w->data);
	free(w->when);
	free(w->value);
}

/* "fs/proc/cmdline.o: cmdline_proc_show+0x1c: " */
static void print_place(FILE *out, const struct words *w)
{
	if (*w->unit)
		fprintf(out, "%s: ", w->unit);
	if (*w->function)
		fprintf(out, "%s%s%s: ", w->function, *w->pre ? "+" : "", w->pre);
}

/* What differs: bytes, or where a field points. */
static void print_found(FILE *out, const struct words *w, const char **between)
{
	bool bytes = !strncmp(w->found, "0x", 2) || !strncmp(w->expected, "0x", 2);

	if (!strcmp(w->result, "unreadable")) {
		fprintf(out, "%sit cannot be read", *between);
		*between = "; ";
	} else if (*w->found && *w->expected && strcmp(w->found, w->expected)) {
		fprintf(out, bytes ? "%srun byte %s, expected %s" : "%sit refers to %s instead of %s", *between,
			w->found, w->expected);
		*between = "; ";
	}
}

static void print_difference(FILE *out, const struct words *w)
{
	const char *between = " (";

	print_found(out, w, &between);
	if (*w->symbol) {
		fprintf(out, "%sin a reference to %s", between, w->symbol);
		between = "; ";
	}
	if (*w->site) {
		fprintf(out, "%swhere the kernel rewrites code: %s", between, w->site);
		between = "; ";
	}
	if (*w->run && strcmp(w->run, w->pre)) {
		fprintf(out, "%sat +%s of the running code", between, w->run);
		between = "; ";
	}
	if (*between == ';')
		fputc(')', out);
}

/* On ppc64le, new code is not compiled as the kernel is (docs/ppc64le.md), so that nothing is ever made upon it. */
#ifdef __powerpc64__
#define OR_MAKE_IT_UPON "."
#else
#define OR_MAKE_IT_UPON ", or make this one upon it (ksplice-create --series)."
#endif

static void print_other_code(FILE *out, const struct words *w, const char *id)
{
	fprintf(out, "what runs is the code of update %s, and that is not what update %s was made upon", w->update, id);
	print_difference(out, w);
	fprintf(out, "\nNothing was changed. If update %s has all that update %s brings, apply it in that one's place (--replace); else undo %s"
		" first" OR_MAKE_IT_UPON, id, w->update, w->update);
}

static void print_no_match(FILE *out, const struct words *w, const char *id, const char *doing)
{
	if (!strcmp(w->result, "sealed")) {
		fprintf(out, "the new code points to %s, which this kernel has made callable by name only\nNothing was changed."
			" Let the new code point to a new function that calls it.", w->symbol);
		return;
	}
	print_place(out, w);
	if (*w->update) {
		print_other_code(out, w, id);
		return;
	}
	fputs("the running code differs from what the fix was written against", out);
	print_difference(out, w);
	fputs("\nNothing was changed. Either the update was made with another source, configuration or compiler than"
	      " this kernel, or something has changed this function in memory since. Make the update with --image"
	      " and this kernel's vmlinux: that shows which of the two it is.", out);
}

static void print_ambiguous(FILE *out, const struct words *w, const char *id, const char *doing)
{
	print_place(out, w);
	fprintf(out, "several places in the running kernel fit%s%s\nNothing was changed. The update is for a function"
		" that cannot be told from another one; it must be made so that it also reaches a neighbour of it.",
		*w->symbol ? ": " : "", w->symbol);
}

static void print_failed_to_find(FILE *out, const struct words *w, const char *id, const char *doing)
{
	print_place(out, w);
	fprintf(out, "nothing in the running kernel fits %s\nNothing was changed. The update was made with another"
		" source or configuration than this kernel, or this kernel hides its symbols (kptr, kallsyms).",
		*w->symbol ? w->symbol : "what the fix was written against");
}

static void print_bad_match_data(FILE *out, const struct words *w, const char *id, const char *doing)
{
	fprintf(out, "the match data of update %s is malformed\nNothing was changed. Make the update again.", id);
}

static void print_not_loaded(FILE *out, const struct words *w, const char *id, const char *doing)
{
	fprintf(out, "update %s changes the module %s, which is not loaded\nNothing was changed. Load it first, then"
		" apply again.", id, *w->target ? w->target : "(unknown)");
}

static void print_module_busy(FILE *out, const struct words *w, const char *id, const char *doing)
{
	fprintf(out, "a module of update %s, or one that it changes, is being loaded or unloaded%s%s\nNothing was"
		" changed. Try again.", id, *w->target ? ": " : "", w->target);
}

static void print_depends(FILE *out, const struct words *w, const char *id, const char *doing)
{
	const char *other = *w->update ? w->update : "(unknown)";

	if (!strcmp(doing, "undo"))
		fprintf(out, "update %s stands on update %s\nNothing was changed. Undo %s first, or all of them with"
			" --all.", other, id, other);
	else if (!strcmp(doing, "replace"))
		fprintf(out, "update %s stands on update %s, which is to be replaced\nNothing was changed. Replace both"
			" (--replace=%s,%s), or all (--replace), or undo %s first.", other, id, id, other, other);
	else
		fprintf(out, "update %s stands on update %s, which is not applied\nNothing was changed. Apply %s first.",
			id, other, other);
}

static void print_probed(FILE *out, const struct words *w, const char *id, const char *doing)
{
	fprintf(out, "a kprobe is set inside of this function, at +%s, ", w->inside);
	if (strcmp(doing, "apply"))
		fprintf(out, "and may be in the middle of an instruction once the hook of update %s is gone", id);
	else
		fprintf(out, "where nothing will come once update %s has replaced it", id);
	fputs("\nNothing was changed. Take that probe away (debugfs has a list: kprobes/list), then try again. A probe at the function's"
	      " entry may stay.", out);
}

static void print_live_patched(FILE *out, const char *id)
{
	fprintf(out, "a kernel live patch has this function replaced, so that what update %s replaces it with would never run\n"
		"Nothing was changed. Disable that live patch (/sys/kernel/livepatch/NAME/enabled), then try again.", id);
}

static void print_dead_ftrace(FILE *out)
{
	fputs("this function would be hooked through ftrace, which has given up after an error (see the kernel's log)\nNothing was changed."
	      " Only a reboot brings ftrace back.", out);
}

/* "error 16: Device or resource busy" */
static void print_error(FILE *out, const struct words *w)
{
	fprintf(out, "error %s: %s", w->error, strerror(atoi(w->error)));
}

static void print_claim_unknown(FILE *out, const struct words *w, const char *id, const char *doing)
{
	fputs("it cannot be seen whether somebody sends calls of this function elsewhere: ftrace does not tell (", out);
	print_error(out, w);
	fprintf(out, "), so it is not safe to %s update %s\nNothing was changed. %s", doing, id, atoi(w->error) == ENODEV ?
		"ftrace has given up after an error (see the kernel's log), and only a reboot brings it back." : "Try again.");
}

static void print_hook_changed(FILE *out, const struct words *w, const char *id, const char *doing)
{
	print_place(out, w);
	if (*w->inside) {
		print_probed(out, w, id, doing);
		return;
	}
	if (!strcmp(w->by, "dead_ftrace")) {
		print_dead_ftrace(out);
		return;
	}
	if (!strcmp(w->by, "livepatch")) {
		print_live_patched(out, id);
		return;
	}
	if (!strcmp(w->by, "unknown") && *w->error) {
		print_claim_unknown(out, w, id, doing);
		return;
	}
	fprintf(out, "the function's entry was changed by somebody else (%s", *w->by ? w->by : "unknown");
	if (*w->error) {
		fputs("; ", out);
		print_error(out, w);
	}
	fprintf(out, "), so it is not safe to %s update %s\n"
		"Nothing was changed. A tracer, a kprobe or another live patch may be at work there%s: stop it, then try"
		" again.", doing, id, *w->error ? ", or ftrace is switched off (kernel.ftrace_enabled)" : "");
}

static void print_data_changed(FILE *out, const struct words *w, const char *id, const char *doing)
{
	print_place(out, w);
	fprintf(out, "%s, which update %s changes in place, does not hold what it should, so it is not safe to %s"
		" the update\nNothing was changed. Somebody has written it, perhaps through a file in /proc/sys: give it"
		" the value that it had, then try again.", *w->data ? w->data : "(unknown)", id, doing);
}

static void print_aborted(FILE *out, const struct words *w, const char *id, const char *doing)
{
	fprintf(out, "update %s does not want to: its function %s (%s) returned %s when asked to %s\nNothing was changed."
		" What that means, whoever made the update knows.", id, *w->function ? w->function : "(unknown)", w->when,
		w->value, doing);
}

static void print_clash(FILE *out, const struct words *w, const char *id, const char *doing)
{
	print_place(out, w);
	fprintf(out, "updates %s and %s both change %s, and neither was made upon the other\nNothing was changed. Make one of"
		" them from a source that contains the other (ksplice-create --series), or one update of both diffs.",
		*w->update ? w->update : "(unknown)", id, *w->data ? w->data : "this function");
}

static void print_has_hooks(FILE *out, const struct words *w, const char *id, const char *doing)
{
	fprintf(out, "update %s has a function of its author's that is to be called when it is undone (%s: %s), and whether that may"
		" run while another update takes its place, nobody can tell\nNothing was changed. Undo %s first, then apply"
		" the new one without replacing it: in between, the code of before %s runs.", id, w->when, w->function, id, id);
}

static void print_replaces(FILE *out, const struct words *w, const char *id, const char *doing)
{
	fprintf(out, "update %s was matched to take the place of update %s, which is applied and would stay\nNothing was changed."
		" Apply it with ksplice-apply --replace.", id, w->update);
}

static void print_other_update(FILE *out, const struct words *w, const char *id, const char *doing)
{
	fprintf(out, "there is nothing against update %s, but update %s, in the same stop of the machine, has failed\nNothing"
		" was changed. See what ksplice-view tells of %s.", id, w->update, w->update);
}

static void print_out_of_memory(FILE *out, const struct words *w, const char *id, const char *doing)
{
	fprintf(out, "the kernel has not enough memory to %s update %s\nNothing was changed.", doing, id);
}

/* Why, as printed, and the kind that gives the exit status. */
static const struct {
	enum error_kind kind;
	void (*print)(FILE *out, const struct words *w, const char *id, const char *doing);
} sentences[] = {
	[CAUSE_BAD_MATCH_DATA] = { ERROR_BAD_FILE, print_bad_match_data },
	[CAUSE_NO_MATCH] = { ERROR_NO_MATCH, print_no_match },
	[CAUSE_AMBIGUOUS] = { ERROR_NO_MATCH, print_ambiguous },
	[CAUSE_FAILED_TO_FIND] = { ERROR_NO_MATCH, print_failed_to_find },
	[CAUSE_MODULE_BUSY] = { ERROR_BUSY, print_module_busy },
	[CAUSE_TARGET_NOT_LOADED] = { ERROR_REFUSED, print_not_loaded },
	[CAUSE_DEPENDS] = { ERROR_REFUSED, print_depends },
	[CAUSE_HOOK_CHANGED] = { ERROR_REFUSED, print_hook_changed },
	[CAUSE_DATA_CHANGED] = { ERROR_REFUSED, print_data_changed },
	[CAUSE_ABORTED] = { ERROR_REFUSED, print_aborted },
	[CAUSE_CLASH] = { ERROR_REFUSED, print_clash },
	[CAUSE_HAS_HOOKS] = { ERROR_REFUSED, print_has_hooks },
	[CAUSE_REPLACES] = { ERROR_REFUSED, print_replaces },
	[CAUSE_OTHER_UPDATE] = { ERROR_OTHER, print_other_update },
	[CAUSE_OUT_OF_MEMORY] = { ERROR_OTHER, print_out_of_memory },
};

static struct error *code_busy(const struct reason *reason, const char *id, const char *doing)
{
	char *tasks = reason->conflicts ? conflicts_sentences(reason->conflicts) : NULL;
	struct error *err;

	err = error_new(ERROR_BUSY, "cannot %s update %s now: tasks are inside what it changes%s\nNothing was changed."
			" Try again later or with a longer --timeout; or end or wake these tasks.",
			doing, id, tasks ? tasks : "");
	free(tasks);
	return err;
}

static struct error *unexpected(const struct reason *reason, const char *id, const char *doing)
{
	return error_new(ERROR_OTHER, "the kernel core could not %s update %s: %s%s%s\nNothing was changed.",
			 doing, id, reason->word, *reason->detail ? ": " : "", reason->detail);
}

struct error *reason_error(const struct reason *reason, const char *id, const char *doing)
{
	struct error *err;
	struct words w;
	char *text = NULL;
	size_t size;
	FILE *out;

	if (reason->cause == CAUSE_CODE_BUSY)
		return code_busy(reason, id, doing);
	if (reason->cause == CAUSE_NONE || reason->cause == CAUSE_UNEXPECTED)
		return unexpected(reason, id, doing);
	out = words_get(reason->detail, &w) ? open_memstream(&text, &size) : NULL;
	if (out) {
		sentences[reason->cause].print(out, &w, id, doing);
		fclose(out);
	}
	words_free(&w);
	if (!text)
		return error_errno(ENOMEM, "update %s: %s", id, reason->word);
	err = error_new(sentences[reason->cause].kind, "%s", text);
	free(text);
	return err;
}

json_t *reason_json(const struct reason *reason)
{
	json_t *conflicts;

	if (reason->cause != CAUSE_CODE_BUSY)
		conflicts = json_array();
	else
		conflicts = reason->conflicts ? conflicts_json(reason->conflicts) : json_null();
	return json_pack("{s:s, s:s, s:o, s:o}", "id", reason->id, "cause", reason->word ? reason->word : "ok",
			 "detail", detail_json(reason->detail ? reason->detail : ""), "conflicts", conflicts);
}
