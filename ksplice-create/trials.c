// SPDX-License-Identifier: GPL-2.0-or-later
/* Keeps the answers of kbuild's trials. */
#include "ksplice-create/trials.h"

#include <stdlib.h>
#include <string.h>

#include "ksplice-create/depend.h"
#include "ksplice-create/kbuild.h"
#include "ksplice-create/tree.h"

/*
 * An answer is kept under all of the trial's text, the command (with all flags so far) and both of its results, as a
 * variable's name in which no character means anything to make.  One that is not known is found out by the tree's own try-run,
 * and left in a file of its own, since makes run side by side.  "$()" keeps blanks that an answer begins with.
 */
static const char look_up[] =
	"ksplice-trials := y\n"
	"define ksplice-newline\n"
	"\n"
	"\n"
	"endef\n"
	"ksplice-hash := \\#\n"
	"ksplice-backslash := $(strip \\)\n"
	"ksplice-open := (\n"
	"ksplice-close := )\n"
	"ksplice-blank := $() $()\n"
	"ksplice-tab := $()\t$()\n"
	"ksplice-word = $(subst ',~q,$(subst $(ksplice-backslash),~b,$(subst $(ksplice-open),~o,$(subst $(ksplice-close),~p,"
	"$(subst $(ksplice-hash),~h,$(subst $$,~d,$(subst =,~e,$(subst :,~c,$(subst $(ksplice-newline),~n,$(subst $(ksplice-tab),~i,"
	"$(subst $(ksplice-blank),~s,$(subst ~,~t,$(1)))))))))))))\n"
	"ksplice-trial = $(call ksplice-answer,ksplice-trial~1$(call ksplice-word,$(1))~2$(call ksplice-word,$(2))~3$(call ksplice-word,$(3)),"
	"$(1),$(2),$(3))\n"
	"ksplice-answer = $(if $(filter undefined,$(origin $(1))),$(call ksplice-keep,$(1),$(call ksplice-try-run,$(2),$(3),$(4))),$($(1)))\n"
	"ksplice-odd = $(findstring $$,$(1))$(findstring $(ksplice-hash),$(1))$(findstring $(ksplice-backslash),$(1))$(findstring ',$(1))\n"
	"ksplice-keep = $(2)$(if $(call ksplice-odd,$(2)),,"
	"$(shell printf '%s\\n' '$(1) := $$()$(2)' >$(ksplice-found)/$$$$.new && mv $(ksplice-found)/$$$$.new $(ksplice-found)/$$$$))\n";

/* Where a tree has it: since 57fd251c7896 ("kbuild: split cc-option and friends to scripts/Makefile.compiler", v5.12) the first. */
static const char *const homes[] = {"scripts/Makefile.compiler", "scripts/Kbuild.include"};

static char *dir_of(const struct create *c)
{
	return xasprintf("%s/trials", c->ws.dir);
}

/* The value of the one definition of try-run, lines and all; NULL: it has none, or is not written as we know it. Owned by the caller. */
static char *definition(const char *text)
{
	static const char start[] = "\ntry-run = $(shell ";
	const char *value = strstr(text, start), *end;

	if (!value || strstr(value + 1, "\ntry-run") || strstr(value, "\noverride try-run"))
		return NULL;
	value += strlen("\ntry-run = ");
	end = value + strcspn(value, "\n");
	while (*end && end[-1] == '\\')
		end += 1 + strcspn(end + 1, "\n");
	return xstrndup(value, end - value);
}

static struct error *find_definition(const struct create *c, char **ret)
{
	struct error *err = NULL;

	*ret = NULL;
	for (size_t i = 0; !err && !*ret && i < ARRAY_SIZE(homes); i++) {
		_cleanup_free_ char *path = xasprintf("%s/%s", c->kernel.source, homes[i]), *text = NULL;

		/* The patched view has another one. */
		if (!path_exists(path) || strv_has(&c->patches.files, homes[i]))
			continue;
		err = file_read(path, TEXT_MAX, &text, NULL);
		if (!err)
			*ret = definition(text);
	}
	return err;
}

/* The file that is run as @program. */
static void add_program(struct fingerprint *f, const char *program)
{
	_cleanup_free_ char *dirs = xstrdup(getenv("PATH") ?: "");
	char *save = NULL;

	if (strchr(program, '/')) {
		fingerprint_add(f, program);
		return;
	}
	for (char *dir = strtok_r(dirs, ":", &save); dir; dir = strtok_r(NULL, ":", &save)) {
		_cleanup_free_ char *path = xasprintf("%s/%s", dir, program);

		if (!path_exists(path))
			continue;
		fingerprint_add(f, path);
		return;
	}
}

/* What an answer depends on beside the trial: the makefiles and the configuration, and who is asked. */
static struct error *read_fingerprint(struct create *c, const char *try_run, struct fingerprint *f)
{
	_cleanup_free_ char *prepared = NULL;
	struct error *err = kbuild_prepared(c, &prepared);

	fingerprint_add_text(f, prepared ?: "");
	fingerprint_add_text(f, look_up);
	fingerprint_add_text(f, try_run);
	fingerprint_add_text(f, c->kernel.cc_version);
	fingerprint_add_text(f, getenv("PATH") ?: "");
	add_program(f, c->kernel.cc);
	add_program(f, "as");
	add_program(f, "ld");
	return err;
}

/* Empties the directory unless all in it was found out under the same circumstances. */
static struct error *see_that_current(struct create *c, const char *try_run)
{
	_cleanup_free_ char *dir = dir_of(c), *key = xasprintf("%s/key", dir), *found = xasprintf("%s/found", dir);
	struct fingerprint f = FINGERPRINT_INIT;
	bool same = false;
	struct error *err = read_fingerprint(c, try_run, &f);

	err = err ?: fingerprint_check(&f, key, &same);
	if (!err && !same) {
		err = tree_empty(dir);
		err = err ?: read_fingerprint(c, try_run, &f);
		err = err ?: fingerprint_save(&f, key);
	}
	/* What a run that was killed has left does not count. */
	return err ?: tree_empty(found);
}

static struct error *write_makefile(struct create *c, const char *try_run)
{
	_cleanup_free_ char *dir = dir_of(c), *path = xasprintf("%s/trials.mk", dir), *known = xasprintf("%s/known", dir), *answers = NULL;
	_cleanup_str_ struct str text = STR_INIT;
	struct error *err = path_exists(known) ? file_read(known, TEXT_MAX, &answers, NULL) : NULL;

	str_addf(&text, "ksplice-found := %s/found\nksplice-try-run = %s\n%s%s", dir, try_run, look_up, answers ?: "");
	return err ?: tree_write(path, text.s, text.len);
}

struct error *trials_begin(struct create *c, struct strv *argv)
{
	_cleanup_free_ char *dir = dir_of(c), *try_run = NULL;
	struct error *err = find_definition(c, &try_run);

	if (err || !try_run)
		return err;
	err = see_that_current(c, try_run);
	err = err ?: write_makefile(c, try_run);
	/*
	 * Each make below gets this, too, and none of our makefiles: it reads them when it first tries something.  Not by include, as
	 * make would look for ways to make the file anew, and have it in MAKEFILE_LIST.
	 */
	strv_addf(argv, "try-run=$(if $(ksplice-trials),,$(eval $(file <%s/trials.mk)))$(if $(ksplice-trials),,$(error %s/trials.mk is gone))"
		  "$(call ksplice-trial,$(1),$(2),$(3))", dir, dir);
	return err;
}

/* One line, as look_up makes it. */
static bool is_answer(const char *text)
{
	return starts_with(text, "ksplice-trial~1") && strstr(text, " := $()") && text[strcspn(text, "\n")] && !text[strcspn(text, "\n") + 1];
}

/* Adds the answers that are in files of their own to those that are known. */
static struct error *take(const char *dir)
{
	_cleanup_free_ char *found = xasprintf("%s/found", dir), *known = xasprintf("%s/known", dir), *text = NULL;
	_cleanup_strv_ struct strv files = STRV_INIT;
	_cleanup_str_ struct str all = STR_INIT;
	struct error *err = tree_list(found, &files);

	if (err || !files.n)
		return err;
	err = path_exists(known) ? file_read(known, TEXT_MAX, &text, NULL) : NULL;
	if (text)
		str_add(&all, text, strlen(text));
	for (size_t i = 0; !err && i < files.n; i++) {
		_cleanup_free_ char *path = xasprintf("%s/%s", found, files.v[i]), *answer = NULL;

		err = file_read(path, TEXT_MAX, &answer, NULL);
		if (!err && is_answer(answer) && !(all.s && strstr(all.s, answer)))
			str_add(&all, answer, strlen(answer));
	}
	return err ?: tree_write(known, all.s ?: "", all.len);
}

struct error *trials_end(struct create *c, bool failed)
{
	_cleanup_free_ char *dir = dir_of(c), *found = xasprintf("%s/found", dir);

	return failed || !path_is_dir(found) ? NULL : take(dir);
}
