// SPDX-License-Identifier: GPL-2.0-only
/*
 * For each symbol that match data names, the addresses that the kernel's symbol tables have for that name.  vmlinux's table is searched for
 * each name, which takes some 4,000 instructions; all others, and vmlinux's if there are many names, are gone through once, with a hash of
 * the names that are wanted: of vmlinux, that takes 55 million (6.1) to 105 million (6.12).
 *
 * A module is linked to what others export and to its own global symbols, so of others nothing else counts for it: what they have under
 * the same name is another thing, and it would be the only one while who exports the name is not loaded.
 */
#include <linux/jhash.h>
#include <linux/preempt.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/sort.h>
#include <linux/string.h>

#include "compat.h"
#include "core.h"
#include "runpre/runpre.h"
#include "symbols.h"

struct pair {
	u32	sym;
	u64	addr;
};

/* Whose a symbol is, for the target that is being matched. */
enum owner {
	OWNER_NONE,	/* it does not count */
	OWNER_CORE,	/* ourselves: what we publish counts, for code of an earlier update refers to it */
	OWNER_VMLINUX,	/* of vmlinux, for a module: counts for what only sites mention, which need not be exported */
	OWNER_OTHER,	/* exported, or of a code module and offered: counts for what the unit does not define itself */
	OWNER_STATIC,	/* of the target, static: counts for what the unit defines itself */
	OWNER_TARGET,	/* counts for all */
};

struct pass {
	const struct ksplice_target *target;
	const struct runpre_header *h;
	const struct runpre_sym *syms;
	u32	*bucket;	/* first symbol of a hash value, or NONE */
	u32	*next;		/* next symbol of the same hash value, or NONE */
	u32	mask;
	size_t	nr_searched;	/* names for which vmlinux's table is searched */
	const char *name;	/* the one that is searched for */
	struct pair *pairs;
	size_t	nr, size;
	struct module *module;		/* the last one seen, or NULL, and whose its symbols are */
	enum owner owner;
};

#define NONE ((u32)-1)
#define MANY 12000	/* names */

static u32 name_hash(const char *name)
{
	return jhash(name, strlen(name), 0);
}

static bool wanted(const struct runpre_sym *s)
{
	return s->kind == RUNPRE_SYM_PLAIN && s->name;
}

static bool wanted_of_vmlinux(const struct pass *p, const struct runpre_sym *s)
{
	return wanted(s) && (!p->target->module || (s->flags & RUNPRE_SYM_CHECK));
}

static int pass_init(struct pass *p)
{
	u32 i, slot, nr = p->h->nr_syms;

	p->mask = roundup_pow_of_two(max(nr, 16u)) - 1;
	p->bucket = kvmalloc_array(p->mask + 1, sizeof(*p->bucket), GFP_KERNEL);
	p->next = kvmalloc_array(nr + 1, sizeof(*p->next), GFP_KERNEL);
	p->size = nr * 2 + 64;
	p->pairs = kvmalloc_array(p->size, sizeof(*p->pairs), GFP_KERNEL);
	if (!p->bucket || !p->next || !p->pairs)
		return -ENOMEM;
	memset(p->bucket, 0xff, (p->mask + 1) * sizeof(*p->bucket));
	for (i = 0; i < nr; i++) {
		if (!wanted(&p->syms[i]))
			continue;
		slot = name_hash(runpre_string(p->h, p->syms[i].name)) & p->mask;
		p->next[i] = p->bucket[slot];
		p->bucket[slot] = i;
		p->nr_searched += wanted_of_vmlinux(p, &p->syms[i]);
	}
	return 0;
}

static void pass_free(struct pass *p)
{
	kvfree(p->bucket);
	kvfree(p->next);
	kvfree(p->pairs);
}

static int add(struct pass *p, u32 sym, u64 addr)
{
	if (p->nr == p->size) {
		size_t bytes = p->size * sizeof(*p->pairs);
		struct pair *pairs = kvmalloc(bytes * 2, GFP_KERNEL);

		if (!pairs)
			return -ENOMEM;
		memcpy(pairs, p->pairs, bytes);
		kvfree(p->pairs);
		p->pairs = pairs;
		p->size *= 2;
	}
	p->pairs[p->nr++] = (struct pair){ .sym = sym, .addr = addr };
	return 0;
}

static bool counts_for(enum owner owner, const struct runpre_sym *s)
{
	bool own = s->flags & RUNPRE_SYM_TARGET;

	switch (owner) {
	case OWNER_NONE:
		return false;
	case OWNER_VMLINUX:
		return !own && (s->flags & RUNPRE_SYM_CHECK);
	case OWNER_STATIC:
		return own;
	case OWNER_TARGET:
		return true;
	default:
		return !own;
	}
}

static int consider(struct pass *p, const char *name, u64 addr, enum owner owner)
{
	u32 i;

	for (i = p->bucket[name_hash(name) & p->mask]; i != NONE; i = p->next[i]) {
		if (!counts_for(owner, &p->syms[i]))
			continue;
		if (strcmp(runpre_string(p->h, p->syms[i].name), name))
			continue;
		if (add(p, i, addr))
			return -ENOMEM;
	}
	return 0;
}

/* Of a module: whose its symbols are.  Code modules of updates that are applied stand for their target; all other modules of updates for nothing. */
static enum owner module_owner(const struct ksplice_target *target, const struct module *mod)
{
	struct ksplice_update *u;
	struct ksplice_target *t;

	if (mod == THIS_MODULE)
		return OWNER_CORE;
	if (mod->state != MODULE_STATE_LIVE)
		return OWNER_NONE;
	list_for_each_entry(u, &ksplice_updates, list) {
		list_for_each_entry(t, &u->targets, list) {
			if (t->match == mod)
				return OWNER_NONE;
			if (t->code != mod)
				continue;
			if (!u->in_force || u == target->update)
				return OWNER_NONE;
			if (t->module == target->module)
				return OWNER_TARGET;
			return target->module ? OWNER_OTHER : OWNER_NONE;
		}
	}
	/* vmlinux cannot have been linked to anything in a module, whatever is called the same there. */
	if (!target->module)
		return OWNER_NONE;
	return mod == target->module ? OWNER_TARGET : OWNER_OTHER;
}

static int see_vmlinux_symbol(struct pass *p, const char *name, unsigned long addr)
{
	if (ksplice_is_init(addr))
		return 0;
	return consider(p, name, addr, p->target->module ? OWNER_VMLINUX : OWNER_TARGET);
}

static COMPAT_KALLSYMS_CALLBACK(see_vmlinux)
{
	return see_vmlinux_symbol(data, name, addr);
}

#ifdef COMPAT_SYMBOLS_BY_NAME
static int see_named(void *data, unsigned long addr)
{
	struct pass *p = data;

	return see_vmlinux_symbol(p, p->name, addr);
}

/* Several symbols may have one name: whether @sym is the one for which it is searched. */
static bool stands_for_name(const struct pass *p, u32 sym, const char *name)
{
	u32 i = p->bucket[name_hash(name) & p->mask];

	while (!wanted_of_vmlinux(p, &p->syms[i]) || strcmp(runpre_string(p->h, p->syms[i].name), name))
		i = p->next[i];
	return i == sym;
}

static int search_vmlinux(struct pass *p)
{
	u32 i;
	int err = 0;

	for (i = 0; i < p->h->nr_syms && !err; i++) {
		if (!wanted_of_vmlinux(p, &p->syms[i]))
			continue;
		p->name = runpre_string(p->h, p->syms[i].name);
		if (stands_for_name(p, i, p->name))
			err = kernel_call(ksplice_kallsyms_on_each_match)(see_named, p->name, p);
		cond_resched();
	}
	return err;
}

static int see_all_of_vmlinux(struct pass *p)
{
	return p->nr_searched > MANY ? kernel_call(ksplice_kallsyms_on_each)(see_vmlinux, p) : search_vmlinux(p);
}
#else
static int see_all_of_vmlinux(struct pass *p)
{
	return kernel_call(ksplice_kallsyms_on_each)(see_vmlinux, p);
}
#endif

/* What a code module offers to the others has a symbol "ks:ID:new:NAME": offers.c. NULL: it is none. */
static const char *offered_name(const char *name)
{
	const char *id = str_has_prefix(name, "ks:") ? name + strlen("ks:") : NULL;
	const char *end = id ? strchr(id, ':') : NULL;

	return end && str_has_prefix(end, ":new:") ? end + strlen(":new:") : NULL;
}

/*
 * Which module a symbol belongs to is told by its name, which lies in the module's own string table (kernel/module/kallsyms.c,
 * add_kallsyms(), 6.1 and 6.12): 6.12 gives no module, and the address of a per-CPU symbol lies in none.  module_mutex is
 * held here.  What modules export that are no code modules is see_exports()'s, and what the target has is see_target()'s.
 */
static COMPAT_KALLSYMS_CALLBACK(see_module)
{
	struct pass *p = data;

	if (!p->module || !within_module((unsigned long)name, p->module)) {
		p->module = kernel_call(ksplice_module_address)((unsigned long)name);
		p->owner = p->module && p->module != p->target->module ? module_owner(p->target, p->module) : OWNER_NONE;
	}
	/* The struct module of a code module is not that of what it stands for. */
	if (p->owner == OWNER_TARGET && strcmp(name, "__this_module"))
		return consider(p, name, addr, OWNER_TARGET);
	if (p->owner == OWNER_CORE && str_has_prefix(name, KSPLICE_ABI_PREFIX))
		return consider(p, name, addr, OWNER_CORE);
	name = p->owner == OWNER_OTHER ? offered_name(name) : NULL;
	return name ? consider(p, name, addr, OWNER_OTHER) : 0;
}

/*
 * The symbols that a module has when its init is over.  Before that, the kernel shows others beside them (init functions, sections,
 * files): kernel/module/kallsyms.c, add_kallsyms(), 6.1 and 6.12.
 */
static int see_target(struct pass *p, const struct module *mod)
{
	const struct mod_kallsyms *k = &mod->core_kallsyms;
	unsigned int i;
	int err = 0;

	for (i = 0; i < k->num_symtab && !err; i++) {
		const Elf_Sym *sym = &k->symtab[i];

		if (sym->st_shndx != SHN_UNDEF)
			err = consider(p, k->strtab + sym->st_name, sym->st_value,
				       ELF_ST_BIND(sym->st_info) == STB_LOCAL ? OWNER_STATIC : OWNER_TARGET);
	}
	return err;
}

static enum owner export_owner(const struct ksplice_target *target, const char *name, u64 *addr)
{
	enum owner owner = target->module ? OWNER_OTHER : OWNER_TARGET;
	struct module *mod;

	if (target->module && !strcmp(name, "__this_module")) {
		*addr = (unsigned long)target->module;
		return OWNER_TARGET;
	}
	preempt_disable();
	if (!ksplice_export(name, &mod, addr))
		owner = OWNER_NONE;
	else if (mod)
		owner = mod == target->module ? OWNER_TARGET : module_owner(target, mod);
	preempt_enable();
	return owner == OWNER_CORE ? OWNER_NONE : owner;
}

/*
 * What is exported, by the tables of the module loader.  Where symbol tables have functions alone, these also tell of data; and we of a
 * module's struct module.  What is static in its unit is not what is exported by that name.
 */
static int see_exports(struct pass *p)
{
	u64 addr;
	u32 i;

	if (IS_ENABLED(CONFIG_KALLSYMS_ALL) && !p->target->module)
		return 0;	/* all names of vmlinux count, and no other */
	for (i = 0; i < p->h->nr_syms; i++) {
		const struct runpre_sym *s = &p->syms[i];

		if (!wanted(s) || (s->flags & RUNPRE_SYM_LOCAL))
			continue;
		if (counts_for(export_owner(p->target, runpre_string(p->h, s->name), &addr), s) && add(p, i, addr))
			return -ENOMEM;
		cond_resched();
	}
	return 0;
}

static int pair_cmp(const void *a, const void *b)
{
	const struct pair *x = a, *y = b;

	if (x->sym != y->sym)
		return x->sym < y->sym ? -1 : 1;
	return x->addr < y->addr ? -1 : x->addr > y->addr;
}

/* Sorted, so that the same kernel gives the same result; an address that has the name twice counts once. */
static int pairs_to_candidates(struct pass *p, struct ksplice_candidates *ret)
{
	u32 sym = 0;
	size_t i, n = 0;

	sort(p->pairs, p->nr, sizeof(*p->pairs), pair_cmp, NULL);
	ret->addrs = kvmalloc_array(p->nr + 1, sizeof(*ret->addrs), GFP_KERNEL);
	ret->first = kvmalloc_array((size_t)p->h->nr_syms + 1, sizeof(*ret->first), GFP_KERNEL);
	if (!ret->addrs || !ret->first)
		return -ENOMEM;
	for (i = 0; i < p->nr; i++) {
		if (i && !pair_cmp(&p->pairs[i - 1], &p->pairs[i]))
			continue;
		while (sym <= p->pairs[i].sym)
			ret->first[sym++] = n;
		ret->addrs[n++] = p->pairs[i].addr;
	}
	while (sym <= p->h->nr_syms)
		ret->first[sym++] = n;
	return 0;
}

int ksplice_candidates_collect(const struct ksplice_target *t, const struct runpre_header *h,
			       struct ksplice_candidates *ret)
{
	struct pass p = { .target = t, .h = h, .syms = runpre_syms(h) };
	int err;

	memset(ret, 0, sizeof(*ret));
	err = pass_init(&p);
	if (!err)
		err = see_all_of_vmlinux(&p);
	if (!err)
		err = kernel_call(ksplice_module_kallsyms_on_each)(COMPAT_ALL_MODULES(see_module, &p));
	if (!err && t->module)
		err = see_target(&p, t->module);
	if (!err)
		err = see_exports(&p);
	if (!err)
		err = pairs_to_candidates(&p, ret);
	pass_free(&p);
	if (err)
		ksplice_candidates_free(ret);
	return err;
}

void ksplice_candidates_free(struct ksplice_candidates *c)
{
	kvfree(c->addrs);
	kvfree(c->first);
	memset(c, 0, sizeof(*c));
}
