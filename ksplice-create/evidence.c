// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The matcher tells what a symbol's value is, not who said so.  Once all is known, each program that matched is run once more over
 * the same bytes, and what it mentions is noted.
 */
#include "ksplice-create/evidence.h"

#include <string.h>

#include "kmodsrc/runpre/runpre.h"

struct noter {
	struct runpre_binder binder;	/* first: callbacks get the noter by it */
	const struct offline_seen *seen;
	u32 *log;			/* symbols that the run under way has mentioned */
	u32 nr_log;
	u32 *first;			/* of each symbol: the first span that mentions it, if any does */
	u32 *last;			/* and the last */
	u32 *count;			/* how many do */
};

/* As it was when it matched; what a pointer holds is nobody's symbol. */
static enum runpre_ret note(struct runpre_binder *b, u32 sym, u64 value, u64 *expected)
{
	struct noter *n = (struct noter *)b;
	const struct runpre_sym_result *known = &n->seen->work->syms[sym];

	if (runpre_syms(n->seen->h)[sym].kind == RUNPRE_SYM_PLAIN && (!known->state || known->value != value))
		return RUNPRE_DIFFERS;
	if (n->nr_log <= n->seen->h->max_binds)
		n->log[n->nr_log++] = sym;
	return RUNPRE_OK;
}

static u32 mark(struct runpre_binder *b)
{
	return ((struct noter *)b)->nr_log;
}

static void rollback(struct runpre_binder *b, u32 to)
{
	((struct noter *)b)->nr_log = to;
}

static bool value_of(struct runpre_binder *b, u32 sym, u64 *value)
{
	return offline_seen_value(((struct noter *)b)->seen, sym, value);
}

static bool read_memory(struct runpre_binder *b, u64 addr, void *buf, u32 len)
{
	return offline_seen_read(((struct noter *)b)->seen, addr, buf, len);
}

static void count(struct noter *n, u32 span)
{
	for (u32 i = 0; i < n->nr_log; i++) {
		u32 sym = n->log[i];

		if (sym == runpre_spans(n->seen->h)[span].sym || (n->count[sym] && n->last[sym] == span))
			continue;
		if (!n->count[sym]++)
			n->first[sym] = span;
		n->last[sym] = span;
	}
}

static void note_span(struct noter *n, u32 i)
{
	const struct offline_seen *s = n->seen;
	const struct runpre_span *span = &runpre_spans(s->h)[i];
	const struct runpre_span_result *sr = &s->work->spans[i];
	struct runpre_fault fault;
	u32 consumed;
	size_t len;

	if (sr->ret != RUNPRE_OK)
		return;
	n->nr_log = 0;
	len = s->env->read(s->env->ctx, sr->addr, s->work->buf, span->max_run);
	if (runpre_run(s->h, span, s->work->buf, len, sr->addr, &n->binder, s->work->labels, &consumed, &fault) == RUNPRE_OK)
		count(n, i);
}

/* The symbol tables may have one address twice. */
static unsigned candidates(const struct offline_seen *s, u32 sym)
{
	unsigned n = 0;

	for (u32 i = s->env->cand_first[sym]; i < s->env->cand_first[sym + 1]; i++)
		n += i == s->env->cand_first[sym] || s->env->cands[i] != s->env->cands[i - 1];
	return n;
}

static bool matched_itself(const struct offline_seen *s, u32 sym)
{
	for (u32 i = 0; i < s->h->nr_spans; i++)
		if (runpre_spans(s->h)[i].sym == sym && s->work->spans[i].ret == RUNPRE_OK)
			return true;
	return false;
}

static const char *span_name(const struct runpre_header *h, const struct runpre_span *span)
{
	return runpre_string(h, runpre_syms(h)[span->sym].name);
}

static void add_symbol(struct evidence *e, const struct noter *n, u32 i)
{
	const struct runpre_header *h = n->seen->h;
	const struct runpre_sym *s = &runpre_syms(h)[i];
	u32 base = s->kind == RUNPRE_SYM_ALIAS ? s->base : i;
	const struct runpre_sym_result *known = &n->seen->work->syms[base];
	struct evidence_symbol *sym;

	e->symbols = xrealloc(e->symbols, (e->nr_symbols + 1) * sizeof(*e->symbols));
	sym = &e->symbols[e->nr_symbols++];
	*sym = (struct evidence_symbol){
		.publish = xstrdup(runpre_string(h, s->publish)),
		.addr = s->flags & RUNPRE_SYM_ROOT ? known->root : known->value,
		.candidates = candidates(n->seen, base),
		.referrers = n->count[base],
	};
	if (known->state)
		sym->kind = known->state == RUNPRE_BOUND_BY_NAME ? EVIDENCE_NAME
			    : matched_itself(n->seen, base) ? EVIDENCE_CODE : EVIDENCE_REFERENCE;
	if (n->count[base]) {
		const struct runpre_span *first = &runpre_spans(h)[n->first[base]];

		sym->unit = xstrdup(runpre_string(h, first->unit));
		sym->referrer = xstrdup(span_name(h, first));
	}
}

static void add_span(struct evidence *e, const struct offline_seen *s, u32 i)
{
	const struct runpre_span *span = &runpre_spans(s->h)[i];

	if (!runpre_syms(s->h)[span->sym].name || span->flags & RUNPRE_SPAN_CARRIED)
		return;
	e->spans = xrealloc(e->spans, (e->nr_spans + 1) * sizeof(*e->spans));
	e->spans[e->nr_spans++] = (struct evidence_span){
		.unit = xstrdup(runpre_string(s->h, span->unit)),
		.name = xstrdup(span_name(s->h, span)),
		.pre_size = span->pre_size,
		.addr = s->work->spans[i].ret == RUNPRE_OK ? s->work->spans[i].addr : 0,
	};
}

void evidence_collect(struct evidence *e, const struct offline_seen *seen)
{
	size_t nr = (size_t)seen->h->nr_syms + 1;
	struct noter n = {
		.binder = {.bind = note, .mark = mark, .rollback = rollback, .value = value_of, .read = read_memory},
		.seen = seen,
		.log = xrealloc(NULL, ((size_t)seen->h->max_binds + 1) * sizeof(u32)),
		.first = xrealloc(NULL, nr * sizeof(u32)),
		.last = xrealloc(NULL, nr * sizeof(u32)),
		.count = xrealloc(NULL, nr * sizeof(u32)),
	};

	memset(n.count, 0, nr * sizeof(u32));
	for (u32 i = 0; i < seen->h->nr_spans; i++)
		note_span(&n, i);
	for (u32 i = 0; i < seen->h->nr_spans; i++)
		add_span(e, seen, i);
	for (u32 i = 0; i < seen->h->nr_syms; i++)
		if (runpre_syms(seen->h)[i].publish)
			add_symbol(e, &n, i);
	free(n.log);
	free(n.first);
	free(n.last);
	free(n.count);
}

void evidence_free(struct evidence *e)
{
	for (size_t i = 0; i < e->nr_symbols; i++) {
		free(e->symbols[i].publish);
		free(e->symbols[i].unit);
		free(e->symbols[i].referrer);
	}
	for (size_t i = 0; i < e->nr_spans; i++) {
		free(e->spans[i].unit);
		free(e->spans[i].name);
	}
	free(e->symbols);
	free(e->spans);
	*e = (struct evidence){};
}

const struct evidence_symbol *evidence_symbol(const struct evidence *e, const char *publish)
{
	for (size_t i = 0; i < e->nr_symbols; i++)
		if (!strcmp(e->symbols[i].publish, publish))
			return &e->symbols[i];
	return NULL;
}

uint64_t evidence_address(const struct evidence *e, const char *unit, const char *name, uint64_t pre_size)
{
	for (size_t i = 0; i < e->nr_spans; i++)
		if (e->spans[i].pre_size == pre_size && !strcmp(e->spans[i].name, name) && !strcmp(e->spans[i].unit, unit))
			return e->spans[i].addr;
	return 0;
}
