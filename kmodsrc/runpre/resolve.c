// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Finds the spans and symbols of match data in the running (or imaged) kernel.
 *
 * A span is tried where its symbol is, if the code of other spans told, else wherever the symbol table has its name.
 * While a trial runs, the symbols that it implies are entered as bound "on trial"; the log knows which. The trial that
 * is the only one to fit is committed: its symbols stay. All others are undone. So a span's evidence counts whole
 * or not at all, and what it says twice must agree.
 */
#include "runpre.h"

#define ON_TRIAL 0x80	/* in runpre_sym_result.state: known from the trial that is under way */

struct resolver {
	struct runpre_binder binder;	/* first: bind() gets the resolver by it */
	const struct runpre_header *h;
	const struct runpre_env *env;
	struct runpre_work *work;
	u32	nr_log;
	bool	forgetful;	/* only compare with what is known: enter nothing */
};

static u64 newest(const struct resolver *r, u64 addr)
{
	return r->env->newest ? r->env->newest(r->env->ctx, addr) : addr;
}

static u64 oldest(const struct resolver *r, u64 addr)
{
	return r->env->oldest ? r->env->oldest(r->env->ctx, addr) : addr;
}

/* The symbol table's addresses for a symbol. */
struct candidates {
	const u64 *addr;
	u32	nr;
};

static struct candidates candidates_of(const struct resolver *r, u32 sym)
{
	u32 first = r->env->cand_first[sym];

	return (struct candidates){ r->env->cands + first, r->env->cand_first[sym + 1] - first };
}

/*
 * Whether candidate i leads to code that an earlier one led to: a hooked function and its replacement may both
 * be in the symbol table under the one name.
 */
static bool is_repeated(const struct resolver *r, const struct candidates *c, u32 i)
{
	u64 addr = newest(r, c->addr[i]);
	u32 j;

	for (j = 0; j < i; j++)
		if (newest(r, c->addr[j]) == addr)
			return true;
	return false;
}

/* How many different addresses the name stands for, counted up to 2; the first of them in *@addr. */
static u32 count_candidates(const struct resolver *r, u32 sym, u64 *addr)
{
	struct candidates c = candidates_of(r, sym);
	u32 i, n = 0;

	for (i = 0; i < c.nr && n < 2; i++) {
		if (is_repeated(r, &c, i))
			continue;
		if (!n)
			*addr = c.addr[i];
		n++;
	}
	return n;
}

/* Binding */

static void enter(struct resolver *r, u32 sym, u64 value, u64 root)
{
	struct runpre_sym_result *s = &r->work->syms[sym];

	s->value = value;
	s->root = root;
	s->state = RUNPRE_BOUND_BY_RUN | ON_TRIAL;
	r->work->log[r->nr_log].sym = sym;
	r->work->log[r->nr_log].value = value;
	r->nr_log++;
}

static u32 mark(struct runpre_binder *b)
{
	return ((struct resolver *)b)->nr_log;
}

static void rollback(struct runpre_binder *b, u32 to)
{
	struct resolver *r = (struct resolver *)b;

	while (r->nr_log > to) {
		r->nr_log--;
		memset(&r->work->syms[r->work->log[r->nr_log].sym], 0, sizeof(*r->work->syms));
	}
}

static void commit(struct resolver *r)
{
	while (r->nr_log) {
		r->nr_log--;
		r->work->syms[r->work->log[r->nr_log].sym].state &= (u8)~ON_TRIAL;
	}
}

/* May the symbol be at @canonical (the newest replacement of what was found), as far as the symbol table tells? */
static bool name_allows(const struct resolver *r, u32 sym, u64 canonical, u64 *expected)
{
	struct candidates c = candidates_of(r, sym);
	u32 i;

	if (!c.nr)
		return !(runpre_syms(r->h)[sym].flags & RUNPRE_SYM_CHECK);
	for (i = 0; i < c.nr; i++)
		if (c.addr[i] == canonical || newest(r, c.addr[i]) == canonical)
			return true;
	*expected = c.addr[0];
	return false;
}

static enum runpre_ret bind_plain(struct resolver *r, u32 sym, u64 value, u64 *expected)
{
	bool percpu = runpre_syms(r->h)[sym].flags & RUNPRE_SYM_PERCPU;
	struct runpre_sym_result *s = &r->work->syms[sym];
	u64 canonical = percpu ? value : newest(r, value);

	if (s->state) {
		*expected = s->value;
		return canonical == s->value ? RUNPRE_OK : RUNPRE_DIFFERS;
	}
	if (!name_allows(r, sym, canonical, expected))
		return RUNPRE_DIFFERS;
	if (!r->forgetful)
		enter(r, sym, canonical, percpu ? value : oldest(r, value));
	return RUNPRE_OK;
}

/* The word that the kernel itself calls through or copied into its code: run code must agree with it as it is now. */
static enum runpre_ret check_pointee(struct resolver *r, const struct runpre_sym *s, u64 value, u64 *expected)
{
	u64 base = r->work->syms[s->base].root;
	u8 word[8];
	u32 i;

	if (!r->work->syms[s->base].state && count_candidates(r, s->base, &base) != 1)
		return RUNPRE_UNDECIDED;
	if (r->env->read(r->env->ctx, base + (u64)s->offset, word, sizeof(word)) != sizeof(word))
		return RUNPRE_UNREADABLE;
	for (*expected = 0, i = 8; i--;)
		*expected = *expected << 8 | word[i];
	return newest(r, value) == newest(r, *expected) ? RUNPRE_OK : RUNPRE_DIFFERS;
}

static enum runpre_ret bind(struct runpre_binder *b, u32 sym, u64 value, u64 *expected)
{
	struct resolver *r = (struct resolver *)b;
	const struct runpre_sym *s = &runpre_syms(r->h)[sym];

	if (s->kind == RUNPRE_SYM_POINTEE)
		return check_pointee(r, s, value, expected);
	return bind_plain(r, sym, value, expected);
}

static bool value_of(struct runpre_binder *b, u32 sym, u64 *value)
{
	const struct runpre_sym_result *s = &((struct resolver *)b)->work->syms[sym];

	*value = s->root;
	return s->state;
}

static bool read_memory(struct runpre_binder *b, u64 addr, void *buf, u32 len)
{
	const struct runpre_env *env = ((struct resolver *)b)->env;

	return env->read(env->ctx, addr, buf, len) == len;
}

/* Trials */

static enum runpre_ret run_at(struct resolver *r, const struct runpre_span *span, u64 addr, u32 *run_len,
			      struct runpre_fault *fault)
{
	size_t n = r->env->read(r->env->ctx, addr, r->work->buf, span->max_run);

	return runpre_run(r->h, span, r->work->buf, n, addr, &r->binder, r->work->labels, run_len, fault);
}

/*
 * Whether strings and other data that the trial under way found by reference are what pre has there.
 * Tells functions apart that differ in nothing else: the code compares them by these addresses only once they are known.
 */
static bool data_fits(struct resolver *r, struct runpre_fault *fault)
{
	const struct runpre_span *spans = runpre_spans(r->h);
	enum runpre_ret ret = RUNPRE_OK;
	u32 i, run_len;

	r->forgetful = true;
	for (i = 0; ret != RUNPRE_DIFFERS && i < r->h->nr_spans; i++) {
		const struct runpre_sym_result *s = &r->work->syms[spans[i].sym];

		if ((spans[i].flags & RUNPRE_SPAN_DATA) && (s->state & ON_TRIAL))
			ret = run_at(r, &spans[i], s->value, &run_len, fault);
	}
	r->forgetful = false;
	if (ret != RUNPRE_DIFFERS)
		return true;
	/* In terms of the span that refers to it. */
	fault->op = RUNPRE_OP_RELOC;
	fault->sym = spans[i - 1].sym;
	fault->offset = fault->pre_off = fault->run_off = 0;
	return false;
}

/* What became of a span's candidates as they were tried, one after the other. */
struct survey {
	u32	nr, tried, survivors;
	u64	addr, root;		/* of the last survivor */
	bool	undecided;		/* one might fit when more is known */
	enum runpre_ret ret;		/* of the one that came furthest without fitting */
};

/* What an update has brought is compared with what such code was compiled to. */
static u32 program_for(const struct resolver *r, u32 i, u64 addr)
{
	u32 carried = runpre_spans(r->h)[i].carried;

	return carried && r->env->carried && r->env->carried(r->env->ctx, addr) ? carried : i;
}

/* Runs span i at @addr. If it fits, the trial is left open for the caller to commit or roll back. */
static enum runpre_ret try_at(struct resolver *r, u32 i, u64 addr, u64 root, u32 *run_len, struct runpre_fault *fault)
{
	const struct runpre_span *span = &runpre_spans(r->h)[program_for(r, i, addr)];
	enum runpre_ret ret;

	if (!r->work->syms[span->sym].state)
		enter(r, span->sym, addr, root);
	ret = run_at(r, span, addr, run_len, fault);
	if (ret != RUNPRE_OK)
		rollback(&r->binder, 0);
	return ret;
}

static void accept(struct resolver *r, u32 i, u64 addr, u32 run_len)
{
	struct runpre_span_result *sr = &r->work->spans[i];

	commit(r);
	memset(&sr->fault, 0, sizeof(sr->fault));
	sr->fault_addr = 0;
	sr->addr = addr;
	sr->run_len = run_len;
	sr->program = program_for(r, i, addr);
	sr->ret = RUNPRE_OK;
}

static void note_failure(struct resolver *r, u32 i, u64 addr, struct survey *survey, enum runpre_ret ret,
			 const struct runpre_fault *fault)
{
	struct runpre_span_result *sr = &r->work->spans[i];

	survey->undecided |= ret == RUNPRE_UNDECIDED;
	if (survey->ret != RUNPRE_OK && fault->run_off <= sr->fault.run_off)
		return;
	survey->ret = ret;
	sr->fault = *fault;
	sr->fault_addr = addr;
}

static void try_candidate(struct resolver *r, u32 i, u64 addr, u64 root, struct survey *survey)
{
	struct runpre_fault fault;
	enum runpre_ret ret;
	u32 run_len;

	survey->tried++;
	ret = try_at(r, i, addr, root, &run_len, &fault);
	if (ret == RUNPRE_OK && survey->nr == 1) {
		survey->survivors = 1;
		accept(r, i, addr, run_len);
		return;
	}
	if (ret == RUNPRE_OK) {
		if (!data_fits(r, &fault))
			ret = RUNPRE_DIFFERS;
		rollback(&r->binder, 0);
	}
	if (ret != RUNPRE_OK) {
		note_failure(r, i, addr, survey, ret, &fault);
		return;
	}
	survey->survivors++;
	survey->addr = addr;
	survey->root = root;
}

static void try_names(struct resolver *r, u32 i, struct survey *survey)
{
	u32 sym = runpre_spans(r->h)[i].sym, n;
	struct candidates c = candidates_of(r, sym);
	u64 first;

	survey->nr = count_candidates(r, sym, &first);
	for (n = 0; n < c.nr; n++)
		if (!is_repeated(r, &c, n))
			try_candidate(r, i, newest(r, c.addr[n]), oldest(r, c.addr[n]), survey);
}

static enum runpre_ret verdict(const struct survey *survey)
{
	if (survey->undecided)
		return RUNPRE_UNDECIDED;
	if (survey->survivors)
		return survey->survivors == 1 ? RUNPRE_OK : RUNPRE_AMBIGUOUS;
	return survey->tried ? survey->ret : RUNPRE_NOT_FOUND;
}

/* Tries span i wherever it may be; whether it matched. */
static bool try_span(struct resolver *r, u32 i)
{
	const struct runpre_span *span = &runpre_spans(r->h)[i];
	const struct runpre_sym_result *sym = &r->work->syms[span->sym];
	struct runpre_span_result *sr = &r->work->spans[i];
	struct survey survey = { .nr = 1 };
	struct runpre_fault fault;
	u32 run_len;

	if (sym->state)
		try_candidate(r, i, sym->value, sym->root, &survey);
	else if (!(span->flags & RUNPRE_SPAN_DATA) || (span->flags & RUNPRE_SPAN_REPLACE))
		try_names(r, i, &survey);
	sr->tried = survey.tried;
	sr->ret = (u8)verdict(&survey);
	if (sr->ret != RUNPRE_OK)
		return false;
	/* One of several candidates: it was rolled back, as the next ones were not known to fail. */
	if (survey.nr > 1 && try_at(r, i, survey.addr, survey.root, &run_len, &fault) == RUNPRE_OK)
		accept(r, i, survey.addr, run_len);
	return true;
}

/* To know more makes nothing fit that differs: only these are worth another look. A second program is run in its function's place. */
static bool is_open(const struct resolver *r, u32 i)
{
	const struct runpre_span_result *sr = &r->work->spans[i];

	if (runpre_spans(r->h)[i].flags & RUNPRE_SPAN_CARRIED)
		return false;
	return sr->ret == RUNPRE_NOT_FOUND || sr->ret == RUNPRE_AMBIGUOUS || sr->ret == RUNPRE_UNDECIDED;
}

static void match_all(struct resolver *r)
{
	bool progress = true;
	u32 i;

	while (progress) {
		progress = false;
		for (i = 0; i < r->h->nr_spans; i++)
			if (is_open(r, i) && try_span(r, i))
				progress = true;
	}
}

/* The answer */

/* What no run code mentions is known by its name alone, if that is unique. */
static enum runpre_ret bind_by_name(struct resolver *r, u32 sym)
{
	struct runpre_sym_result *s = &r->work->syms[sym];
	bool percpu = runpre_syms(r->h)[sym].flags & RUNPRE_SYM_PERCPU;
	u64 addr;
	u32 n;

	n = count_candidates(r, sym, &addr);
	if (n != 1)
		return n ? RUNPRE_AMBIGUOUS : RUNPRE_NOT_FOUND;
	s->value = percpu ? addr : newest(r, addr);
	s->root = percpu ? addr : oldest(r, addr);
	s->state = RUNPRE_BOUND_BY_NAME;
	return RUNPRE_OK;
}

/*
 * Whether the update fails because of this span.  Of a function that is not replaced it is enough to know that all
 * candidates are pre code: which of them it is matters only if somebody asks for the symbol, and then that fails.
 */
static bool is_fatal(const struct resolver *r, u32 i)
{
	const struct runpre_span *span = &runpre_spans(r->h)[i];
	const struct runpre_span_result *sr = &r->work->spans[i];

	if (sr->ret == RUNPRE_OK)
		return false;
	if ((span->flags & RUNPRE_SPAN_DATA) && r->work->syms[span->sym].state == RUNPRE_BOUND_BY_RUN)
		return true;
	if (span->flags & RUNPRE_SPAN_PART)
		span = runpre_spans(r->h)[span->part_of].flags & RUNPRE_SPAN_REPLACE ?
			       &runpre_spans(r->h)[span->part_of] : span;
	if (span->flags & RUNPRE_SPAN_REPLACE)
		return true;
	return (span->flags & RUNPRE_SPAN_REQUIRED) && sr->ret != RUNPRE_AMBIGUOUS;
}

static u32 rank(enum runpre_ret ret)
{
	static const u8 ranks[] = {
		[RUNPRE_BAD_DATA] = 1, [RUNPRE_UNREADABLE] = 2, [RUNPRE_DIFFERS] = 3,  [RUNPRE_AMBIGUOUS] = 4,
		[RUNPRE_NOT_FOUND] = 5, [RUNPRE_UNDECIDED] = 6, [RUNPRE_SEALED] = 7, [RUNPRE_OK] = 8,
	};

	return ranks[ret];
}

/*
 * With IBT, a call through a pointer faults unless the function begins with ENDBR, and the kernel overwrites that of each
 * function to which nobody points (arch/x86/kernel/alternative.c, apply_seal_endbr(), 6.12; the bytes are those of
 * gen_endbr_poison(), asm/ibt.h: a nop that nothing else has).  QEMU 7.2 would not notice.
 */
static bool is_sealed(struct resolver *r, u64 addr)
{
	static const u8 poison[] = { 0x66, 0x0f, 0x1f, 0x00 };
	u8 entry[sizeof(poison)];

	return r->h->arch == RUNPRE_ARCH_X86_64 &&
	       r->env->read(r->env->ctx, addr, entry, sizeof(entry)) == sizeof(entry) &&
	       !memcmp(entry, poison, sizeof(poison));
}

static enum runpre_ret bind_published(struct resolver *r, u32 sym, u32 *culprit)
{
	const struct runpre_sym *s = &runpre_syms(r->h)[sym];
	enum runpre_ret ret = RUNPRE_OK;

	*culprit = s->kind == RUNPRE_SYM_ALIAS ? s->base : sym;
	if (!r->work->syms[*culprit].state)
		ret = bind_by_name(r, *culprit);
	r->work->syms[sym] = r->work->syms[*culprit];
	/* A pointer that pre code has, too, keeps its function from being sealed. */
	if (ret == RUNPRE_OK && (s->flags & RUNPRE_SYM_ROOT) && is_sealed(r, r->work->syms[sym].root))
		ret = RUNPRE_SEALED;
	return ret;
}

static enum runpre_ret worst(struct resolver *r, u32 *where, u32 *where_sym)
{
	const struct runpre_sym *syms = runpre_syms(r->h);
	enum runpre_ret ret = RUNPRE_OK, one;
	u32 i, culprit;

	for (i = 0; i < r->h->nr_spans; i++) {
		one = (enum runpre_ret)r->work->spans[i].ret;
		if (is_fatal(r, i) && rank(one) < rank(ret)) {
			ret = one;
			*where = i;
		}
	}
	for (i = 0; i < r->h->nr_syms; i++) {
		if (!syms[i].publish)
			continue;
		one = bind_published(r, i, &culprit);
		if (rank(one) < rank(ret)) {
			ret = one;
			*where = (u32)-1;
			*where_sym = culprit;
		}
	}
	return ret;
}

enum runpre_ret runpre_resolve(const struct runpre_header *h, const struct runpre_env *env, struct runpre_work *work,
			       u32 *where, u32 *where_sym)
{
	struct resolver r = {
		.binder = { .bind = bind, .mark = mark, .rollback = rollback, .value = value_of, .read = read_memory,
			    .paca = env->paca },
		.h = h,
		.env = env,
		.work = work,
	};
	u32 i;

	*where = *where_sym = (u32)-1;
	memset(work->syms, 0, (size_t)h->nr_syms * sizeof(*work->syms));
	memset(work->spans, 0, (size_t)h->nr_spans * sizeof(*work->spans));
	for (i = 0; i < h->nr_spans; i++)
		work->spans[i].ret = RUNPRE_NOT_FOUND;
	match_all(&r);
	return worst(&r, where, where_sym);
}
