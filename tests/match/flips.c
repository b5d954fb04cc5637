// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Most flips are in bytes that the function's own program compares, or lead a reference away from its name: a run of that program
 * which believes everything else tells (quick()).  What gets past it, is matched as the core would: the whole unit (thorough()).
 */
#include "tests/match/flips.h"

#include <stdlib.h>
#include <string.h>

#include "kmodsrc/runpre/prog.h"

/* The kernel's memory but for one bit. */
struct flipped {
	const struct runpre_env *real;
	uint64_t at;
	uint8_t mask;
};

static size_t read_flipped(void *ctx, u64 addr, void *buf, size_t len)
{
	const struct flipped *f = ctx;
	size_t n = f->real->read(f->real->ctx, addr, buf, len);

	if (f->at >= addr && f->at - addr < n)
		((uint8_t *)buf)[f->at - addr] ^= f->mask;
	return n;
}

/* Work memory for a second match beside the first, and the binder that believes. */
struct second {
	struct runpre_binder binder;	/* first: callbacks get the second by it */
	const struct offline_seen *seen;
	struct runpre_work work;
	struct flipped flipped;
	struct runpre_env env;
};

/* Anything may be anywhere but where the symbol table says that it is not. */
static enum runpre_ret believe(struct runpre_binder *b, u32 sym, u64 value, u64 *expected)
{
	const struct second *s = (struct second *)b;
	const struct runpre_env *env = s->seen->env;
	const struct runpre_sym *rec = &runpre_syms(s->seen->h)[sym];

	(void)expected;
	if (rec->kind != RUNPRE_SYM_PLAIN)
		return RUNPRE_OK;
	if (env->cand_first[sym] == env->cand_first[sym + 1])
		return rec->flags & RUNPRE_SYM_CHECK ? RUNPRE_DIFFERS : RUNPRE_OK;
	for (u32 i = env->cand_first[sym]; i < env->cand_first[sym + 1]; i++)
		if (env->cands[i] == value)
			return RUNPRE_OK;
	return RUNPRE_DIFFERS;
}

static u32 no_mark(struct runpre_binder *b)
{
	(void)b;
	return 0;
}

static void no_rollback(struct runpre_binder *b, u32 mark)
{
	(void)b;
	(void)mark;
}

static bool value_of(struct runpre_binder *b, u32 sym, u64 *value)
{
	return offline_seen_value(((struct second *)b)->seen, sym, value);
}

static bool read_memory(struct runpre_binder *b, u64 addr, void *buf, u32 len)
{
	return offline_seen_read(((struct second *)b)->seen, addr, buf, len);
}

static bool second_init(struct second *s, const struct offline_seen *seen)
{
	const struct runpre_header *h = seen->h;

	*s = (struct second){.binder = {believe, no_mark, no_rollback, value_of, read_memory}, .seen = seen};
	s->work.syms = calloc((size_t)h->nr_syms + 1, sizeof(*s->work.syms));
	s->work.spans = calloc((size_t)h->nr_spans + 1, sizeof(*s->work.spans));
	s->work.log = calloc((size_t)h->max_binds + 1, sizeof(*s->work.log));
	s->work.labels = calloc((size_t)h->max_labels + 1, sizeof(*s->work.labels));
	s->work.buf = calloc((size_t)h->max_run + 1, 1);
	s->flipped.real = seen->env;
	s->env = *seen->env;
	s->env.ctx = &s->flipped;
	s->env.read = read_flipped;
	return s->work.syms && s->work.spans && s->work.log && s->work.labels && s->work.buf;
}

static void second_deinit(struct second *s)
{
	free(s->work.syms);
	free(s->work.spans);
	free(s->work.log);
	free(s->work.labels);
	free(s->work.buf);
}

/* Whether span @i is another function now, whatever else might be known. */
static bool quick(struct second *s, u32 i)
{
	const struct runpre_span *span = &runpre_spans(s->seen->h)[i];
	uint64_t addr = s->seen->work->spans[i].addr;
	size_t n = s->env.read(s->env.ctx, addr, s->work.buf, span->max_run);
	struct runpre_fault fault;
	u32 len;

	return runpre_run(s->seen->h, span, s->work.buf, n, addr, &s->binder, s->work.labels, &len, &fault) != RUNPRE_OK;
}

enum outcome { CONFLICT, EQUAL, ELSEWHERE, UNSEEN };

/* Matches the whole unit. */
static enum outcome thorough(struct second *s)
{
	const struct runpre_header *h = s->seen->h;
	const struct runpre_work *before = s->seen->work;
	enum outcome ret = UNSEEN;
	u32 where, where_sym;

	if (runpre_resolve(h, &s->env, &s->work, &where, &where_sym) != RUNPRE_OK)
		return CONFLICT;
	for (u32 i = 0; i < h->nr_spans; i++) {
		const struct runpre_span *span = &runpre_spans(h)[i];
		bool nameless = (span->flags & RUNPRE_SPAN_DATA) && !runpre_syms(h)[span->sym].name;

		if (s->work.spans[i].addr == before->spans[i].addr)
			continue;
		if (!nameless)
			return ELSEWHERE;
		s->work.syms[span->sym] = before->syms[span->sym];
		ret = EQUAL;
	}
	for (u32 i = 0; i < h->nr_syms; i++)
		if (s->work.syms[i].value != before->syms[i].value)
			return ELSEWHERE;
	return ret;
}

/*
 * The site that a function's program has at a distance from its start, or 0xff.  Only where pre and run are of one length, as far
 * as PRE tells; for the list that a person reads.
 */
static u8 site_at(const struct runpre_header *h, const struct runpre_span *span, u32 pre_off)
{
	struct runpre_cursor c = {.prog = (const u8 *)h + h->progs + span->prog, .end = span->prog_len}, form;
	struct runpre_insn insn = {0};
	u32 pre = 0;

	while (c.pos < c.end && runpre_decode(&c, &insn)) {
		u32 len = 0;

		for (u32 i = 0; i < insn.nforms; i++)
			runpre_decode_form(&c, &form);
		if (insn.op == RUNPRE_OP_PRE)
			pre = insn.arg;
		else if (insn.op == RUNPRE_OP_LIT || insn.op == RUNPRE_OP_PAD || insn.op == RUNPRE_OP_SITE)
			len = insn.arg;
		else if (insn.op == RUNPRE_OP_RELOC)
			len = runpre_reloc_size(insn.sub);
		if (insn.op == RUNPRE_OP_SITE && pre_off >= pre && pre_off - pre < len)
			return insn.sub;
		pre += len;
	}
	return 0xff;
}

static bool note(const struct second *s, u32 i, enum outcome outcome, struct flips *ret)
{
	const struct runpre_header *h = s->seen->h;
	const struct runpre_span *span = &runpre_spans(h)[i];
	uint64_t start = s->seen->work->spans[i].addr, off = s->flipped.at - start;
	size_t from = off < 8 ? off : 8, n;
	uint8_t bytes[24] = {0};
	char hex[2 * sizeof(bytes) + 1];
	u8 site = site_at(h, span, (u32)off);
	json_t *entry;

	n = s->flipped.real->read(s->flipped.real->ctx, s->flipped.at - from, bytes, sizeof(bytes));
	for (size_t k = 0; k < n; k++)
		sprintf(hex + 2 * k, "%02x", bytes[k]);
	hex[2 * n] = 0;
	entry = json_pack("{s:s, s:I, s:i, s:s, s:s, s:s, s:I}", "function", runpre_string(h, runpre_syms(h)[span->sym].name),
			  "run_off", (json_int_t)off, "mask", s->flipped.mask, "what",
			  outcome == UNSEEN ? "unseen" : "elsewhere", "site", site == 0xff ? "" : runpre_site_name(site), "around", hex,
			  "before", (json_int_t)from);
	return entry && !json_array_append_new(ret->unseen_list, entry);
}

static bool flip(struct second *s, u32 i, uint64_t at, unsigned bit, struct flips *ret)
{
	s->flipped.at = at;
	s->flipped.mask = (uint8_t)(1 << bit);
	ret->tried++;
	if (quick(s, i)) {
		ret->differs++;
		return true;
	}
	switch (thorough(s)) {
	case CONFLICT:
		ret->conflict++;
		return true;
	case EQUAL:
		ret->equal++;
		return true;
	case ELSEWHERE:
		ret->elsewhere++;
		return note(s, i, ELSEWHERE, ret);
	case UNSEEN:
		ret->unseen++;
		return note(s, i, UNSEEN, ret);
	}
	return false;
}

/* xorshift64*, Vigna 2016: repeatable from the seed on any machine. */
static uint64_t next_random(uint64_t *seed)
{
	*seed ^= *seed >> 12;
	*seed ^= *seed << 25;
	*seed ^= *seed >> 27;
	return *seed * 0x2545f4914f6cdd1dull;
}

bool flips_run(const struct offline_seen *seen, uint64_t one_in, uint64_t *seed, struct flips *ret)
{
	struct second s;
	bool ok = second_init(&s, seen);

	*ret = (struct flips){.unseen_list = json_array()};
	ok = ok && ret->unseen_list;
	for (u32 i = 0; ok && i < seen->h->nr_spans; i++) {
		const struct runpre_span_result *sr = &seen->work->spans[i];
		uint16_t flags = runpre_spans(seen->h)[i].flags;

		if (sr->ret != RUNPRE_OK || (flags & RUNPRE_SPAN_DATA) || !(flags & RUNPRE_SPAN_REQUIRED))
			continue;
		for (uint64_t bit = next_random(seed) % one_in; ok && bit < 8ull * sr->run_len; bit += 1 + next_random(seed) % (2 * one_in - 1))
			ok = flip(&s, i, sr->addr + bit / 8, bit % 8, ret);
	}
	second_deinit(&s);
	return ok;
}
