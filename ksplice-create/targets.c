// SPDX-License-Identifier: GPL-2.0-or-later
/* Takes the units of one target, vmlinux or a module, through objmanip and the offline check. */
#include "ksplice-create/targets.h"

#include <stdlib.h>
#include <string.h>

#include "common/names.h"
#include "ksplice-create/check-imports.h"
#include "ksplice-create/check-module.h"
#include "ksplice-create/extra-match.h"
#include "ksplice-create/kernel-memory.h"
#include "ksplice-create/kernel-modules.h"
#include "ksplice-create/layouts.h"
#include "ksplice-create/mismatch.h"
#include "ksplice-create/offline.h"
#include "ksplice-create/overrides.h"
#include "ksplice-create/prototypes.h"
#include "ksplice-create/report.h"
#include "ksplice-create/tree.h"
#include "objmanip/anew.h"
#include "objmanip/links.h"
#include "objmanip/lost.h"
#include "objmanip/refusals.h"

#define VMLINUX "vmlinux"

static struct target *find_target(struct create *c, const char *name)
{
	for (size_t i = 0; i < c->nr_targets; i++)
		if (!strcmp(c->targets[i].name, name))
			return &c->targets[i];
	return NULL;
}

/*
 * "ksplice_ID_TARGET", with a long target's name cut and numbered so that there is room for "_match" and the kernel's limit
 * holds.  An update has less than a thousand targets (UPDATE_FILES_MAX).
 */
static char *module_name(const struct create *c, const char *target, size_t index)
{
	size_t room = UPDATE_MODULE_NAME_MAX - strlen("ksplice_") - strlen(c->opt.id) - strlen("__match");

	if (strlen(target) <= room)
		return xasprintf("ksplice_%s_%s", c->opt.id, target);
	return xasprintf("ksplice_%s_%.*s_%03zu", c->opt.id, (int)room - 4, target, index);
}

static struct error *add_target(struct create *c, const char *name, struct target **ret)
{
	struct target *t;
	size_t index = c->nr_targets;

	c->targets = xrealloc(c->targets, (c->nr_targets + 1) * sizeof(*c->targets));
	t = &c->targets[c->nr_targets++];
	*t = (struct target){
		.name = xstrdup(name),
		.index = index,
		.code_module = module_name(c, name, index),
		.match_data = xasprintf("%s/match-%zu.bin", c->ws.update, index),
		/* kbuild copies what is called _shipped instead of making it. */
		.carried = xasprintf("%s/carried-%zu.o_shipped", c->ws.update, index),
	};
	t->match_module = xasprintf("%s_match", t->code_module);
	*ret = t;
	return om_target_create(name, c->opt.id, &c->layout, &t->om);
}

static void target_free(struct target *t)
{
	om_target_destroy(t->om);
	evidence_free(&t->evidence);
	mismatches_free(t);
	free(t->name);
	free(t->match_module);
	free(t->code_module);
	free(t->match_data);
	free(t->carried);
}

void targets_free(struct create *c)
{
	for (size_t i = 0; i < c->nr_targets; i++)
		target_free(&c->targets[i]);
	free(c->targets);
	c->targets = NULL;
	c->nr_targets = 0;
}

struct om_target *targets_of_unit(const struct create *c, const char *unit)
{
	for (size_t i = 0; i < c->nr_targets; i++)
		for (size_t k = 0; k < c->targets[i].om->nr_units; k++)
			if (!strcmp(c->targets[i].om->units[k].post->unit, unit))
				return c->targets[i].om;
	return NULL;
}

static struct error *add_unit(struct create *c, struct target *t, const struct unit *u)
{
	struct error *err = om_target_add(t->om, u->name, u->pre, u->post);
	bool usable = true;

	if (!err && u->renumbered)
		err = om_target_renumbered(t->om, u->renumbered, &usable);
	if (!err && !usable)
		report_note(c, "%s: its line numbers decide what is compiled; moved line numbers may be taken for changes",
			    u->source);
	return err;
}

/* They are only of use beside a unit that the diff reaches. */
static struct error *group_extra(struct create *c)
{
	struct error *err = NULL;

	for (size_t i = 0; !err && i < c->nr_extra; i++) {
		const struct unit *u = &c->extra[i];
		struct target *t = find_target(c, u->target);

		if (t)
			err = om_target_add_extra(t->om, u->name, u->pre);
		else
			report_note(c, "%s: is of %s, in which nothing changes; not matched", u->name, u->target);
		/* arch/x86/platform/pvh/head.o has code of 32 bits. */
		if (err && err->kind == ERROR_BAD_FILE && !extra_match_named(c, u->name)) {
			report_note(c, "%s; not matched", err->text);
			error_free(err);
			err = NULL;
		}
	}
	return err;
}

static struct error *group_units(struct create *c)
{
	struct error *err = NULL;

	for (size_t i = 0; !err && i < c->nr_units; i++) {
		const struct unit *u = &c->units[i];
		struct target *t = find_target(c, u->target);

		if (!t)
			err = add_target(c, u->target, &t);
		err = err ?: add_unit(c, t, u);
	}
	return err ?: group_extra(c);
}

static size_t count_refusals(const struct create *c)
{
	size_t nr = 0;

	for (size_t i = 0; i < c->nr_targets; i++)
		nr += c->targets[i].om->nr_refusals;
	return nr;
}

static struct error *check_refusals(struct create *c)
{
	size_t nr = count_refusals(c);

	if (!nr)
		return NULL;
	return error_new(ERROR_REFUSED, "the diff cannot be spliced safely, for %zu reason%s:", nr, nr > 1 ? "s" : "");
}

/* What is only new is reached by nothing. */
static struct error *drop_unchanged(struct create *c)
{
	_cleanup_strv_ struct strv unused = STRV_INIT;
	size_t kept = 0, nr_unused = 0;

	for (size_t i = 0; i < c->nr_targets; i++) {
		if (om_target_has_effect(c->targets[i].om)) {
			c->targets[kept++] = c->targets[i];
			continue;
		}
		nr_unused += c->targets[i].om->nr_unused;
		if (c->targets[i].om->nr_unused)
			strv_add(&unused, c->targets[i].name);
		target_free(&c->targets[i]);
	}
	c->nr_targets = kept;
	for (size_t i = 0; i < unused.n && kept; i++)
		report_note(c, "%s: the diff changes no function of it, and what it adds is used by nothing; left out", unused.v[i]);
	if (kept)
		return NULL;
	return error_new(ERROR_NO_CHANGE, nr_unused ? "the diff changes no function; what it adds is used by nothing"
						    : "the diff changes no object code");
}

static void report_notes(struct create *c)
{
	for (size_t i = 0; i < c->nr_targets; i++)
		for (size_t k = 0; k < c->targets[i].om->nr_notes; k++)
			report_note(c, "%s", c->targets[i].om->notes[k]);
}

static struct om_target **all_targets(const struct create *c)
{
	struct om_target **all = xrealloc(NULL, (c->nr_targets + 1) * sizeof(*all));

	for (size_t i = 0; i < c->nr_targets; i++)
		all[i] = c->targets[i].om;
	return all;
}

/* Finds what targets take from each other, and puts each behind those that it needs: modules are loaded in this order. */
static struct error *link_targets(struct create *c)
{
	_cleanup_free_ struct om_target **all = all_targets(c);
	struct error *err = om_links_make(all, c->nr_targets);

	/* Links go as the modules' own do, never in a circle; with one, as many rounds as there are targets are the end. */
	for (size_t round = 0; !err && round < c->nr_targets; round++) {
		for (size_t i = 0; i + 1 < c->nr_targets; i++) {
			for (size_t k = i + 1; k < c->nr_targets; k++) {
				struct target t = c->targets[i];

				if (!om_links_need(t.om, c->targets[k].om))
					continue;
				c->targets[i] = c->targets[k];
				c->targets[k] = t;
			}
		}
	}
	return err;
}

/* Each by itself, and then what one loses and another gains. */
static struct error *diff_targets(struct create *c)
{
	_cleanup_free_ struct om_target **all = all_targets(c);
	struct error *err = NULL;

	overrides_give_symbols(c);
	for (size_t i = 0; !err && i < c->nr_targets; i++)
		err = om_target_diff(c->targets[i].om);
	err = err ?: om_lost_between(all, c->nr_targets);
	return err ?: overrides_check(c);
}

static struct error *define_anew(struct create *c)
{
	struct error *err = NULL;

	for (size_t i = 0; i < c->anew.n; i++)
		for (size_t k = 0; k < c->nr_targets && !err; k++)
			err = om_define_anew(c->targets[k].om, c->anew.v[i]);
	return err;
}

static struct error *diff_and_check(struct create *c, const struct exports *exports)
{
	struct error *err = link_targets(c) ?: diff_targets(c);

	err = err ?: kernel_modules_load_imports(c, exports);
	err = err ?: check_imports(c, exports);
	return err ?: prototypes_check(c, exports);
}

/*
 * With functions that are defined anew, from the beginning: they are others for each question that was asked.  Who calls them is
 * replaced then, and may be one that gets another prototype, too.
 */
static struct error *diff_again(struct create *c, const struct exports *exports)
{
	struct error *err = NULL;

	for (size_t known = 0; !err && known < c->anew.n;) {
		known = c->anew.n;
		targets_free(c);
		err = group_units(c) ?: define_anew(c) ?: diff_and_check(c, exports);
	}
	for (size_t i = 0; i < c->anew.n && !err; i++)
		report_note(c, "%s: exported, and the diff changes its prototype: what is compiled with the diff calls a new function; "
			    "modules from elsewhere go on calling the old one, which the diff does not change", c->anew.v[i]);
	return err;
}

struct error *targets_diff(struct create *c)
{
	_cleanup_free_ char *symvers = xasprintf("%s/Module.symvers", c->ws.build);
	struct exports exports = {};
	struct error *err = group_units(c);

	err = err ?: kernel_modules_load(c);
	err = err ?: exports_read(symvers, &exports);
	err = err ?: diff_and_check(c, &exports);
	err = err ?: diff_again(c, &exports);
	exports_free(&exports);
	if (!err)
		report_notes(c);
	err = err ?: layouts_check(c);
	err = err ?: check_refusals(c);
	return err ?: drop_unchanged(c);
}

struct error *targets_check_settled(struct create *c, struct error **refusal)
{
	struct error *err = group_units(c) ?: link_targets(c) ?: diff_targets(c);

	for (size_t i = 0; i < c->nr_targets; i++)
		om_refusals_keep_settled(c->targets[i].om);
	err = err ?: layouts_check(c);
	if (!err)
		*refusal = check_refusals(c);
	return err;
}

struct error *targets_emit(struct create *c)
{
	struct error *err = tree_empty(c->ws.update);

	for (size_t i = 0; !err && i < c->nr_targets; i++) {
		err = om_target_emit_match(c->targets[i].om, c->targets[i].match_data);
		if (!err)
			err = om_target_emit_code(c->targets[i].om, c->targets[i].carried);
	}
	return err;
}

/* For the callbacks of the check. */
struct checking {
	const struct create *c;
	struct target *t;
};

static void tell(void *ctx, FILE *out, const struct offline_place *place)
{
	struct checking *ch = ctx;

	mismatch_tell(ch->c, ch->t, out, place);
}

static bool conclude(void *ctx, FILE *out, const struct offline_seen *seen)
{
	struct checking *ch = ctx;

	return mismatch_conclude(ch->c, ch->t, out, seen);
}

static void saw(void *ctx, const struct offline_seen *seen)
{
	evidence_collect(&((struct checking *)ctx)->t->evidence, seen);
}

static struct error *check_target(struct create *c, struct target *t)
{
	struct checking ctx = {c, t};
	const struct offline_words words = {.ctx = &ctx, .tell = tell, .conclude = conclude, .saw = saw};
	_cleanup_strv_ struct strv missing = STRV_INIT;
	struct offline_stats *stats = &t->evidence.stats;
	struct error *err;

	/* The user was told by kernel_modules_load(). */
	if (strcmp(t->name, VMLINUX) && !kernel_memory_has(c->kernel.memory, t->name))
		return NULL;
	err = offline_check(c->kernel.memory, t->match_data, &words, c->opt.series ? &missing : NULL, stats);
	t->evidence.checked = true;
	for (size_t i = 0; i < missing.n; i++)
		report_note(c, "%s: not as in the image; that must be because of an update which is in force", missing.v[i]);
	if (!err)
		log_detail(&c->log, "%s: %u of %u functions found, %u not required and passed over", t->name, stats->matched,
			   stats->functions, stats->passed_over);
	return err;
}

struct error *targets_check(struct create *c)
{
	struct error *err = NULL;

	for (size_t i = 0; !err && i < c->nr_targets; i++)
		err = check_target(c, &c->targets[i]);
	return err;
}
