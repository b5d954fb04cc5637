/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * For the author of a fix: what the patched source may use beside the kernel's own interfaces.  ksplice-create has it on the
 * include path of every unit: #include <ksplice-patch.h>.
 */
#ifndef KSPLICE_PATCH_H
#define KSPLICE_PATCH_H

#include <linux/gfp.h>
#include <linux/types.h>

/*
 * Shadow variables: data that belongs to an object of the kernel without lying in it, for a fix that needs another field in
 * a structure that is in use.  A shadow is found by the object's address and an id; docs/shadow.md has the whole story.
 *
 * Shadows belong to the core and not to the update that attached them: they stay until they are freed.  The core cannot be
 * unloaded before.  Whoever frees an object must free its shadows, or the next object at that address has them.
 *
 * Context of all but ksplice_shadow_get(): process or softirq context, interrupts enabled, machine not stopped.
 */

/* What the core publishes; the number is KSPLICE_ABI of ksplice.h. */
#define ksplice_shadow_get		ksplice_abi1_shadow_get
#define ksplice_shadow_attach		ksplice_abi1_shadow_attach
#define ksplice_shadow_get_or_attach	ksplice_abi1_shadow_get_or_attach
#define ksplice_shadow_free		ksplice_abi1_shadow_free
#define ksplice_shadow_free_all		ksplice_abi1_shadow_free_all

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

#endif
