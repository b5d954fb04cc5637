// SPDX-License-Identifier: GPL-2.0-or-later
/* Asks kbuild's makefiles for the units and their flags. */
#include "ksplice-create/survey.h"

#include <string.h>

#include "ksplice-create/depend.h"
#include "ksplice-create/kbuild.h"
#include "ksplice-create/tree.h"

/*
 * top_mk is read behind the tree's Makefile, below_mk behind scripts/Makefile.build, once for each directory, from the top
 * down as the kernel's build goes (kbuild-lists.c).  c_flags is made for "$@": the loop's variable is called so.  What cannot
 * concern the preprocessor's search for files is left out.
 * With ksplice-go, only these directories are gone to; with ksplice-from, from these of them to all below.
 */
static const char top_mk[] =
	"ksplice-top := $(or $(filter-out $(build-dir),$(build-dirs)),.)\n"
	"$(info ksplice-skipped $(if $(ksplice-go),$(filter-out $(ksplice-go),$(ksplice-top))))\n"
	"ksplice-top := $(if $(ksplice-go),$(filter $(ksplice-go),$(ksplice-top)),$(ksplice-top))\n"
	"PHONY += ksplice-survey $(addprefix ksplice-in-,$(ksplice-top))\n"
	"$(info ksplice-common $(LINUXINCLUDE))\n"
	"ksplice-survey: $(addprefix ksplice-in-,$(ksplice-top))\n"
	"$(addprefix ksplice-in-,$(ksplice-top)): ksplice-in-%:\n"
	"\t$(Q)$(MAKE) -f $(srctree)/scripts/Makefile.build -f $(ksplice-below) obj=$* need-builtin=1 need-modorder=1 \\\n"
	"\t\tksplice-survey\n"
	".PHONY: $(PHONY)\n";

static const char below_mk[] =
	"ksplice-all := $(sort $(filter %.o,$(real-obj-y) $(real-obj-m) $(lib-y) $(extra-y)))\n"
	"ifdef ksplice-dirs\n"
	/* drivers/gpu/drm/nouveau/Kbuild includes nvkm/subdev/Kbuild, which may say something about any unit of its own. */
	"ksplice-reads := $(filter $(addprefix $(abspath $(srctree))/,$(ksplice-touched)),$(abspath $(MAKEFILE_LIST)))\n"
	"ksplice-all := $(if $(ksplice-reads),$(ksplice-all),$(filter $(addsuffix /%,$(ksplice-dirs)),$(ksplice-all)))\n"
	"ksplice-flags = $(c_flags) $(a_flags)\n"
	"else\n"
	"ksplice-flags = $(filter-out -W% -f% -m% -O% -D% -g% -std%,$(subst $(LINUXINCLUDE),@,$(c_flags)))\n"
	"endif\n"
	"$(info ksplice-dir $(obj))\n"
	/* Those that the build runs, and that a module may contain (net/bpfilter). */
	"$(info ksplice-programs $(addprefix $(obj)/,$(foreach p,$(hostprogs) $(userprogs),$(or $(basename $($(p)-objs)),$(p)))))\n"
	/* Ours is written anew each time, so its time would tell that something changed. */
	"$(info ksplice-makefiles $(filter-out $(srctree)/scripts/% $(ksplice-below),$(MAKEFILE_LIST)))\n"
	"$(foreach @,$(ksplice-all),\\\n"
	"\t$(info ksplice-unit $@ $(ksplice-flags)))\n"
	"ksplice-all-below := $(if $(ksplice-go),$(filter $(obj),$(ksplice-from)),y)\n"
	"ksplice-next := $(if $(ksplice-all-below),$(subdir-ym),$(filter $(ksplice-go),$(subdir-ym)))\n"
	"$(info ksplice-below $(subdir-ym))\n"
	"$(info ksplice-skipped $(filter-out $(ksplice-next),$(subdir-ym)))\n"
	"PHONY += ksplice-survey $(addprefix ksplice-in-,$(ksplice-next))\n"
	"ksplice-survey: $(addprefix ksplice-in-,$(ksplice-next))\n"
	"\t@:\n"
	"$(addprefix ksplice-in-,$(ksplice-next)): ksplice-in-%:\n"
	"\t$(Q)$(MAKE) -f $(srctree)/scripts/Makefile.build -f $(ksplice-below) obj=$* need-builtin=1 need-modorder=1 \\\n"
	"\t\t$(if $(ksplice-all-below),ksplice-go=) ksplice-survey\n"
	".PHONY: $(PHONY)\n";

void survey_free(struct survey *s)
{
	strmap_free(&s->units);
	strmap_free(&s->flag_sets);
	strmap_free(&s->programs);
	strmap_free(&s->makefiles);
	for (size_t i = 0; i < s->dirs.names.n; i++) {
		strv_free(&s->dir[i].makefiles);
		strv_free(&s->dir[i].programs);
		strv_free(&s->dir[i].below);
	}
	strmap_free(&s->dirs);
	free(s->dir);
	strv_free(&s->skipped);
	free(s->flags);
	free(s->common);
	free(s->fingerprint);
	*s = (struct survey){};
}

static void add_list(struct strv *words, const char *name, const struct strv *list)
{
	_cleanup_str_ struct str text = STR_INIT;

	for (size_t i = 0; i < list->n; i++)
		str_addf(&text, " %s", list->v[i]);
	strv_addf(words, "%s=%s", name, text.s ?: "");
}

/* Where to go; all NULL: everywhere. */
struct way {
	const struct strv *makefiles; /* those of which the units are told, with all of their flags: of directories that read one, and below its own */
	const struct strv *go;	      /* directories; none: all */
	const struct strv *from;      /* those of them from which all below are gone to */
};

static struct error *ask(struct create *c, struct way way, char **ret)
{
	_cleanup_strv_ struct strv dirs = STRV_INIT;
	_cleanup_free_ char *top = xasprintf("%s/survey.mk", c->ws.dir), *below = xasprintf("%s/survey-below.mk", c->ws.dir);
	_cleanup_strv_ struct strv words = STRV_INIT;
	struct error *err = tree_write(top, top_mk, strlen(top_mk));

	strv_addf(&words, "-f%s", top);
	strv_addf(&words, "ksplice-below=%s", below);
	/* One make at a time: lines of several, longer than a pipe takes at once (4096 bytes), would get mixed. */
	strv_add(&words, "-j1");
	for (size_t i = 0; way.makefiles && i < way.makefiles->n; i++)
		strv_addf(&dirs, "%.*s", (int)(strrchr(way.makefiles->v[i], '/') - way.makefiles->v[i]), way.makefiles->v[i]);
	if (way.makefiles) {
		add_list(&words, "ksplice-dirs", &dirs);
		add_list(&words, "ksplice-touched", way.makefiles);
		add_list(&words, "ksplice-go", way.go);
		add_list(&words, "ksplice-from", way.from);
	}
	strv_add(&words, "ksplice-survey");
	err = err ?: tree_write(below, below_mk, strlen(below_mk));
	err = err ?: kbuild_make(c, &words, ret);
	return err ? error_prefix(err, "asking the kernel's makefiles which units there are") : NULL;
}

/* @line: "fs/proc/cmdline.o @ -include ...". */
static void add_unit(struct survey *s, char *line)
{
	size_t len = strcspn(line, " "), unit, known = s->units.names.n;
	const char *flags = line[len] ? line + len + 1 : "";
	_cleanup_free_ char *both = NULL;

	line[len] = 0;
	unit = strmap_add(&s->units, line);
	/* arch/x86/pci/ is reached by two ways, which may give it different flags. */
	if (unit < known) {
		if (strcmp(s->flag_sets.names.v[s->flags[unit]], flags)) {
			both = xasprintf("%s %s", s->flag_sets.names.v[s->flags[unit]], flags);
			s->flags[unit] = strmap_add(&s->flag_sets, both);
		}
		return;
	}
	s->flags = xrealloc(s->flags, (unit + 1) * sizeof(*s->flags));
	s->flags[unit] = strmap_add(&s->flag_sets, flags);
}

static struct survey_dir *add_dir(struct survey *s, const char *name)
{
	size_t known = s->dirs.names.n, n = strmap_add(&s->dirs, name);

	if (n == known) {
		s->dir = xrealloc(s->dir, (n + 1) * sizeof(*s->dir));
		s->dir[n] = (struct survey_dir){};
	}
	return &s->dir[n];
}

/* The words of a line, to one or two lists. */
static void add_words(char *line, struct strmap *all, struct strv *own)
{
	char *save = NULL;

	for (char *w = strtok_r(line, " ", &save); w; w = strtok_r(NULL, " ", &save)) {
		if (all)
			strmap_add(all, w);
		if (own)
			strv_add_new(own, w);
	}
}

/* Cuts @text into lines. */
static struct error *parse(struct create *c, struct survey *s, char *text)
{
	_cleanup_free_ char *prepared = NULL;
	struct fingerprint f = FINGERPRINT_INIT;
	char hex[SHA256_HEX_SIZE], *save = NULL;
	struct survey_dir *dir = NULL;
	struct error *err = kbuild_prepared(c, &prepared);

	fingerprint_add_text(&f, prepared ?: "");
	fingerprint_add_text(&f, below_mk);
	for (char *line = strtok_r(text, "\n", &save); line; line = strtok_r(NULL, "\n", &save)) {
		size_t len = strcspn(line, " ") + (line[strcspn(line, " ")] == ' ');

		if (starts_with(line, "ksplice-unit "))
			add_unit(s, line + len);
		else if (starts_with(line, "ksplice-dir "))
			dir = add_dir(s, line + len);
		else if (starts_with(line, "ksplice-programs "))
			add_words(line + len, &s->programs, dir ? &dir->programs : NULL);
		else if (starts_with(line, "ksplice-common ") && !s->common)
			s->common = xstrdup(line + len);
		else if (starts_with(line, "ksplice-makefiles "))
			add_words(line + len, &s->makefiles, dir ? &dir->makefiles : NULL);
		else if (starts_with(line, "ksplice-below "))
			add_words(line + len, NULL, dir ? &dir->below : NULL);
		else if (starts_with(line, "ksplice-skipped "))
			add_words(line + len, NULL, &s->skipped);
	}
	for (size_t i = 0; i < s->makefiles.names.n; i++) {
		_cleanup_free_ char *path = depend_locate(c, s->makefiles.names.v[i]);

		fingerprint_add(&f, path);
	}
	err = err ?: fingerprint_finish(&f, hex);
	s->fingerprint = xstrdup(hex);
	if (!err && !s->common)
		err = error_new(ERROR_OTHER, "the kernel's makefiles do not answer");
	return err;
}

static struct error *from_cache(struct create *c, const char *path, const char *key, struct survey *ret, bool *found)
{
	_cleanup_free_ char *text = NULL, *was = NULL;
	struct error *err = NULL;

	*found = false;
	if (!path_exists(path) || !path_exists(key))
		return NULL;
	err = file_read(path, TEXT_MAX, &text, NULL);
	err = err ?: file_read(key, 4096, &was, NULL);
	err = err ?: parse(c, ret, text);
	if (!err && !strcmp(was, ret->fingerprint))
		*found = true;
	else
		survey_free(ret);
	return err;
}

struct error *survey_get(struct create *c, struct survey *ret)
{
	_cleanup_free_ char *path = xasprintf("%s/survey", c->ws.dir), *key = xasprintf("%s/survey.key", c->ws.dir);
	_cleanup_free_ char *text = NULL;
	struct error *err = NULL;
	bool found = false;

	*ret = (struct survey){};
	err = from_cache(c, path, key, ret, &found);
	if (err || found)
		return err;
	err = ask(c, (struct way){}, &text);
	err = err ?: tree_write(path, text, strlen(text));
	err = err ?: parse(c, ret, text);
	if (!err && !ret->units.names.n)
		err = error_new(ERROR_OTHER, "the kernel's makefiles name no units");
	return err ?: tree_write(key, ret->fingerprint, strlen(ret->fingerprint));
}

/* Does make read @file in the directory? */
static bool reads(const struct create *c, const struct survey_dir *dir, const char *file)
{
	for (size_t i = 0; i < dir->makefiles.n; i++) {
		/* kbuild-run.c has taken the view's path from what make said. */
		_cleanup_free_ char *path = xasprintf("%s/%s", c->ws.view, dir->makefiles.v[i]);

		if (depend_names(c, path, file))
			return true;
	}
	return false;
}

/* The directories that read a makefile of @makefiles, or are at one or below.  false: one is read by none, who knows why. */
static bool find_readers(const struct create *c, const struct survey *whole, const struct strv *makefiles, struct strv *ret)
{
	for (size_t i = 0; i < makefiles->n; i++) {
		const char *file = makefiles->v[i];
		size_t len = strrchr(file, '/') - file;
		bool any = false;

		for (size_t k = 0; k < whole->dirs.names.n; k++) {
			const char *name = whole->dirs.names.v[k];
			bool read = reads(c, &whole->dir[k], file);

			any |= read;
			if (read || (!strncmp(name, file, len) && strchr("/", name[len])))
				strv_add_new(ret, name);
		}
		if (!any)
			return false;
	}
	return true;
}

/* Adds the directories from which kbuild gets to those of @go. The list grows while it is gone through. */
static void add_ways(const struct survey *whole, struct strv *go)
{
	for (size_t i = 0; i < go->n; i++)
		for (size_t k = 0; k < whole->dirs.names.n; k++)
			if (strv_has(&whole->dir[k].below, go->v[i]))
				strv_add_new(go, whole->dirs.names.v[k]);
}

/* What the directories that were not gone to, and those below them, have. The list grows while it is gone through. */
static void take_skipped(const struct survey *whole, struct survey *s)
{
	for (size_t i = 0; i < s->skipped.n; i++) {
		size_t n = strmap_find(&whole->dirs, s->skipped.v[i]);
		const struct survey_dir *dir = n == STRMAP_NONE ? NULL : &whole->dir[n];

		for (size_t k = 0; dir && k < dir->makefiles.n; k++)
			strmap_add(&s->makefiles, dir->makefiles.v[k]);
		for (size_t k = 0; dir && k < dir->programs.n; k++)
			strmap_add(&s->programs, dir->programs.v[k]);
		for (size_t k = 0; dir && k < dir->below.n; k++)
			strv_add_new(&s->skipped, dir->below.v[k]);
	}
}

struct error *survey_exact(struct create *c, const struct survey *whole, const struct strv *makefiles, struct survey *ret)
{
	_cleanup_strv_ struct strv from = STRV_INIT, go = STRV_INIT;
	_cleanup_free_ char *text = NULL;
	struct error *err;

	*ret = (struct survey){};
	if (find_readers(c, whole, makefiles, &from))
		for (size_t i = 0; i < from.n; i++)
			strv_add(&go, from.v[i]);
	add_ways(whole, &go);
	err = ask(c, (struct way){.makefiles = makefiles, .go = &go, .from = &from}, &text);
	err = err ?: parse(c, ret, text);
	if (!err)
		take_skipped(whole, ret);
	return err;
}
