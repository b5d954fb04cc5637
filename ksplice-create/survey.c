// SPDX-License-Identifier: GPL-2.0-or-later
/* Asks kbuild's makefiles for the units and their flags. */
#include "ksplice-create/survey.h"

#include <string.h>

#include "ksplice-create/depend.h"
#include "ksplice-create/kbuild.h"
#include "ksplice-create/tree.h"

/*
 * top_mk is read behind the tree's Makefile, below_mk behind scripts/Makefile.build, once for each directory, from the top
 * down as the kernel's build goes (kbuild.c).  c_flags is made for "$@": the loop's variable is called so.  What cannot
 * concern the preprocessor's search for files is left out.
 */
static const char top_mk[] =
	"ksplice-top := $(or $(filter-out $(build-dir),$(build-dirs)),.)\n"
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
	/* Those that the build runs, and that a module may contain (net/bpfilter). */
	"$(info ksplice-programs $(addprefix $(obj)/,$(foreach p,$(hostprogs) $(userprogs),$(or $(basename $($(p)-objs)),$(p)))))\n"
	"$(info ksplice-makefiles $(filter-out $(srctree)/scripts/%,$(MAKEFILE_LIST)))\n"
	"$(foreach @,$(ksplice-all),\\\n"
	"\t$(info ksplice-unit $@ $(ksplice-flags)))\n"
	"PHONY += ksplice-survey $(addprefix ksplice-in-,$(subdir-ym))\n"
	"ksplice-survey: $(addprefix ksplice-in-,$(subdir-ym))\n"
	"\t@:\n"
	"$(addprefix ksplice-in-,$(subdir-ym)): ksplice-in-%:\n"
	"\t$(Q)$(MAKE) -f $(srctree)/scripts/Makefile.build -f $(ksplice-below) obj=$* need-builtin=1 need-modorder=1 \\\n"
	"\t\tksplice-survey\n"
	".PHONY: $(PHONY)\n";

void survey_free(struct survey *s)
{
	strmap_free(&s->units);
	strmap_free(&s->flag_sets);
	strmap_free(&s->programs);
	strmap_free(&s->makefiles);
	free(s->flags);
	free(s->common);
	free(s->fingerprint);
	*s = (struct survey){};
}

/* @makefiles: NULL, or those of which the units are told, with all of their flags: of directories that read one, and below its own. */
static struct error *ask(struct create *c, const struct strv *makefiles, char **ret)
{
	_cleanup_str_ struct str dirs = STR_INIT, touched = STR_INIT;
	_cleanup_free_ char *top = xasprintf("%s/survey.mk", c->ws.dir), *below = xasprintf("%s/survey-below.mk", c->ws.dir);
	_cleanup_strv_ struct strv words = STRV_INIT;
	struct error *err = tree_write(top, top_mk, strlen(top_mk));

	strv_addf(&words, "-f%s", top);
	strv_addf(&words, "ksplice-below=%s", below);
	/* One make at a time: lines of several, longer than a pipe takes at once (4096 bytes), would get mixed. */
	strv_add(&words, "-j1");
	for (size_t i = 0; makefiles && i < makefiles->n; i++) {
		const char *file = makefiles->v[i];

		str_addf(&dirs, " %.*s", (int)(strrchr(file, '/') - file), file);
		str_addf(&touched, " %s", file);
	}
	if (makefiles) {
		strv_addf(&words, "ksplice-dirs=%s", dirs.s);
		strv_addf(&words, "ksplice-touched=%s", touched.s);
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

/* Cuts @text into lines. */
static struct error *parse(struct create *c, struct survey *s, char *text)
{
	_cleanup_free_ char *prepared = NULL;
	struct fingerprint f = FINGERPRINT_INIT;
	char hex[SHA256_HEX_SIZE], *save = NULL;
	struct error *err = kbuild_prepared(c, &prepared);

	fingerprint_add_text(&f, prepared ?: "");
	fingerprint_add_text(&f, below_mk);
	for (char *line = strtok_r(text, "\n", &save); line; line = strtok_r(NULL, "\n", &save)) {
		char *words = NULL;

		if (starts_with(line, "ksplice-unit "))
			add_unit(s, line + strlen("ksplice-unit "));
		else if (starts_with(line, "ksplice-programs "))
			for (char *w = strtok_r(line + strlen("ksplice-programs "), " ", &words); w; w = strtok_r(NULL, " ", &words))
				strmap_add(&s->programs, w);
		else if (starts_with(line, "ksplice-common ") && !s->common)
			s->common = xstrdup(line + strlen("ksplice-common "));
		else if (starts_with(line, "ksplice-makefiles "))
			for (char *w = strtok_r(line + strlen("ksplice-makefiles "), " ", &words); w;
			     w = strtok_r(NULL, " ", &words))
				strmap_add(&s->makefiles, w);
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
	err = ask(c, NULL, &text);
	err = err ?: tree_write(path, text, strlen(text));
	err = err ?: parse(c, ret, text);
	if (!err && !ret->units.names.n)
		err = error_new(ERROR_OTHER, "the kernel's makefiles name no units");
	return err ?: tree_write(key, ret->fingerprint, strlen(ret->fingerprint));
}

struct error *survey_exact(struct create *c, const struct strv *makefiles, struct survey *ret)
{
	_cleanup_free_ char *text = NULL;
	struct error *err = ask(c, makefiles, &text);

	*ret = (struct survey){};
	return err ?: parse(c, ret, text);
}
