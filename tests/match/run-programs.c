// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * run-programs: the matcher of the kernel core, for random-programs to compare with.  Reads records from standard input until its end,
 * writes a line for each.  All numbers are little-endian; addresses and counts of hooks in 8 bytes, other counts in 4:
 *
 *	n, match data of n bytes
 *	n, memory of n bytes, which lies at BASE
 *	n, for each of n symbols: k, k candidates
 *	n, n hooks: from, to
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kmodsrc/runpre/runpre.h"

#define BASE 0xffffffff81000000ull
#define MOST (1u << 20)	/* of anything in a record */

struct record {
	uint32_t size, memory_size, nr_cands, nr_hooks;
	uint8_t *data, *memory;
	u64 *cands;
	u32 *first;
	u64 *hooks;		/* pairs */
};

static void *get(size_t size)
{
	void *p = calloc(1, size + 1);	/* 16-aligned */

	if (!p || fread(p, 1, size, stdin) != size) {
		fputs("run-programs: a record is cut off\n", stderr);
		exit(1);
	}
	return p;
}

static uint32_t get_count(void)
{
	uint32_t *p = get(sizeof(*p)), n = *p;

	free(p);
	if (n > MOST) {
		fputs("run-programs: a record is too large\n", stderr);
		exit(1);
	}
	return n;
}

static bool get_record(struct record *r)
{
	int c = getchar();

	if (c == EOF)
		return false;
	ungetc(c, stdin);
	r->size = get_count();
	r->data = get(r->size);
	r->memory_size = get_count();
	r->memory = get(r->memory_size);
	r->nr_cands = get_count();
	r->first = calloc(r->nr_cands + 1, sizeof(*r->first));
	r->cands = calloc(MOST, 1);
	for (uint32_t i = 0; i < r->nr_cands; i++) {
		uint32_t n = get_count();
		u64 *list = get(n * sizeof(*list));

		if (r->first[i] + n > MOST / sizeof(*list))
			exit(1);
		memcpy(r->cands + r->first[i], list, n * sizeof(*list));
		r->first[i + 1] = r->first[i] + n;
		free(list);
	}
	r->nr_hooks = get_count();
	r->hooks = get(2 * r->nr_hooks * sizeof(*r->hooks));
	return true;
}

static void free_record(struct record *r)
{
	free(r->data);
	free(r->memory);
	free(r->cands);
	free(r->first);
	free(r->hooks);
}

static size_t read_memory(void *ctx, u64 addr, void *buf, size_t len)
{
	const struct record *r = ctx;
	u64 off = addr - BASE;

	if (addr < BASE || off >= r->memory_size)
		return 0;
	len = len < r->memory_size - off ? len : r->memory_size - off;
	memcpy(buf, r->memory + off, len);
	return len;
}

static u64 newest(void *ctx, u64 addr)
{
	const struct record *r = ctx;

	for (uint32_t i = 0; i < r->nr_hooks; i++)
		if (r->hooks[2 * i] == addr)
			return r->hooks[2 * i + 1];
	return addr;
}

static u64 oldest(void *ctx, u64 addr)
{
	const struct record *r = ctx;

	for (uint32_t i = 0; i < r->nr_hooks; i++)
		if (r->hooks[2 * i + 1] == addr)
			return r->hooks[2 * i];
	return addr;
}

/* As random-programs has it. */
static bool carried(void *ctx, u64 addr)
{
	return addr & 64;
}

static void *make(size_t n, size_t size)
{
	void *p = calloc(n + 1, size);

	if (!p)
		exit(1);
	return p;
}

/* In memory of exactly the promised size, for the sanitizers. */
static void match(struct record *r)
{
	const struct runpre_header *h = (void *)r->data;
	struct runpre_env env = {r, read_memory, newest, oldest, r->cands, r->first, .carried = carried};
	struct runpre_work w = {
		.syms = make(h->nr_syms, sizeof(*w.syms)),
		.spans = make(h->nr_spans, sizeof(*w.spans)),
		.log = make(h->max_binds, sizeof(*w.log)),
		.labels = make(h->max_labels, sizeof(*w.labels)),
		.buf = make(h->max_run, 1),
	};
	u32 where, where_sym;

	printf("%s", runpre_ret_name(runpre_resolve(h, &env, &w, &where, &where_sym)));
	for (u32 i = 0; i < h->nr_spans; i++)
		printf(" %s/%llx/%u", runpre_ret_name(w.spans[i].ret), (unsigned long long)w.spans[i].addr, w.spans[i].run_len);
	for (u32 i = 0; i < h->nr_syms; i++)
		printf(" %u/%llx", w.syms[i].state, (unsigned long long)w.syms[i].value);
	putchar('\n');
	free(w.syms);
	free(w.spans);
	free(w.log);
	free(w.labels);
	free(w.buf);
}

int main(void)
{
	struct record r;

	while (get_record(&r)) {
		struct runpre_fault fault;

		if (runpre_check(r.data, r.size, &fault) != RUNPRE_OK)
			puts("bad_data");
		else if (((struct runpre_header *)(void *)r.data)->nr_syms != r.nr_cands)
			puts("other_symbols");
		else
			match(&r);
		fflush(stdout);
		free_record(&r);
	}
	return 0;
}
