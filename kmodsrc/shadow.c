// SPDX-License-Identifier: GPL-2.0-only
/*
 * Shadow variables, for ksplice-patch.h: one hash table for all, keyed by object and id.
 *
 * The table is the kernel's rhashtable: lookups take no lock, and it grows and shrinks while it is in use.  In 6.1 its bucket
 * locks leave interrupts enabled (include/linux/rhashtable.h, rht_lock()), so that nothing may be added or removed where
 * interrupts are disabled: an interrupt handler could wait for a lock that the CPU below it holds.
 */
#include <linux/delay.h>
#include <linux/hash.h>
#include <linux/irqflags.h>
#include <linux/module.h>
#include <linux/rhashtable.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/spinlock.h>

#include "core.h"
#include "ksplice-patch.h"

#define STRIPE_BITS	10	/* so many lists that none is long with a million shadows: 1000 are walked under a lock */
#define INSERT_TRIES	100	/* of a millisecond, while the table grows */

struct shadow_key {
	const void	*obj;
	u64		id;
};

struct shadow {
	struct rhash_head node;
	struct shadow_key	key;
	struct hlist_node same;	/* in its stripe; then in free_all's list of those taken out */
	struct rcu_head rcu;
	size_t		size;	/* of data, bytes */
	bool		ready;	/* constructed; store-release in construct(), load-acquire in ksplice_shadow_get() */
	u8		data[] __aligned(ARCH_KMALLOC_MINALIGN);
};

/* Of both as inline functions: jhash() and memcmp(), which the table would use, take as long as all the rest of a lookup. */
static u32 key_hash(const void *data, u32 len, u32 seed)
{
	const struct shadow_key *key = data;
	u64 id = ror64(key->id * GOLDEN_RATIO_64, 32);

	return hash_64(((unsigned long)key->obj ^ id) + seed, 32);
}

static int key_differs(struct rhashtable_compare_arg *arg, const void *obj)
{
	const struct shadow_key *key = arg->key;
	const struct shadow *s = obj;

	return s->key.obj != key->obj || s->key.id != key->id;
}

static const struct rhashtable_params params = {
	.key_len = sizeof(struct shadow_key),
	.key_offset = offsetof(struct shadow, key),
	.head_offset = offsetof(struct shadow, node),
	.hashfn = key_hash,
	.obj_cmpfn = key_differs,
	.automatic_shrinking = true,
};

static struct rhashtable table;
static atomic_t nr_shadows;
/*
 * All shadows once more, in lists by object.  Of one object's shadows, one is added, constructed or removed at a time; and
 * free_all needs to see each once, which a walk over a table that is being resized does not promise (lib/rhashtable.c,
 * rhashtable_walk_enter(), 6.1).
 */
static struct stripe {
	spinlock_t	lock;
	struct hlist_head shadows;
} stripes[1 << STRIPE_BITS];

static struct stripe *stripe_of(const void *obj)
{
	return &stripes[hash_ptr((void *)obj, STRIPE_BITS)];
}

/* The callers' modules hold the core, so a count of 0 and a last reference cannot meet in between. */
static void count_up(void)
{
	if (atomic_inc_return(&nr_shadows) == 1)
		__module_get(THIS_MODULE);
}

static void count_down(void)
{
	if (atomic_dec_and_test(&nr_shadows))
		module_put(THIS_MODULE);
}

/* No WARN(): a machine may have panic_on_warn. */
static bool context_ok(const void *caller)
{
	if (!irqs_disabled())
		return true;
	pr_err_ratelimited("shadow variables cannot be attached or freed with interrupts disabled: %pSR\n",
			   caller);
	return false;
}

/* Under rcu_read_lock(). */
static struct shadow *find(const void *obj, u64 id)
{
	const struct shadow_key key = { obj, id };

	return rhashtable_lookup(&table, &key, params);
}

void *ksplice_shadow_get(const void *obj, u64 id)
{
	void *data = NULL;
	struct shadow *s;

	rcu_read_lock();
	s = find(obj, id);
	/* Pairs with construct(). */
	if (s && smp_load_acquire(&s->ready))
		data = s->data;
	rcu_read_unlock();
	return data;
}

/* Under the stripe's lock.  It is in the table before it is constructed: adding it may fail, and then @ctor must not have run. */
static int construct(struct shadow *s, ksplice_shadow_ctor_t ctor, void *arg)
{
	int err = rhashtable_insert_fast(&table, &s->node, params);

	if (err)
		return err;
	err = ctor ? ctor(s->key.obj, s->data, arg) : 0;
	if (err) {
		rhashtable_remove_fast(&table, &s->node, params);
		return -ECANCELED; /* not @ctor's own error: worth_waiting() knows those of the table, and would have it run again */
	}
	hlist_add_head(&s->same, &stripe_of(s->key.obj)->shadows);
	count_up();
	/* Pairs with ksplice_shadow_get(). */
	smp_store_release(&s->ready, true);
	return 0;
}

/* *@there: the one that is there already, or NULL. */
static int attach_locked(struct shadow *s, ksplice_shadow_ctor_t ctor, void *arg, struct shadow **there)
{
	struct stripe *stripe = stripe_of(s->key.obj);
	int err;

	spin_lock_bh(&stripe->lock);
	rcu_read_lock();
	*there = find(s->key.obj, s->key.id);
	rcu_read_unlock();
	err = *there ? -EEXIST : construct(s, ctor, arg);
	spin_unlock_bh(&stripe->lock);
	return err;
}

/*
 * The table grows in a work item; should it be full before that has come round, adding fails with -EBUSY, or with -ENOMEM when the
 * bigger table could not be had without sleeping (lib/rhashtable.c, rhashtable_insert_rehash(), 6.1).
 */
static bool worth_waiting(int err, gfp_t gfp, unsigned int tries)
{
	if ((err != -EBUSY && err != -ENOMEM) || !gfpflags_allow_blocking(gfp) || tries >= INSERT_TRIES)
		return false;
	fsleep(1000);
	return true;
}

static void *attach(const void *obj, u64 id, size_t size, gfp_t gfp, ksplice_shadow_ctor_t ctor, void *arg,
		    struct shadow **there, const void *caller)
{
	unsigned int tries = 0;
	struct shadow *s;
	int err;

	*there = NULL;
	if (!context_ok(caller) || size > KMALLOC_MAX_SIZE - sizeof(*s))
		return NULL;
	s = kzalloc(struct_size(s, data, size), gfp);
	if (!s)
		return NULL;
	s->key.obj = obj;
	s->key.id = id;
	s->size = size;
	do {
		err = attach_locked(s, ctor, arg, there);
	} while (worth_waiting(err, gfp, tries++));
	if (!err)
		return s->data;
	/* Where @ctor failed, it was in the table for a moment. */
	kfree_rcu(s, rcu);
	return NULL;
}

void *ksplice_shadow_attach(const void *obj, u64 id, size_t size, gfp_t gfp, ksplice_shadow_ctor_t ctor, void *arg)
{
	struct shadow *there;

	return attach(obj, id, size, gfp, ctor, arg, &there, __builtin_return_address(0));
}

static void *same_size(const struct shadow *s, size_t size)
{
	if (s->size == size)
		return (void *)s->data;
	pr_err_ratelimited("shadow variable 0x%llx has two sizes, %zu and %zu bytes\n", s->key.id, s->size, size);
	return NULL;
}

void *ksplice_shadow_get_or_attach(const void *obj, u64 id, size_t size, gfp_t gfp, ksplice_shadow_ctor_t ctor,
				   void *arg)
{
	struct shadow *there;
	void *data;

	rcu_read_lock();
	there = find(obj, id);
	if (there && smp_load_acquire(&there->ready)) { /* as in ksplice_shadow_get() */
		data = same_size(there, size);
		rcu_read_unlock();
		return data;
	}
	rcu_read_unlock();
	data = attach(obj, id, size, gfp, ctor, arg, &there, __builtin_return_address(0));
	return there ? same_size(there, size) : data;
}

static void destroy(struct shadow *s, ksplice_shadow_dtor_t dtor)
{
	if (dtor)
		dtor(s->key.obj, s->data);
	kfree_rcu(s, rcu);
	count_down();
}

/* Under the stripe's lock. */
static void take_out(struct shadow *s)
{
	rhashtable_remove_fast(&table, &s->node, params);
	hlist_del(&s->same);
}

bool ksplice_shadow_free(const void *obj, u64 id, ksplice_shadow_dtor_t dtor)
{
	struct stripe *stripe = stripe_of(obj);
	struct shadow *s;

	if (!context_ok(__builtin_return_address(0)))
		return false;
	spin_lock_bh(&stripe->lock);
	rcu_read_lock();
	s = find(obj, id);
	rcu_read_unlock();
	if (s)
		take_out(s);
	spin_unlock_bh(&stripe->lock);
	if (s)
		destroy(s, dtor);
	return s;
}

static void free_in_stripe(struct stripe *stripe, u64 id, ksplice_shadow_dtor_t dtor)
{
	struct hlist_node *next;
	struct shadow *s;
	HLIST_HEAD(taken);

	spin_lock_bh(&stripe->lock);
	hlist_for_each_entry_safe(s, next, &stripe->shadows, same) {
		if (s->key.id != id)
			continue;
		take_out(s);
		hlist_add_head(&s->same, &taken);
	}
	spin_unlock_bh(&stripe->lock);
	hlist_for_each_entry_safe(s, next, &taken, same)
		destroy(s, dtor);
}

void ksplice_shadow_free_all(u64 id, ksplice_shadow_dtor_t dtor)
{
	size_t i;

	might_sleep();
	if (!context_ok(__builtin_return_address(0)))
		return;
	for (i = 0; i < ARRAY_SIZE(stripes); i++) {
		free_in_stripe(&stripes[i], id, dtor);
		cond_resched();
	}
}

int ksplice_shadow_count(void)
{
	return atomic_read(&nr_shadows);
}

int ksplice_shadow_init(void)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(stripes); i++)
		spin_lock_init(&stripes[i].lock);
	return rhashtable_init(&table, &params);
}

/* It is empty: shadows hold the core. */
void ksplice_shadow_exit(void)
{
	rhashtable_destroy(&table);
}
