/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The core's own objects and what its files offer to each other.
 *
 *	update		what one diff became; a directory in /sys/kernel/ksplice
 *	target		vmlinux or a module, in an update
 *	splice		a replaced function, or a part of one, in a target
 *
 * Locking: ksplice_lifecycle is held by whoever creates or destroys updates (the entry points of modules, the write
 * of "forget"); inside it ksplice_mutex guards all fields of all updates, and is all that the other sysfs files take.
 * A directory is removed under ksplice_lifecycle alone: kobject_del() waits for running show and store functions
 * (fs/kernfs/dir.c, kernfs_drain(), 6.1), and those wait for ksplice_mutex.
 */
#ifndef KSPLICE_CORE_H
#define KSPLICE_CORE_H

#undef pr_fmt
#define pr_fmt(fmt) "ksplice: " fmt

#include <linux/completion.h>
#include <linux/kallsyms.h>
#include <linux/kobject.h>
#include <linux/list.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/types.h>

#include "arch/arch.h"
#include "ksplice.h"

#define KSPLICE_ID_MAX		24	/* characters of an id, docs/formats.md */
#define KSPLICE_DETAIL_MAX	512	/* bytes of abort_detail, NUL included */

/*
 *	preparing --write "applied"--> applied --write "reversed"--> reversed --write "applied"--> applied ...
 *
 * The code modules can be unloaded in preparing and in reversed.
 */
enum ksplice_stage {
	KSPLICE_PREPARING,
	KSPLICE_APPLIED,
	KSPLICE_REVERSED,
};

/* Why the last try failed; words in sysfs.c, meanings in docs/formats.md. */
enum ksplice_cause {
	KSPLICE_OK,
	KSPLICE_BAD_MATCH_DATA,
	KSPLICE_NO_MATCH,
	KSPLICE_AMBIGUOUS,
	KSPLICE_FAILED_TO_FIND,
	KSPLICE_CODE_BUSY,
	KSPLICE_MODULE_BUSY,
	KSPLICE_TARGET_NOT_LOADED,
	KSPLICE_DEPENDS,
	KSPLICE_HOOK_CHANGED,
	KSPLICE_DATA_CHANGED,
	KSPLICE_ABORTED,
	KSPLICE_CLASH,
	KSPLICE_HAS_HOOKS,
	KSPLICE_REPLACES,
	KSPLICE_OTHER_UPDATE,
	KSPLICE_OUT_OF_MEMORY,
	KSPLICE_UNEXPECTED,
	KSPLICE_NR_CAUSES,
};

struct ksplice_publication;
struct ksplice_update;

/* A step in a chain of replacements; hooks.c. */
struct ksplice_step {
	struct hlist_node node;
	unsigned long	from, to;
};

/* A function that is replaced, or a part of one (foo.cold), as it was matched. */
struct ksplice_splice {
	/* set by matching */
	char		*name, *unit;	/* owned */
	unsigned long	addr;		/* first byte in run memory */
	u32		len;		/* bytes of run code */
	bool		part;		/* a part: looked for on stacks, not hooked */
	bool		ftrace;		/* hooked through ftrace, @hook_off is the ftrace entry: no bytes are written */
	u8		hook_off;	/* where the hook goes, from @addr */
	u8		old[KSPLICE_HOOK_LEN];	/* the hook's bytes as they were when it matched */
	/* set by the code module */
	unsigned long	new;		/* entry of the replacement; 0: none given yet */
	u8		hook[KSPLICE_HOOK_LEN];
	/* from before the stop that applies to after the stop that reverses */
	struct ksplice_ftrace_hook *ftrace_hook;	/* of @ftrace, else NULL */
	/* around the stop that applies: whose hook through ftrace it takes over */
	struct ksplice_splice *takes;
	bool		taken;		/* ... and whether another one takes over its own */
	/* while applied */
	struct ksplice_step newer, older;	/* from @addr to @new, and back */
};

/* An object whose contents are replaced in place (data.c). */
struct ksplice_object {
	/* set by matching */
	char		*name, *unit;	/* owned */
	unsigned long	addr;
	u32		len;		/* bytes */
	void		*old;		/* its contents as they were when it matched; owned */
	/* set by the code module */
	const void	*new;		/* in the code module; NULL: none given yet */
};

struct ksplice_target {
	struct list_head list;		/* in update->targets */
	struct ksplice_update *update;
	char		*name;		/* owned */
	struct module	*module;	/* NULL: vmlinux, or @gone; referenced, but if @late */
	bool		late;		/* may go: not referenced, it has a gate (gates.c) */
	bool		just_held;	/* was late before the moves that are being made */
	bool		gone;		/* @module is on its way out, or gone: no more than a code module that is to go */
	bool		pinned;		/* ... and that cannot go: @module is NULL */
	const struct module *match;	/* loaded match module, or NULL */
	struct module	*code;		/* loaded code module, or NULL; referenced while applied */
	struct ksplice_splice *splices;
	size_t		nr_splices;
	struct ksplice_object *objects;
	size_t		nr_objects;
	const struct ksplice_author_hook *author_hooks;	/* in the code module */
	size_t		nr_author_hooks;
	struct ksplice_publication *publication;	/* until the code module is loaded */
	struct ksplice_publication *offers;	/* what the code module has for others of the update, or NULL */
	struct list_head depends, held;
	struct list_head uses;		/* struct ksplice_held: code modules whose offers @code may use */
};

/* Another update whose code this one stands on: its code modules cannot go while this struct exists. */
struct ksplice_dependence {
	struct list_head list;		/* in target->depends */
	struct ksplice_target *on;	/* its code module is referenced */
};

/* A module which is another one than the target, to which its new code refers: it cannot go while this struct exists. */
struct ksplice_held {
	struct list_head list;		/* in target->held or target->uses */
	struct module	*module;
};

/* A target that is spliced when it comes, if it is not there, or is not there any more (waits.c). */
struct ksplice_wait {
	struct list_head list;		/* in update->waits */
	struct ksplice_update *update;
	char		*name;		/* owned */
	bool		strict;		/* without the update it is not loaded */
	/* under the lock of waits.c */
	struct list_head all;
	bool		unpatched;	/* it is there, without the update */
	enum ksplice_cause cause;	/* why */
	char		detail[KSPLICE_DETAIL_MAX];
};

/* As if what an update is matched: as-if.c. */
struct ksplice_as_if {
	char		(*upon)[KSPLICE_ID_MAX + 1];	/* applied before it; until it is applied; owned, NULL: none */
	char		(*instead)[KSPLICE_ID_MAX + 1];	/* never applied; for as long as the match counts; likewise */
	unsigned int	nr_upon, nr_instead;
};

/* Text for a file that may be longer than a page. */
struct ksplice_text {
	char	*buf;	/* kvmalloc */
	size_t	len, size;
};

struct ksplice_update {
	struct kobject	kobj;		/* the directory; released when the kobject is gone */
	struct completion released;
	struct list_head list;		/* in ksplice_updates */
	char		id[KSPLICE_ID_MAX + 1];
	enum ksplice_stage stage;
	bool		in_force;	/* applied; while another one is matched: as if it were, or were not */
	u64		sequence;	/* of those that are applied, the later the greater */
	enum ksplice_cause cause;
	char		detail[KSPLICE_DETAIL_MAX];
	bool		keep;		/* matching failed: stays without modules, to tell why */
	bool		incomplete;	/* ... or stays as it waits, without modules that it had or should have: cannot be applied */
	struct list_head targets;
	struct list_head waits;
	struct ksplice_update *whole;	/* of a share (shares.c): whose; it has no directory. Else NULL */
	struct ksplice_as_if as_if;
	struct ksplice_text conflicts;
	time64_t	applied_at;
	u64		match_ns, check_ns, stop_ns;
	unsigned int	tasks, stacks, tries;
};

/* One update of those that go to another stage in one stop. */
struct ksplice_move {
	struct ksplice_update *update;
	bool		reverse;	/* to "reversed", else to "applied" */
};

/* In the order in which they count as made, though no code runs between them. */
struct ksplice_moves {
	struct ksplice_move *move;	/* an update is in it once */
	size_t		nr;
};

/* core.c */
extern struct mutex ksplice_lifecycle, ksplice_mutex;
/*
 * Takes both, unless an author's function runs with them: a hook may wait for the task that calls this, as it may load a module.  False
 * when it has run for some seconds; then nothing is taken.
 */
bool ksplice_lock_unless_hook(void);
extern struct list_head ksplice_updates;

/* update.c: under ksplice_mutex */
struct ksplice_update *ksplice_update_find(const char *id);
struct ksplice_target *ksplice_target_find(struct ksplice_update *u, const char *name);
bool ksplice_update_has_modules(const struct ksplice_update *u);
/* The target whose code module holds @addr, or NULL. */
struct ksplice_target *ksplice_code_at(unsigned long addr);
/* Records why a try failed. @fmt gives "key=value key=value", and may be NULL. Returns @err. */
int ksplice_fail(struct ksplice_update *u, enum ksplice_cause cause, int err, const char *fmt, ...) __printf(4, 5);
/* @t holds the target of @on, whose code goes with that: 0; -EAGAIN: it is going; -ENOMEM. */
int ksplice_target_hold_target(struct ksplice_target *t, const struct ksplice_target *on);
/* Makes @t depend on @on, once. */
int ksplice_target_depend(struct ksplice_target *t, struct ksplice_target *on);
/* A target of @on's that one of @u's depends on, or NULL. */
struct ksplice_target *ksplice_stands_on(const struct ksplice_update *u, const struct ksplice_update *on);
/* All but list and directory. */
void ksplice_update_init(struct ksplice_update *u, const char *id);
/* The end of an update, in two steps: takes it from the list and removes its directory; frees it. Under ksplice_lifecycle
 * and not under ksplice_mutex. */
void ksplice_update_unlink(struct ksplice_update *u);
void ksplice_update_free(struct ksplice_update *u);
/* A new one, in the list and with its directory; NULL: no memory, or no directory. Under ksplice_lifecycle alone: the files of the
 * directory may be used as soon as it is there. */
struct ksplice_update *ksplice_update_create(const char *id);
/* Back to a name and the reason of the last failure; and as if it were new. */
void ksplice_update_strip(struct ksplice_update *u);
void ksplice_update_reset(struct ksplice_update *u);
/* A new target of @u, in its list; NULL: no memory. @name is copied. */
struct ksplice_target *ksplice_target_create(struct ksplice_update *u, const char *name);
void ksplice_target_destroy(struct ksplice_target *t);
/* Finds and holds the module that @t is about: for as long as the update lives, its name means this module. 0 or -ENOENT, reason
 * recorded. */
int ksplice_target_bind(struct ksplice_target *t);

/* Notes in a list, once, that @mod is held, of which a reference is handed over: 0, or -ENOMEM, and that is dropped. */
int ksplice_held_add(struct list_head *list, struct module *mod);
void ksplice_held_drop(struct list_head *list);
/* @mod is gone, whoever held it. */
void ksplice_held_forget(struct list_head *list, const struct module *mod);
/* Keeps the module that @addr lies in, if it is another one, for as long as @t is there. -EAGAIN: it is going; -ENOMEM. */
int ksplice_target_hold(struct ksplice_target *t, unsigned long addr);

/* match.c: under both locks, while modules stay; fills @t from match data that has been checked. 0 or -errno, reason recorded. */
struct runpre_header;
int ksplice_match(struct ksplice_target *t, const struct runpre_header *h);

/* Records why ksplice_publish() gave @err, returns what the module's init is to return. */
int ksplice_fail_publish(struct ksplice_update *u, int err);

/*
 * exports.c: who exports @name, NULL for the kernel proper, and where it is; false: nobody.  With preemption disabled: else the owner may
 * be gone by the next moment.
 */
int ksplice_exports_init(void);
bool ksplice_export(const char *name, struct module **owner, u64 *addr);

/* candidates.c: under ksplice_mutex; takes module_mutex. */
struct ksplice_candidates {
	u64	*addrs;		/* kvmalloc */
	u32	*first;		/* nr_syms + 1; kvmalloc */
};
/* What the symbol tables have for each symbol of @h, as owners allow; 0 or -ENOMEM. */
int ksplice_candidates_collect(const struct ksplice_target *t, const struct runpre_header *h,
			       struct ksplice_candidates *ret);
void ksplice_candidates_free(struct ksplice_candidates *c);

/* publish.c: under ksplice_lifecycle, but for init and exit; takes module_mutex and waits for grace periods of RCU. */
struct ksplice_symbol {
	const char	*name;	/* borrowed; copied by ksplice_publish() */
	unsigned long	value;
};
/* 0 or -errno: the core's own functions. From here on modules of updates find them. */
int ksplice_publish_init(void);
void ksplice_publish_exit(void);
/* Makes @nr symbols visible to the module loader. 0; -EEXIST: a name twice; -ENOSPC; -ERANGE: a value out of reach; -ENOMEM */
int ksplice_publish(const struct ksplice_symbol *syms, size_t nr, struct ksplice_publication **ret);
/* Takes @p, which may be NULL. */
void ksplice_unpublish(struct ksplice_publication *p);

/* offers.c: under ksplice_mutex. Of @mod, the code module of @t, which is being loaded: as ksplice_publish(). */
int ksplice_offers_publish(struct ksplice_target *t, const struct module *mod);
void ksplice_offers_withdraw(struct ksplice_target *t);
/* Holds the code modules of other targets that offer something; 0; -EAGAIN: one is going; -ENOMEM. */
int ksplice_offers_hold(struct ksplice_target *t);
void ksplice_offers_drop(struct ksplice_target *t);

/*
 * apply.c: all moves in one stop of the machine, or none; under ksplice_mutex.  Puts those that reverse first, the latest applied
 * before the others.  0 or -errno: then each update has a reason.
 */
int ksplice_moves_make(struct ksplice_moves *m);
/* Puts moves in the order in which they are made. */
void ksplice_moves_order(struct ksplice_moves *m);
/* Whether @u is reversed in this stop. */
bool ksplice_is_reversed(const struct ksplice_moves *m, const struct ksplice_update *u);
/* Whether all code modules of @u are loaded; else -EINVAL, reason recorded at @u. */
int ksplice_update_complete(struct ksplice_update *u);
/* Whether no target of any move is lost; else -EBUSY, reason recorded at whose it is. */
int ksplice_moves_targets(const struct ksplice_moves *m);
/* How many times the machine was stopped. */
unsigned long ksplice_stops(void);

/* as-if.c: under ksplice_mutex. */
struct ksplice_writes;
/* What the match modules of @u say; each must say the same. 0 or -errno, reason recorded. */
int ksplice_as_if_set(struct ksplice_update *u, const struct ksplice_match_module *mm);
void ksplice_as_if_clear(struct ksplice_update *u);
/* What it was matched upon is forgotten, what it was matched instead of is not. */
void ksplice_as_if_clear_upon(struct ksplice_update *u);
/* Whether the update of move @i may be applied then: what it was matched upon is applied before it, what it was matched instead of is
 * not applied after the stop. 0 or -errno, reason recorded. */
int ksplice_as_if_holds(const struct ksplice_moves *m, size_t i);
/*
 * Until ksplice_as_if_end(), hooks and modules are as they will be for @u, and *@ret, which is to be freed, has what is not in
 * memory yet. 0 or -errno, reason recorded, and nothing has begun.
 */
int ksplice_as_if_begin(struct ksplice_update *u, struct ksplice_writes *ret);
void ksplice_as_if_end(void);
/* Whether @u is applied when move @i has its turn. */
bool ksplice_applied_at_move(const struct ksplice_moves *m, size_t i, const struct ksplice_update *u);

/* modules.c: whether a string of foreign origin may be one. */
bool ksplice_is_id(const char *s);
bool ksplice_is_target_name(const char *s);

/* waits.c: under ksplice_mutex. */
/* From here on @name has a gate when it comes. 0; -EBUSY: not preparing; -EEXIST; -ENOMEM */
int ksplice_wait_add(struct ksplice_update *u, const char *name, bool strict);
struct ksplice_wait *ksplice_wait_find(struct ksplice_update *u, const char *name);
void ksplice_waits_drop(struct ksplice_update *u);
/* Whether all are still to come; else -EBUSY, reason recorded. */
int ksplice_waits_check(struct ksplice_update *u);
/* Why it is not spliced, or was not last time. @detail is as in abort_detail. */
void ksplice_wait_fail(struct ksplice_wait *w, enum ksplice_cause cause, const char *detail);
/* A line each; 0 or -ENOMEM. */
int ksplice_waits_text(struct ksplice_update *u, struct ksplice_text *text);

/* shares.c: under ksplice_mutex. */
/* A share of @whole; NULL: no memory. Both under ksplice_lifecycle, too. */
struct ksplice_update *ksplice_share_create(struct ksplice_update *whole);
void ksplice_share_destroy(struct ksplice_update *share);
/* The target of that name in a share of @whole, or NULL. */
struct ksplice_target *ksplice_share_find(const struct ksplice_update *whole, const char *name);
/* What @share has failed with is told of the target that waits. */
void ksplice_share_failed(const struct ksplice_update *share, const char *target);
/* Applies what has been prepared for modules at their gates; 0 or -errno, reason recorded. */
int ksplice_shares_splice(struct ksplice_update *whole);
/* What is reversed holds its targets again: 0 or -EBUSY, reason recorded. If it is not reversed after all; if it is. */
int ksplice_late_hold(struct ksplice_update *u);
void ksplice_late_unhold(struct ksplice_update *u);
void ksplice_late_held(struct ksplice_update *u);
/* What has been applied lets go of those targets that it would wait for again. */
void ksplice_late_let_go(struct ksplice_update *u);

/* helper.c: the program that is run when a module comes or goes, with --coming=MODULE or --going=MODULE. 0; -EINVAL; -ENAMETOOLONG */
int ksplice_helper_set(const char *path);

/* gates.c */
int ksplice_gates_init(void);	/* 0 or -errno */
void ksplice_gates_exit(void);
/* Under ksplice_mutex: the module of that name which stands at its gate, or NULL. */
struct module *ksplice_at_gate(const char *name);
/* Before @t lets go of its module; likewise. */
void ksplice_gate_release(const struct ksplice_target *t);
/* Under both locks: forgets the modules that have gone without their gates, before another one can be where one of them was. */
void ksplice_gates_sweep(void);
/* As try_module_get(), of the module of a target, of which all may be gone by now but its address. */
bool ksplice_gate_hold(struct module *mod);
/* As module_put(), of one that was held, likewise. */
void ksplice_gate_put(struct module *mod);
/* Whether it is one of these, as yet: somebody may have forced it out though it is held. */
bool ksplice_gate_lost(const struct module *mod);
/*
 * Until ksplice_modules_may_go(), the memory of every module stays that is there and not lost, also of one that is forced out.  Under
 * ksplice_mutex, and never while an author's function runs that may sleep, or where a module is waited for: who unloads one waits.
 */
void ksplice_modules_stay(void);
void ksplice_modules_may_go(void);

/* leave.c: in the exit of the code module of @t. */
void ksplice_leave_code(const struct ksplice_target *t);

/* hooks.c: under ksplice_mutex. */
/* The newest replacement of the function at @addr, or @addr itself. */
unsigned long ksplice_newest(unsigned long addr);
/* The reverse: the function first hooked, of which @addr is a replacement, or @addr itself. */
unsigned long ksplice_oldest(unsigned long addr);
/* All hooks of @u are there now; are gone. */
void ksplice_hooks_note(struct ksplice_update *u);
void ksplice_hooks_forget(struct ksplice_update *u);

/* splices.c: under ksplice_mutex, or of an update that was unlinked; 0 or -errno, reason recorded. */
/* The replacements that the code module brings: one for each function that is to be hooked. */
int ksplice_splices_take(struct ksplice_target *t, const struct ksplice_code_module *cm);
void ksplice_splices_drop(struct ksplice_target *t);
/* No function is replaced by two of the updates that are to be applied. */
int ksplice_splices_distinct(const struct ksplice_moves *m);
void ksplice_splices_free(struct ksplice_target *t);

/* ftrace.c: the hooks that go through ftrace, under ksplice_mutex. */
/* Registers all those of @u, switched off, but those that an update has which is reversed in the stop; or none: -errno, and which one
 * it was. */
int ksplice_ftrace_hooks_add(const struct ksplice_moves *m, struct ksplice_update *u, const struct ksplice_splice **failed);
void ksplice_ftrace_hooks_remove(struct ksplice_update *u);
/* In the stopped machine: whether all are called, and all at once on or off. */
bool ksplice_ftrace_hooks_ready(struct ksplice_update *u);
void ksplice_ftrace_hooks_switch(const struct ksplice_moves *m);

/* redirect.c */
/*
 * A hook through ftrace, at the ftrace entry @ip of a function: made before the stop, it does nothing until it is switched on
 * in the stopped machine; then the function goes on elsewhere.  To remove it, it must be off again; that waits for whoever is in it.
 * Both may sleep.  ERR_PTR: -ENOMEM; -EBUSY, another redirect is there, or ftrace is off; -EOPNOTSUPP.
 */
struct ksplice_ftrace_hook;
struct ksplice_ftrace_hook *ksplice_redirect_add(unsigned long ip);
void ksplice_redirect_remove(struct ksplice_ftrace_hook *h);
/* Whether the function calls it, on or off; anywhere. */
bool ksplice_redirect_ready(const struct ksplice_ftrace_hook *h);
/* Whether @op is the callback of such a hook. */
struct ftrace_ops;
bool ksplice_redirect_is_ours(const struct ftrace_ops *op);
/* Where the function goes on; 0: as it is. */
void ksplice_redirect_switch(struct ksplice_ftrace_hook *h, unsigned long to);

/*
 * tracers.c, under ksplice_mutex: the first of those who have something called at ftrace entries, the others behind it, none of which goes before
 * ksplice_tracers_end(); until then nothing may sleep.  ERR_PTR: -ENOMEM, -ENODEV (ftrace has stopped), and there is nothing to end.
 */
struct ftrace_ops *ksplice_tracers_begin(void);
void ksplice_tracers_end(void);

/* others.c: under ksplice_mutex, and the last one with ksplice_kprobes_lock(). They may sleep. */
/* Who has a right to send calls of a function elsewhere at its ftrace entry. */
struct ksplice_claim {
	const char	*by;	/* one word: "livepatch", "kprobe", "ftrace" for anybody else, "unknown"; NULL: nobody, or a hook of our own */
	int		err;	/* of "unknown": why ftrace did not tell; else 0 */
};
/* Of no part. */
struct ksplice_claim ksplice_claimed_by(const struct ksplice_splice *s);
/* Likewise who may do so, also "dead_ftrace": calls do not come to its hook then. */
struct ksplice_claim ksplice_bypassed_by(const struct ksplice_splice *s);
/* Records who keeps calls from the hook, and @err of what was tried, if that is not 0, else the claim's; returns an error. */
int ksplice_fail_claimed(struct ksplice_update *u, const struct ksplice_splice *s, struct ksplice_claim c, int err);
/* Whether what is to be applied will be reached, and no kprobe is where it would be cut off or, after the reversal, amiss; 0 or -EINVAL,
 * reason recorded. */
int ksplice_others_allow(const struct ksplice_moves *m);

/* data.c: under ksplice_mutex, or of an update that was unlinked; 0 or -errno, reason recorded. */
/* Into t->objects, which has room for it. */
int ksplice_object_add(struct ksplice_target *t, const char *unit, const char *name, unsigned long addr, u32 len);
void ksplice_objects_free(struct ksplice_target *t);
/* The contents that the code module brings: one for each object. */
int ksplice_objects_take(struct ksplice_target *t, const struct ksplice_code_module *cm);
void ksplice_objects_drop(struct ksplice_target *t);

/* author-hooks.c: under ksplice_mutex. ksplice-patch.h has the order. */
/* Which of the author's hooks aborted, and what it returned. */
struct ksplice_abort {
	const struct ksplice_author_hook *hook;
	int	value;
};
/* 0 or -EINVAL, reason recorded. */
int ksplice_author_hooks_take(struct ksplice_target *t, const struct ksplice_code_module *cm);
void ksplice_author_hooks_drop(struct ksplice_target *t);
/* Calls all of a phase that may abort, until one does: then false. */
bool ksplice_author_hooks_ask(const struct ksplice_update *u, enum ksplice_phase phase, struct ksplice_abort *ret);
/* Calls all of a phase that may not. */
void ksplice_author_hooks_call(const struct ksplice_update *u, enum ksplice_phase phase);
/* Backwards, those that stand before @before (NULL: all). */
void ksplice_author_hooks_unwind(const struct ksplice_update *u, enum ksplice_phase phase,
				 const struct ksplice_author_hook *before);
/* Whether @u has any that run when it is reversed; then -EINVAL, reason recorded. */
int ksplice_author_hooks_none_to_reverse(struct ksplice_update *u);
/* Under no lock: whether one of them is being called. */
bool ksplice_author_hook_runs(void);
/* Records why a try failed; -ECANCELED. */
int ksplice_author_hooks_report(struct ksplice_update *u, const struct ksplice_abort *r);

/* report.c: may sleep. */
struct ksplice_conflict;
/* A line of the conflicts file; 0 or -ENOMEM. */
int ksplice_report_conflict(const struct ksplice_conflict *k, struct ksplice_text *ret);
/* Appends. 0 or -ENOMEM, and the text is as it was. */
int ksplice_text_printf(struct ksplice_text *t, const char *fmt, ...) __printf(2, 3);
void ksplice_text_clear(struct ksplice_text *t);
/* "name+0x12", or "?" where the symbol table knows nothing: a message never shows an address. */
const char *ksplice_symbolise(unsigned long addr, char buf[KSYM_SYMBOL_LEN]);

/* shadow.c, beside what ksplice-patch.h declares */
int ksplice_shadow_init(void);	/* 0 or -errno */
void ksplice_shadow_exit(void);
/* How many there are. They hold the core. */
int ksplice_shadow_count(void);

/* sysfs.c */
const char *ksplice_cause_word(enum ksplice_cause cause);
/* 0 or -errno: /sys/kernel/ksplice. */
int ksplice_sysfs_init(void);
void ksplice_sysfs_exit(void);
/* The directory of @u, under ksplice_lifecycle alone; 0 or -errno. u->kobj must be put in any case. */
int ksplice_sysfs_add(struct ksplice_update *u);

#endif
