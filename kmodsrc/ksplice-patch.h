/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * For the author of a fix: what the patched source may use beside the kernel's own interfaces.  ksplice-create has it on the
 * include path of every unit: #include <ksplice-patch.h>.  docs/authoring.md tells when.
 */
#ifndef KSPLICE_PATCH_H
#define KSPLICE_PATCH_H

/* When an author's hook runs; below. */
enum ksplice_phase {
	KSPLICE_PRE_APPLY,
	KSPLICE_CHECK_APPLY,
	KSPLICE_APPLY,
	KSPLICE_POST_APPLY,
	KSPLICE_FAIL_APPLY,
	KSPLICE_PRE_REVERSE,
	KSPLICE_CHECK_REVERSE,
	KSPLICE_REVERSE,
	KSPLICE_POST_REVERSE,
	KSPLICE_FAIL_REVERSE,
	KSPLICE_NR_PHASES,
};

/* Where the macros below leave what they say, for ksplice-create (objmanip/author.c). */
#define KSPLICE_AUTHOR_HOOKS_SECTION	".ksplice.author_hooks"
#define KSPLICE_DECLARATIONS_SECTION	".ksplice.declarations"	/* strings: "data_new name" */

union ksplice_author_hook_function {
	int (*aborts)(void);
	void (*acts)(void);
};

struct ksplice_author_hook_record {
	unsigned int	phase;	/* enum ksplice_phase */
	unsigned int	line;
	union ksplice_author_hook_function fn;
};

#ifdef __KERNEL__

#include <linux/compiler.h>
#include <linux/gfp.h>
#include <linux/stringify.h>
#include <linux/types.h>

#include "ksplice-abi.h"

/*
 * Functions of the update that run when it is applied and undone.
 *
 *	static int stop_users(void) { ... }
 *	ksplice_pre_apply(stop_users);
 *
 * Applying runs		may sleep	may abort	undoing runs
 *	ksplice_pre_apply	yes		yes		ksplice_pre_reverse
 *	(the machine is stopped, all stacks are checked)
 *	ksplice_check_apply	no		yes		ksplice_check_reverse
 *	(functions are redirected or put back, data in place is written)
 *	ksplice_apply		no		no		ksplice_reverse
 *	(the machine goes on)
 *	ksplice_post_apply	yes		no		ksplice_post_reverse
 *	(only when something failed)
 *	ksplice_fail_apply	yes		no		ksplice_fail_reverse
 *
 * Those that may abort return int: 0 goes on, anything else ends the try, and nothing has changed.  The others return void.
 *
 * Order: that of the lines in a source file, of the files in the update, of vmlinux and modules as the update names them.  The
 * fail functions run in the opposite order; when a pre function aborts, only those that stand before it run.  So the fail
 * function that takes back what a pre function did stands right behind it.
 *
 * In the stopped machine (check_*, apply, reverse): one processor, interrupts off, all others waiting.  No sleeping, no
 * allocating, no locks that another task may hold, no printing; and what is slow here stops everything.  The functions must be
 * ones that the diff adds.  They are reached through a pointer, which is safe with IBT: the update's own module takes their
 * address, so they keep their ENDBR.  None of them may touch /sys/kernel/ksplice, or wait for somebody who does.
 */
#define ksplice_pre_apply(fn)		KSPLICE_AUTHOR_HOOK_(KSPLICE_PRE_APPLY, aborts, fn)
#define ksplice_check_apply(fn)		KSPLICE_AUTHOR_HOOK_(KSPLICE_CHECK_APPLY, aborts, fn)
#define ksplice_apply(fn)		KSPLICE_AUTHOR_HOOK_(KSPLICE_APPLY, acts, fn)
#define ksplice_post_apply(fn)		KSPLICE_AUTHOR_HOOK_(KSPLICE_POST_APPLY, acts, fn)
#define ksplice_fail_apply(fn)		KSPLICE_AUTHOR_HOOK_(KSPLICE_FAIL_APPLY, acts, fn)
#define ksplice_pre_reverse(fn)		KSPLICE_AUTHOR_HOOK_(KSPLICE_PRE_REVERSE, aborts, fn)
#define ksplice_check_reverse(fn)	KSPLICE_AUTHOR_HOOK_(KSPLICE_CHECK_REVERSE, aborts, fn)
#define ksplice_reverse(fn)		KSPLICE_AUTHOR_HOOK_(KSPLICE_REVERSE, acts, fn)
#define ksplice_post_reverse(fn)	KSPLICE_AUTHOR_HOOK_(KSPLICE_POST_REVERSE, acts, fn)
#define ksplice_fail_reverse(fn)	KSPLICE_AUTHOR_HOOK_(KSPLICE_FAIL_REVERSE, acts, fn)

#define KSPLICE_AUTHOR_HOOK_(phase_, kind, function)							\
	static const struct ksplice_author_hook_record							\
	__PASTE(__ksplice_author_hook_##phase_##_, function)						\
	__used __section(KSPLICE_AUTHOR_HOOKS_SECTION) = {						\
		.phase = phase_, .line = __LINE__, .fn.kind = (function),				\
	}

/*
 * What is to become of something that the diff changes and that the running kernel has set up already: a variable, a
 * constant or table with another initial value; a function that ran at boot.  Without a declaration ksplice-create refuses
 * such a change.  A declaration takes the plain name and stands in the same source file; for a variable in a function, among the
 * declarations of that function.
 *
 * ksplice_data_in_place(x)	The object that is there gets the new initial value while the machine is stopped, and has the old
 *				one back when the update is undone.  It must hold just the old one, else nothing is applied (or
 *				undone): so this is for tables, constants and settings that nobody writes, also in read-only
 *				memory.  Not for objects that become larger or smaller.
 * ksplice_data_new(x)		The replaced functions use a new object, which begins with the new initial value; the old one
 *				stays for all others.  Of any size, but not known outside of its source file.
 * ksplice_data_ignore(x)	The object stays as it is: what changed matters only when a kernel boots, or a hook does it.
 *				Not for objects that become larger.
 * ksplice_init_ignore(fn)	The same for a function or data in __init.  An entry that the diff adds to a table of what is to
 *				be called goes with the function: an initcall, a boot parameter, a fixup of PCI devices.
 */
#define ksplice_data_in_place(x)	KSPLICE_DECLARE_(data_in_place, x)
#define ksplice_data_new(x)		KSPLICE_DECLARE_(data_new, x)
#define ksplice_data_ignore(x)		KSPLICE_DECLARE_(data_ignore, x)
#define ksplice_init_ignore(fn)		KSPLICE_DECLARE_(init_ignore, fn)

/*
 * ksplice_layout_ignore(tag);	At file scope: no object of struct (or union) tag, whose members the diff changes, lives on from before the
 *				update; or the patched code copes with those that do.  Likewise of a typedef, of a variable that
 *				gets another type, and of an enumeration some of whose numbers change; one without a tag is known by
 *				its first enumerator, a list of macros that name numbers by the first word of their names.
 */
#define ksplice_layout_ignore(tag)	enum { __PASTE(__ksplice_layout_ignore_, tag) }

/* By name: a pointer to the object would keep the compiler from knowing all its users, and change their code. */
#define KSPLICE_DECLARE_(what, x)								\
	_Static_assert(sizeof(&(x)), #x);							\
	static const char __PASTE(__ksplice_declare_##what##_, x)[]			\
	__used __section(KSPLICE_DECLARATIONS_SECTION) = #what " " __stringify(x)

/*
 * Shadow variables: data that belongs to an object of the kernel without lying in it, for a fix that needs another field in
 * a structure that is in use.  A shadow is found by the object's address and an id; docs/shadow.md has the whole story.
 *
 * Shadows belong to the core and not to the update that attached them: they stay until they are freed.  The core cannot be
 * unloaded before.  Whoever frees an object must free its shadows, or the next object at that address has them.
 *
 * Context of all but ksplice_shadow_get(): process or softirq context, interrupts enabled, machine not stopped.
 */

/* Under these names the core publishes the functions below. */
#define ksplice_shadow_get		KSPLICE_ABI_NAME(shadow_get)
#define ksplice_shadow_attach		KSPLICE_ABI_NAME(shadow_attach)
#define ksplice_shadow_get_or_attach	KSPLICE_ABI_NAME(shadow_get_or_attach)
#define ksplice_shadow_free		KSPLICE_ABI_NAME(shadow_free)
#define ksplice_shadow_free_all		KSPLICE_ABI_NAME(shadow_free_all)

/*
 * An id from a name of 1 to 8 characters, at compile time: KSPLICE_SHADOW_ID("newpid").  All updates of a machine share one
 * namespace: those that mean the same shadow use the same id, all others another.
 */
#define KSPLICE_SHADOW_ID(name)							\
	(KSPLICE_SHADOW_CHAR(name, 0) | KSPLICE_SHADOW_CHAR(name, 1) |		\
	 KSPLICE_SHADOW_CHAR(name, 2) | KSPLICE_SHADOW_CHAR(name, 3) |		\
	 KSPLICE_SHADOW_CHAR(name, 4) | KSPLICE_SHADOW_CHAR(name, 5) |		\
	 KSPLICE_SHADOW_CHAR(name, 6) | KSPLICE_SHADOW_CHAR(name, 7) |		\
	 BUILD_BUG_ON_ZERO(sizeof("" name) < 2 || sizeof("" name) > 9))
#define KSPLICE_SHADOW_CHAR(name, i)						\
	((u64)(u8)(sizeof("" name) > (i) + 1 ? ("" name)[sizeof("" name) > (i) ? (i) : 0] : 0) << (i) * 8)

/*
 * Fills in a shadow that is being attached, before anybody can find it.  @data is zeroed memory of the size asked for; @arg as
 * given.  Runs under a spinlock: no sleeping, no call of these functions.  0, or -errno: nothing is attached.
 */
typedef int (*ksplice_shadow_ctor_t)(const void *obj, void *data, void *arg);
/*
 * Lets go of what @data refers to.  Nobody finds it any more, but whoever found it before may look at it still: what it refers
 * to must be freed as the shadow itself is, after a grace period of RCU (kfree_rcu(), call_rcu()).  Runs without locks of
 * ours; may sleep where the caller may.
 */
typedef void (*ksplice_shadow_dtor_t)(const void *obj, void *data);

/*
 * The shadow's data, or NULL: @obj has none with this @id.  Takes no lock, writes nothing, may be called anywhere.  The data
 * can be used for as long as nobody frees it: because the object itself lives and only its end frees it, or under
 * rcu_read_lock().
 */
void *ksplice_shadow_get(const void *obj, u64 id);

/*
 * Attaches a shadow of @size bytes, zeroed, then filled by @ctor, which may be NULL.  NULL: there is one already, no memory
 * (@gfp as in kmalloc()), @ctor refused, or the context is a wrong one.  Aligned as what kmalloc() gives, at least to 8.
 */
void *ksplice_shadow_attach(const void *obj, u64 id, size_t size, gfp_t gfp, ksplice_shadow_ctor_t ctor, void *arg);

/*
 * The same, but one that is there is what it returns; of several callers at once, the @ctor of one runs.  NULL also when the one
 * that is there has another size: then two updates mean different things by @id.
 */
void *ksplice_shadow_get_or_attach(const void *obj, u64 id, size_t size, gfp_t gfp, ksplice_shadow_ctor_t ctor,
				   void *arg);

/*
 * Frees a shadow, after @dtor, which may be NULL; its memory goes after a grace period.  False: there is none, or the context is
 * a wrong one.
 */
bool ksplice_shadow_free(const void *obj, u64 id, ksplice_shadow_dtor_t dtor);

/*
 * Frees all shadows with this @id; those that are attached meanwhile may stay.  Looks at every shadow that there is.  Process
 * context, sleeps: in a hook, after undo (ksplice_post_reverse).
 */
void ksplice_shadow_free_all(u64 id, ksplice_shadow_dtor_t dtor);

#endif /* __KERNEL__ */

#endif
