// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * libFuzzer target: no match data and no run code do more than fail.
 *
 * Input: a 16-bit length, so many bytes of match data, and the rest is kernel memory at BASE.  The header's magic,
 * version, size and arch are put right, so that mutations get past them; test-runpre-check.c looks at those.
 * Memory for the matcher is of exactly the promised size, and the answers must be consistent.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "kmodsrc/runpre/runpre.h"
#include "tests/fuzz/check.h"

#define BASE 0xffffffff81000000ull

struct memory {
	const uint8_t *bytes;
	size_t size;
};

static size_t read_mem(void *ctx, u64 addr, void *buf, size_t len)
{
	struct memory *m = ctx;
	u64 off = addr - BASE;

	if (off >= m->size)
		return 0;
	len = len < m->size - off ? len : m->size - off;
	memcpy(buf, m->bytes + off, len);
	return len;
}

/* Every address that ends in 0x40 is hooked, and its replacement too. */
static u64 newest(void *ctx, u64 addr)
{
	u64 low = addr & 0xff;

	return low == 0x40 || low == 0x50 ? addr - low + 0x60 : addr;
}

static u64 oldest(void *ctx, u64 addr)
{
	u64 low = addr & 0xff;

	return low == 0x60 || low == 0x50 ? addr - low + 0x40 : addr;
}

static void *need(size_t n, size_t size)
{
	void *p = calloc(n ? n : 1, size);

	check(p);
	return p;
}

/* Symbol i has i % 4 candidates. */
static void make_candidates(const struct runpre_header *h, u64 **cands, u32 **first)
{
	u32 n = 0;

	*cands = need(3 * (size_t)h->nr_syms, sizeof(**cands));
	*first = need((size_t)h->nr_syms + 1, sizeof(**first));
	for (u32 i = 0; i < h->nr_syms; i++) {
		(*first)[i] = n;
		for (u32 j = 0; j < i % 4; j++)
			(*cands)[n++] = BASE + 0x10 * i + 0x40 * j;
	}
	(*first)[h->nr_syms] = n;
}

static void make_work(const struct runpre_header *h, struct runpre_work *w)
{
	w->syms = need(h->nr_syms, sizeof(*w->syms));
	w->spans = need(h->nr_spans, sizeof(*w->spans));
	w->log = need((size_t)h->max_binds + 1, sizeof(*w->log));
	w->labels = need((size_t)h->max_labels + 1, sizeof(*w->labels));
	w->buf = need((size_t)h->max_run + 1, 1);
}

static void free_work(struct runpre_work *w)
{
	free(w->syms);
	free(w->spans);
	free(w->log);
	free(w->labels);
	free(w->buf);
}

static void check_answer(const struct runpre_header *h, const struct runpre_work *w, enum runpre_ret ret)
{
	const struct runpre_span *spans = runpre_spans(h);

	for (u32 i = 0; i < h->nr_syms; i++) {
		check(w->syms[i].state <= RUNPRE_BOUND_BY_RUN);
		check(w->syms[i].state || (!w->syms[i].value && !w->syms[i].root));
		check(ret != RUNPRE_OK || w->syms[i].state || !runpre_syms(h)[i].publish);
	}
	for (u32 i = 0; i < h->nr_spans; i++) {
		check(w->spans[i].ret <= RUNPRE_UNDECIDED);
		check(w->spans[i].program < h->nr_spans);
		check(!w->spans[i].run_len || w->spans[i].run_len <= spans[w->spans[i].program].max_run);
		if (w->spans[i].ret == RUNPRE_OK)
			check(w->syms[spans[i].sym].value == w->spans[i].addr);
		else if (ret == RUNPRE_OK)
			check(!(spans[i].flags & RUNPRE_SPAN_REPLACE));
	}
}

static bool carried(void *ctx, u64 addr)
{
	return addr & 64;
}

static void resolve(const struct runpre_header *h, struct memory *mem)
{
	struct runpre_env env = { .ctx = mem, .read = read_mem, .newest = newest, .oldest = oldest, .carried = carried };
	struct runpre_work a, b;
	u64 *cands;
	u32 *first, where, where_sym;
	enum runpre_ret ret;

	make_candidates(h, &cands, &first);
	env.cands = cands;
	env.cand_first = first;
	make_work(h, &a);
	make_work(h, &b);
	ret = runpre_resolve(h, &env, &a, &where, &where_sym);
	check_answer(h, &a, ret);
	check(ret == RUNPRE_OK ? where == (u32)-1 && where_sym == (u32)-1 :
				 (where < h->nr_spans) != (where_sym < h->nr_syms));
	/* Deterministic, and independent of what the memory for it held before. */
	memset(b.syms, 0xa5, h->nr_syms * sizeof(*b.syms));
	memset(b.labels, 0xa5, h->max_labels * sizeof(*b.labels));
	check(runpre_resolve(h, &env, &b, &where, &where_sym) == ret);
	for (u32 i = 0; i < h->nr_syms; i++)
		check(a.syms[i].value == b.syms[i].value && a.syms[i].state == b.syms[i].state);
	free_work(&a);
	free_work(&b);
	free(cands);
	free(first);
}

static void put_right(u8 *data, size_t size)
{
	struct runpre_header *h = (struct runpre_header *)data;

	if (size < sizeof(*h))
		return;
	memcpy(h->magic, RUNPRE_MAGIC, sizeof(h->magic));
	h->version = RUNPRE_VERSION;
	h->size = (u32)size;
	h->arch = h->arch == RUNPRE_ARCH_PPC64LE ? RUNPRE_ARCH_PPC64LE : RUNPRE_ARCH_X86_64;
}

int LLVMFuzzerTestOneInput(const uint8_t *input, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *input, size_t size)
{
	struct runpre_fault fault;
	struct memory mem;
	size_t len;
	u8 *data;

	if (size < 2)
		return 0;
	len = input[0] | (size_t)input[1] << 8;
	len = len < size - 2 ? len : size - 2;
	mem.bytes = input + 2 + len;
	mem.size = size - 2 - len;
	data = malloc(len ? len : 1);
	check(data);
	memcpy(data, input + 2, len);
	put_right(data, len);
	if (runpre_check(data, len, &fault) == RUNPRE_OK)
		resolve((const struct runpre_header *)data, &mem);
	free(data);
	return 0;
}
