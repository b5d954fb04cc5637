// SPDX-License-Identifier: GPL-2.0-or-later
/* Matches match data against the kernel as the desk has it, and puts the outcome into words. */
#include "ksplice-create/offline.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "common/file.h"
#include "kmodsrc/runpre/runpre.h"

#define MAX_TOLD 10	/* functions that an error names */

/* Everything of one check; @work and the candidates are owned. */
struct check {
	const struct kernel_memory *km;
	const struct runpre_header *h;
	const struct offline_words *words;	/* may be NULL */
	struct runpre_work work;
	struct runpre_env env;
	u64 *cands;
	u32 *cand_first;
};

static size_t read_memory(void *ctx, u64 addr, void *buf, size_t len)
{
	return kernel_memory_read(ctx, addr, buf, len);
}

/*
 * As the core's candidates.c: for what the unit defines, only its target counts.  For what it does not, the core takes what is exported alone;
 * here are more names, so more that is ambiguous.
 */
static size_t find_symbol(const struct check *c, u32 sym, uint64_t *addrs, size_t room)
{
	const struct runpre_sym *s = &runpre_syms(c->h)[sym];

	if (!s->name)
		return 0;
	return kernel_memory_find(c->km, runpre_string(c->h, c->h->target), runpre_string(c->h, s->name),
				  s->flags & RUNPRE_SYM_TARGET, addrs, room);
}

static int compare(const void *a, const void *b)
{
	const uint64_t *x = a, *y = b;

	return *x < *y ? -1 : *x > *y;
}

/* Two passes: count, then copy; u64 is no uint64_t for the compiler. */
static bool find_candidates(struct check *c)
{
	size_t n, total = 0, most = 0;
	uint64_t *addrs;

	c->cand_first = calloc((size_t)c->h->nr_syms + 1, sizeof(*c->cand_first));
	if (!c->cand_first)
		return false;
	for (u32 i = 0; i < c->h->nr_syms; i++) {
		n = find_symbol(c, i, NULL, 0);
		total += n;
		most = n > most ? n : most;
	}
	c->cands = calloc(total + 1, sizeof(*c->cands));
	addrs = calloc(most + 1, sizeof(*addrs));
	for (u32 i = 0; c->cands && addrs && i < c->h->nr_syms; i++) {
		n = find_symbol(c, i, addrs, most);
		qsort(addrs, n, sizeof(*addrs), compare);
		for (size_t j = 0; j < n; j++)
			c->cands[c->cand_first[i] + j] = addrs[j];
		c->cand_first[i + 1] = c->cand_first[i] + (u32)n;
	}
	free(addrs);
	return c->cands && addrs && total <= UINT32_MAX;
}

static bool check_init(struct check *c)
{
	struct runpre_work *w = &c->work;

	w->syms = calloc((size_t)c->h->nr_syms + 1, sizeof(*w->syms));
	w->spans = calloc((size_t)c->h->nr_spans + 1, sizeof(*w->spans));
	w->log = calloc((size_t)c->h->max_binds + 1, sizeof(*w->log));
	w->labels = calloc((size_t)c->h->max_labels + 1, sizeof(*w->labels));
	w->buf = calloc((size_t)c->h->max_run + 1, 1);
	if (!w->syms || !w->spans || !w->log || !w->labels || !w->buf || !find_candidates(c))
		return false;
	c->env.ctx = (void *)c->km;
	c->env.read = read_memory;
	c->env.cands = c->cands;
	c->env.cand_first = c->cand_first;
	return true;
}

static void check_deinit(struct check *c)
{
	free(c->work.syms);
	free(c->work.spans);
	free(c->work.log);
	free(c->work.labels);
	free(c->work.buf);
	free(c->cands);
	free(c->cand_first);
}

/* Words */

static const char *symbol_name(const struct check *c, u32 sym)
{
	const struct runpre_sym *s = &runpre_syms(c->h)[sym];

	if (s->kind == RUNPRE_SYM_POINTEE)
		return s->base < c->h->nr_syms && runpre_syms(c->h)[s->base].name ?
			       runpre_string(c->h, runpre_syms(c->h)[s->base].name) : "a pointer without a name";
	return s->name ? runpre_string(c->h, s->name) : "data without a name";
}

/* "vfree+0x10", or "nothing" for 0. */
static void tell_address(FILE *out, const struct check *c, u64 addr)
{
	uint64_t off;
	const char *name = addr ? kernel_memory_symbol_at(c->km, addr, &off) : NULL;

	if (!addr)
		fputs("an address that is not known", out);
	else if (!name)
		fprintf(out, "0x%llx", addr);
	else if (off)
		fprintf(out, "%s+0x%llx", name, (unsigned long long)off);
	else
		fputs(name, out);
}

static void tell_symbol(FILE *out, const struct check *c, const struct runpre_fault *f)
{
	fprintf(out, "refers to %s", symbol_name(c, f->sym));
	if (f->expected) {
		fputs(" (", out);
		tell_address(out, c, f->expected);
		fputc(')', out);
	}
	fputs(" in the build, to ", out);
	tell_address(out, c, f->found);
	fputs(" in the kernel", out);
}

static void tell_fault(FILE *out, const struct check *c, const struct runpre_fault *f)
{
	if (f->site != 0xff)
		fprintf(out, "(at a site of kind %s, none of whose forms fits) ", runpre_site_name(f->site));
	switch (f->op) {
	case RUNPRE_OP_LIT:
		fprintf(out, "the byte is %02llx in the build, %02llx in the kernel", f->expected, f->found);
		return;
	case RUNPRE_OP_RELOC:
		tell_symbol(out, c, f);
		return;
	case RUNPRE_OP_JUMPSYM:
		if (f->expected || f->found > 0xffff) {
			tell_symbol(out, c, f);
			return;
		}
		break;
	case RUNPRE_OP_LABEL:
		fprintf(out, "the kernel's code jumps to +0x%llx, where the build's would jump to +0x%llx", f->expected,
			f->found);
		return;
	case RUNPRE_OP_PAD:
		fprintf(out, "padding in the build, byte %02llx in the kernel", f->found);
		return;
	}
	fprintf(out, "a %s in the build, another instruction or destination in the kernel", runpre_op_name(f->op));
}

static void tell_instructions(FILE *out, const struct check *c, u32 i)
{
	const struct runpre_span *span = &runpre_spans(c->h)[i];
	const struct runpre_span_result *sr = &c->work.spans[i];
	const struct offline_seen seen = {c->h, &c->env, &c->work};
	const struct offline_place place = {
		.seen = &seen,
		.span = i,
		.unit = runpre_string(c->h, span->unit),
		.name = symbol_name(c, span->sym),
		.pre_size = span->pre_size,
		.pre_off = sr->fault.pre_off,
		.addr = sr->fault_addr,
		.run_off = sr->fault.run_off,
	};

	if (c->words && c->words->tell && !(span->flags & RUNPRE_SPAN_DATA))
		c->words->tell(c->words->ctx, out, &place);
}

static void tell_span(FILE *out, const struct check *c, u32 i)
{
	const struct runpre_span *span = &runpre_spans(c->h)[i];
	const struct runpre_span_result *sr = &c->work.spans[i];

	fprintf(out, "%s: %s: ", runpre_string(c->h, span->unit), symbol_name(c, span->sym));
	switch (sr->ret) {
	case RUNPRE_DIFFERS:
		fprintf(out, "differs at +0x%x (+0x%x in the kernel): ", sr->fault.pre_off, sr->fault.run_off);
		tell_fault(out, c, &sr->fault);
		tell_instructions(out, c, i);
		return;
	case RUNPRE_UNREADABLE:
		fprintf(out, "the image has no bytes at +0x%x", sr->fault.run_off);
		return;
	case RUNPRE_AMBIGUOUS:
		fprintf(out, "fits at several addresses, and no other code tells which it is");
		return;
	case RUNPRE_NOT_FOUND:
		fprintf(out, "is not in the kernel's symbol table, and no matched code refers to it");
		return;
	case RUNPRE_UNDECIDED:
		fprintf(out, "needs the address of a symbol of which there are several, at +0x%x", sr->fault.pre_off);
		return;
	}
}

static const char advice[] =
	"The code just built is not the code of this kernel: build with the compiler that built the kernel "
	"(its banner names it), with exactly its configuration, and from exactly its source version.";

static bool tell_cause(const struct check *c, FILE *out)
{
	const struct offline_seen seen = {c->h, &c->env, &c->work};

	return c->words && c->words->conclude && c->words->conclude(c->words->ctx, out, &seen);
}

/* Spans as bad as the one that failed, worst first. */
static struct error *spans_error(const struct check *c, u32 where)
{
	u8 ret = c->work.spans[where].ret;
	unsigned told = 0, more = 0;
	struct error *err;
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	if (!out)
		return error_errno(errno, "offline check");
	tell_span(out, c, where);
	for (u32 i = where + 1; i < c->h->nr_spans; i++) {
		const struct runpre_span *span = &runpre_spans(c->h)[i];

		if (c->work.spans[i].ret != ret || !(span->flags & RUNPRE_SPAN_REQUIRED))
			continue;
		if (++told >= MAX_TOLD) {
			more++;
			continue;
		}
		fputc('\n', out);
		tell_span(out, c, i);
	}
	if (more)
		fprintf(out, "\n(and %u more)", more);
	if (ret == RUNPRE_DIFFERS && !tell_cause(c, out))
		fprintf(out, "\n%s", advice);
	if (fclose(out))
		return error_errno(ENOMEM, "offline check");
	err = error_new(ERROR_NO_MATCH, "%s", text);
	free(text);
	return err;
}

static struct error *symbol_error(const struct check *c, enum runpre_ret ret, u32 sym)
{
	const char *name = symbol_name(c, sym);

	if (ret == RUNPRE_SEALED)
		return error_new(ERROR_REFUSED, "the new code points to %s, to which nothing in the kernel points: at boot the "
				 "kernel makes such functions callable by name only (ENDBR is removed, .ibt_endbr_seal), so a "
				 "call through the pointer would fault\nlet it point to a new function that calls %s", name, name);
	if (ret == RUNPRE_AMBIGUOUS)
		return error_new(ERROR_NO_MATCH, "the new code needs %s; the kernel has several of that name, and no code "
				 "of the old version tells which one it is", name);
	return error_new(ERROR_NO_MATCH, "the new code needs %s, which is neither in the kernel's symbol table nor referred "
			 "to by code of the old version", name);
}

static void count(const struct check *c, struct offline_stats *st)
{
	for (u32 i = 0; i < c->h->nr_spans; i++) {
		const struct runpre_span *span = &runpre_spans(c->h)[i];
		const struct runpre_span_result *sr = &c->work.spans[i];
		bool ok = sr->ret == RUNPRE_OK;

		/* A second program is for the code of updates, which no image has. */
		if (span->flags & RUNPRE_SPAN_CARRIED)
			continue;
		st->run_bytes += ok ? sr->run_len : 0;
		if (span->flags & RUNPRE_SPAN_DATA) {
			st->data++;
			st->data_matched += ok;
			continue;
		}
		st->functions++;
		st->matched += ok;
		st->ambiguous += sr->ret == RUNPRE_AMBIGUOUS;
		st->passed_over += !ok && sr->ret != RUNPRE_AMBIGUOUS && !(span->flags & RUNPRE_SPAN_REQUIRED);
	}
	for (u32 i = 0; i < c->h->nr_syms; i++) {
		st->symbols++;
		st->bound += c->work.syms[i].state == RUNPRE_BOUND_BY_RUN;
	}
}

static double now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec + ts.tv_nsec / 1e9;
}

/* @where and @where_sym are the worst, as runpre_resolve() tells. */
static void list_missing(const struct check *c, u32 where, u32 where_sym, struct strv *missing)
{
	if (where_sym != (u32)-1)
		strv_addf(missing, "%s, which the new code needs", symbol_name(c, where_sym));
	for (u32 i = 0; i < c->h->nr_spans; i++) {
		const struct runpre_span *span = &runpre_spans(c->h)[i];

		if ((where_sym == (u32)-1 && i == where) ||
		    ((span->flags & RUNPRE_SPAN_REQUIRED) && c->work.spans[i].ret != RUNPRE_OK &&
		     c->work.spans[i].ret != RUNPRE_AMBIGUOUS))
			strv_addf(missing, "%s: %s", runpre_string(c->h, span->unit), symbol_name(c, span->sym));
	}
}

static struct error *resolve(struct check *c, struct strv *missing, struct offline_stats *stats)
{
	enum runpre_ret ret;
	u32 where, where_sym;
	double start = now();

	ret = runpre_resolve(c->h, &c->env, &c->work, &where, &where_sym);
	if (stats) {
		stats->seconds = now() - start;
		count(c, stats);
	}
	if (c->words && c->words->saw)
		c->words->saw(c->words->ctx, &(struct offline_seen){c->h, &c->env, &c->work});
	if (ret != RUNPRE_OK && missing)
		list_missing(c, where, where_sym, missing);
	if (ret == RUNPRE_OK || missing)
		return NULL;
	return where_sym != (u32)-1 ? symbol_error(c, ret, where_sym) : spans_error(c, where);
}

bool offline_seen_value(const struct offline_seen *seen, uint32_t sym, unsigned long long *value)
{
	*value = seen->work->syms[sym].root;
	return seen->work->syms[sym].state;
}

bool offline_seen_read(const struct offline_seen *seen, unsigned long long addr, void *buf, uint32_t len)
{
	return seen->env->read(seen->env->ctx, addr, buf, len) == len;
}

struct error *offline_check_data(const struct kernel_memory *km, const char *path, const void *data, size_t size,
				 const struct offline_words *words, struct strv *missing, struct offline_stats *stats)
{
	struct check c = { .km = km, .h = data, .words = words };
	struct runpre_fault fault;
	const char *target;
	struct error *err;

	if (stats)
		memset(stats, 0, sizeof(*stats));
	if (runpre_check(data, size, &fault) != RUNPRE_OK)
		return error_new(ERROR_BAD_FILE, "%s: damaged match data, at offset 0x%x", path, fault.offset);
	target = runpre_string(c.h, c.h->target);
	if (strcmp(target, "vmlinux") && !kernel_memory_has(km, target))
		return error_new(ERROR_USAGE, "%s: is for module %s, which is not there", path, target);
	err = check_init(&c) ? resolve(&c, missing, stats) : error_errno(ENOMEM, "%s", path);
	check_deinit(&c);
	return err;
}

struct error *offline_check(const struct kernel_memory *km, const char *path, const struct offline_words *words,
			    struct strv *missing, struct offline_stats *stats)
{
	struct error *err;
	size_t size;
	char *data;

	err = file_read(path, RUNPRE_MAX_SIZE, &data, &size);
	if (err)
		return err;
	err = offline_check_data(km, path, data, size, words, missing, stats);
	free(data);
	return err;
}
