// SPDX-License-Identifier: GPL-2.0-or-later
#include "tests/unit/match-kernel.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
/* cmocka.h needs those before it */
#include <cmocka.h>

static size_t read_mem(void *ctx, u64 addr, void *buf, size_t len)
{
	struct kernel *k = ctx;
	u64 off = addr - k->base;

	if (off >= sizeof(k->mem))
		return 0;
	len = len < sizeof(k->mem) - off ? len : sizeof(k->mem) - off;
	memcpy(buf, k->mem + off, len);
	return len;
}

static u64 newest(void *ctx, u64 addr)
{
	struct kernel *k = ctx;

	for (u32 i = 0; i < k->nr_hooks; i++)
		if (k->hooks[i].old == addr)
			addr = k->hooks[i].new;
	return addr;
}

static u64 oldest(void *ctx, u64 addr)
{
	struct kernel *k = ctx;

	for (u32 i = k->nr_hooks; i-- > 0;)
		if (k->hooks[i].new == addr)
			addr = k->hooks[i].old;
	return addr;
}

static bool carried(void *ctx, u64 addr)
{
	struct kernel *k = ctx;

	return addr - k->base >= k->updates;
}

void begin(struct kernel *k, u64 base)
{
	memset(k, 0, sizeof(*k));
	memset(k->mem, 0xcc, sizeof(k->mem));
	k->base = base;
	mb_init(&k->b);
}

static void forget(struct kernel *k)
{
	free(k->work.syms);
	free(k->work.spans);
	free(k->work.log);
	free(k->work.labels);
	free(k->work.buf);
	free(k->h);
}

void end(struct kernel *k)
{
	forget(k);
	mb_free(&k->b);
}

void cand(struct kernel *k, u32 sym, u32 off)
{
	k->cands[k->nr_cands].sym = sym;
	k->cands[k->nr_cands++].addr = k->base + off;
}

void hook(struct kernel *k, u32 old, u32 new)
{
	k->hooks[k->nr_hooks].old = k->base + old;
	k->hooks[k->nr_hooks++].new = k->base + new;
}

static void *zeroed(size_t n, size_t size)
{
	void *p = calloc(n, size);

	assert_non_null(p);
	return p;
}

enum runpre_ret resolve(struct kernel *k)
{
	struct runpre_env env = { .ctx = k, .read = read_mem, .paca = k->paca };
	struct runpre_fault fault;
	enum runpre_ret ret;
	u64 cands[16];
	u32 first[32] = { 0 }, n = 0;
	size_t size;

	forget(k);
	k->h = mb_finish(&k->b, &size);
	assert_int_equal(runpre_check(k->h, size, &fault), RUNPRE_OK);
	for (u32 sym = 0; sym < k->h->nr_syms; sym++) {
		first[sym] = n;
		for (u32 i = 0; i < k->nr_cands; i++)
			if (k->cands[i].sym == sym)
				cands[n++] = k->cands[i].addr;
	}
	first[k->h->nr_syms] = n;
	env.cands = cands;
	env.cand_first = first;
	if (k->nr_hooks) {
		env.newest = newest;
		env.oldest = oldest;
	}
	if (k->updates)
		env.carried = carried;
	k->work = (struct runpre_work){
		.syms = zeroed(k->h->nr_syms, sizeof(*k->work.syms)),
		.spans = zeroed(k->h->nr_spans, sizeof(*k->work.spans)),
		.log = zeroed(k->h->max_binds + 1, sizeof(*k->work.log)),
		.labels = zeroed(k->h->max_labels + 1, sizeof(*k->work.labels)),
		.buf = zeroed(k->h->max_run + 1, 1),
	};
	ret = runpre_resolve(k->h, &env, &k->work, &k->where, &k->where_sym);
	for (u32 i = 0; i < k->h->nr_syms; i++)
		assert_in_range(k->work.syms[i].state, RUNPRE_UNBOUND, RUNPRE_BOUND_BY_RUN);
	return ret;
}
