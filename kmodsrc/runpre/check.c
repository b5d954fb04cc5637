// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Validation of match data: after it, the interpreter and the resolver need to check run code and callbacks only.
 * The data comes from a module that root loads, so this guards against mistakes, damage and versions, and it keeps
 * the cost of matching bounded by the size of the data.
 */
#include "prog.h"

#define SYM_FLAGS                                                                                                     \
	(RUNPRE_SYM_TARGET | RUNPRE_SYM_CHECK | RUNPRE_SYM_ROOT | RUNPRE_SYM_PERCPU | RUNPRE_SYM_LOCAL)
#define SPAN_FLAGS (RUNPRE_SPAN_REPLACE | RUNPRE_SPAN_REQUIRED | RUNPRE_SPAN_PART | RUNPRE_SPAN_DATA | \
		    RUNPRE_SPAN_FTRACE | RUNPRE_SPAN_CARRIED)

/* Not inlined: else its variables would lie on the stack of the whole check. */
#define APART __attribute__((__noinline__))

#define FIELD(field) offsetof(struct runpre_header, field)

const struct runpre_sym *runpre_syms(const struct runpre_header *h)
{
	return (const struct runpre_sym *)((const u8 *)h + h->syms);
}

const struct runpre_span *runpre_spans(const struct runpre_header *h)
{
	return (const struct runpre_span *)((const u8 *)h + h->spans);
}

const char *runpre_string(const struct runpre_header *h, u32 off)
{
	return (const char *)h + h->strings + off;
}

/* Every check below leaves the place of the offence here and returns whether all is well. */
static bool bad(struct runpre_fault *fault, u64 offset)
{
	fault->offset = (u32)offset;
	return false;
}

static bool in_data(const struct runpre_header *h, u32 off, u64 bytes)
{
	return off >= sizeof(*h) && off <= h->size && bytes <= h->size - off;
}

static bool check_ident(const struct runpre_header *h, size_t size, struct runpre_fault *fault)
{
	if (size < sizeof(*h) || ((size_t)h & 7))
		return bad(fault, 0);
	if (memcmp(h->magic, RUNPRE_MAGIC, sizeof(h->magic)))
		return bad(fault, FIELD(magic));
	if (h->version != RUNPRE_VERSION)
		return bad(fault, FIELD(version));
	if (h->size != size || h->size > RUNPRE_MAX_SIZE)
		return bad(fault, FIELD(size));
	if (h->arch != RUNPRE_ARCH_X86_64 && h->arch != RUNPRE_ARCH_PPC64LE)
		return bad(fault, FIELD(arch));
	return true;
}

static bool check_layout(const struct runpre_header *h, struct runpre_fault *fault)
{
	if (h->nr_syms > RUNPRE_MAX_SYMS)
		return bad(fault, FIELD(nr_syms));
	if ((h->syms & 7) || !in_data(h, h->syms, (u64)h->nr_syms * sizeof(struct runpre_sym)))
		return bad(fault, FIELD(syms));
	if (h->nr_spans > RUNPRE_MAX_SPANS)
		return bad(fault, FIELD(nr_spans));
	if ((h->spans & 7) || !in_data(h, h->spans, (u64)h->nr_spans * sizeof(struct runpre_span)))
		return bad(fault, FIELD(spans));
	if (!in_data(h, h->progs, h->progs_size))
		return bad(fault, FIELD(progs));
	if (!in_data(h, h->strings, h->strings_size) || !h->strings_size)
		return bad(fault, FIELD(strings));
	/* These size the caller's memory. */
	if (h->max_labels > RUNPRE_MAX_LABELS)
		return bad(fault, FIELD(max_labels));
	if (h->max_run > RUNPRE_MAX_RUN)
		return bad(fault, FIELD(max_run));
	if (h->max_binds > h->progs_size)
		return bad(fault, FIELD(max_binds));
	return true;
}

/* Names go into messages and sysfs lines of key=value: no blank, nothing that a terminal would act on. */
static bool check_strings(const struct runpre_header *h, struct runpre_fault *fault)
{
	const char *s = runpre_string(h, 0);
	u32 i;

	if (s[0])
		return bad(fault, h->strings);
	if (s[h->strings_size - 1])
		return bad(fault, h->strings + h->strings_size - 1);
	for (i = 0; i < h->strings_size; i++)
		if (s[i] && (s[i] <= ' ' || s[i] > '~'))
			return bad(fault, h->strings + i);
	if (h->id >= h->strings_size || !s[h->id])
		return bad(fault, FIELD(id));
	if (h->target >= h->strings_size || !s[h->target])
		return bad(fault, FIELD(target));
	return true;
}

static bool is_plain(const struct runpre_header *h, u32 sym)
{
	return sym < h->nr_syms && runpre_syms(h)[sym].kind == RUNPRE_SYM_PLAIN;
}

static bool sym_ok(const struct runpre_header *h, const struct runpre_sym *s)
{
	if (s->name >= h->strings_size || s->publish >= h->strings_size)
		return false;
	if (s->reserved || (s->flags & ~SYM_FLAGS))
		return false;
	switch (s->kind) {
	case RUNPRE_SYM_PLAIN:
		return !s->base && !s->offset;
	case RUNPRE_SYM_POINTEE:
		/* What a word happens to hold now is nothing to link code against; and a per-CPU base has no memory. */
		return !s->publish && is_plain(h, s->base) &&
		       !(runpre_syms(h)[s->base].flags & RUNPRE_SYM_PERCPU);
	case RUNPRE_SYM_ALIAS:
		return !s->offset && is_plain(h, s->base);
	}
	return false;
}

static bool check_syms(const struct runpre_header *h, struct runpre_fault *fault)
{
	const struct runpre_sym *syms = runpre_syms(h);
	u32 i;

	for (i = 0; i < h->nr_syms; i++)
		if (!sym_ok(h, &syms[i]))
			return bad(fault, h->syms + (u64)i * sizeof(*syms));
	return true;
}

static bool part_ok(const struct runpre_header *h, const struct runpre_span *s)
{
	const struct runpre_span *whole;

	if (!(s->flags & RUNPRE_SPAN_PART))
		return !s->part_of;
	if (s->part_of >= h->nr_spans || (s->flags & (RUNPRE_SPAN_DATA | RUNPRE_SPAN_REPLACE)))
		return false;
	whole = &runpre_spans(h)[s->part_of];
	return !(whole->flags & (RUNPRE_SPAN_PART | RUNPRE_SPAN_DATA | RUNPRE_SPAN_CARRIED));
}

/* A second program is for a function, and has nothing of its own but that and where the hook goes. */
static bool carried_ok(const struct runpre_header *h, const struct runpre_span *s)
{
	const struct runpre_span *other;

	if (s->flags & RUNPRE_SPAN_CARRIED)
		return !s->carried && !(s->flags & ~(RUNPRE_SPAN_CARRIED | RUNPRE_SPAN_FTRACE));
	if (!s->carried)
		return true;
	if (s->carried >= h->nr_spans || (s->flags & RUNPRE_SPAN_DATA))
		return false;
	other = &runpre_spans(h)[s->carried];
	return (other->flags & RUNPRE_SPAN_CARRIED) && other->sym == s->sym && !other->hook_len == !s->hook_len;
}

static bool hook_ok(const struct runpre_span *s)
{
	if (s->flags & RUNPRE_SPAN_DATA)
		return !s->hook_off && !s->hook_len;
	if ((s->flags & RUNPRE_SPAN_REPLACE) && !s->hook_len)
		return false;
	if ((s->flags & RUNPRE_SPAN_FTRACE) && !s->hook_len)
		return false;
	return !(s->flags & (RUNPRE_SPAN_REPLACE | RUNPRE_SPAN_CARRIED)) || (u32)s->hook_off + s->hook_len <= s->max_run;
}

static bool span_ok(const struct runpre_header *h, const struct runpre_span *s)
{
	if (!is_plain(h, s->sym) || s->unit >= h->strings_size)
		return false;
	if ((s->flags & ~SPAN_FLAGS) || !part_ok(h, s) || !carried_ok(h, s) || !hook_ok(s))
		return false;
	if ((s->flags & RUNPRE_SPAN_FTRACE) && !(s->flags & (RUNPRE_SPAN_REPLACE | RUNPRE_SPAN_CARRIED)))
		return false;
	if (s->nr_labels > h->max_labels || s->max_run > h->max_run)
		return false;
	return s->prog <= h->progs_size && s->prog_len <= h->progs_size - s->prog;
}

/* What an op, a form or a program can come to. 64 bits hold any sum of what 64 MiB of ops can say. */
struct extent {
	u64	min, max;	/* bytes of run code */
	u64	binds;		/* ops with symbols */
};

static void add_extent(struct extent *to, u64 min, u64 max, u64 binds)
{
	to->min += min;
	to->max += max;
	to->binds += binds;
}

/* Longest encoding of a jump: 0f 8x rel32, e9 rel32, e0..e3 rel8; the short ones have 2 bytes. */
static u32 longest_jump(u8 cc)
{
	if (cc >= RUNPRE_CC_SHORT_E0)
		return 2;
	return cc == RUNPRE_CC_ALWAYS ? 5 : 6;
}

static bool may_mention(const struct runpre_header *h, u32 sym)
{
	return sym < h->nr_syms && runpre_syms(h)[sym].kind != RUNPRE_SYM_ALIAS;
}

/* Ops that know instructions, each of one machine only. */
static bool of_machine(const struct runpre_header *h, u8 op)
{
	switch (op) {
	case RUNPRE_OP_JUMP:
	case RUNPRE_OP_JUMPSYM:
	case RUNPRE_OP_NOPS:
	case RUNPRE_OP_PAD:
		return h->arch == RUNPRE_ARCH_X86_64;
	case RUNPRE_OP_HIGH:
	case RUNPRE_OP_LOW:
	case RUNPRE_OP_BRANCH:
	case RUNPRE_OP_STUB:
		return h->arch == RUNPRE_ARCH_PPC64LE;
	}
	return true;
}

/* The instruction with the upper half lies within the span. */
static bool high_ok(const struct runpre_span *span, u32 high)
{
	return !(high & 3) && span->max_run >= 4 && high <= span->max_run - 4;
}

static bool ppc_op_ok(const struct runpre_header *h, const struct runpre_span *span, const struct runpre_insn *insn)
{
	u8 type = insn->sub;

	switch (insn->op) {
	case RUNPRE_OP_HIGH:
		return !(insn->word & 0xffff) && high_ok(span, insn->high);
	case RUNPRE_OP_LOW:
		return (type & ~RUNPRE_LOW_DS) < RUNPRE_LOW_MAX && !(insn->word & runpre_low_mask(type)) &&
		       high_ok(span, insn->high) && may_mention(h, insn->arg) &&
		       (type & ~RUNPRE_LOW_DS ? is_plain(h, insn->toc) : !insn->toc);
	case RUNPRE_OP_STUB:
		return type < RUNPRE_STUB_MAX && !(insn->word & runpre_stub_mask(type)) && may_mention(h, insn->arg) &&
		       (type != RUNPRE_STUB_TRACER ? is_plain(h, insn->toc) : !insn->toc);
	}
	return (type & ~RUNPRE_BRANCH_ENTRY) < RUNPRE_BRANCH_MAX && !(insn->word & runpre_branch_mask(type)) &&
	       may_mention(h, insn->arg);
}

/* Ops that may stand anywhere. */
static bool simple_op_ok(const struct runpre_header *h, const struct runpre_span *span,
			 const struct runpre_insn *insn, struct extent *extent)
{
	u32 size;

	if (!of_machine(h, insn->op))
		return false;
	switch (insn->op) {
	case RUNPRE_OP_LIT:
		add_extent(extent, insn->arg, insn->arg, 0);
		return insn->arg;
	case RUNPRE_OP_RELOC:
		size = runpre_reloc_size(insn->sub);
		add_extent(extent, size, size, 1);
		return size && may_mention(h, insn->arg);
	case RUNPRE_OP_JUMP:
		add_extent(extent, 2, longest_jump(insn->sub), 0);
		return insn->sub < RUNPRE_CC_MAX && insn->arg < span->nr_labels;
	case RUNPRE_OP_JUMPSYM:
		add_extent(extent, 2, longest_jump(insn->sub), 1);
		return insn->sub < RUNPRE_CC_MAX && may_mention(h, insn->arg);
	case RUNPRE_OP_NOPS:
		add_extent(extent, 0, insn->arg, 0);
		return insn->arg <= RUNPRE_MAX_RUN;
	case RUNPRE_OP_PAD:
		add_extent(extent, insn->arg, insn->arg, 0);
		return insn->arg <= RUNPRE_MAX_RUN;
	case RUNPRE_OP_PRE:
		return insn->arg <= RUNPRE_MAX_RUN;
	case RUNPRE_OP_HIGH:
	case RUNPRE_OP_LOW:
	case RUNPRE_OP_BRANCH:
	case RUNPRE_OP_STUB:
		add_extent(extent, 4, 4, insn->op != RUNPRE_OP_HIGH);
		return ppc_op_ok(h, span, insn);
	}
	return false;
}

static bool form_ok(const struct runpre_header *h, const struct runpre_span *span,
		    struct runpre_cursor *form, struct extent *extent)
{
	struct runpre_insn insn;
	u32 start = form->pos;

	while (form->pos < form->end) {
		start = form->pos;
		if (!runpre_decode(form, &insn) || !simple_op_ok(h, span, &insn, extent)) {
			form->pos = start;
			return false;
		}
	}
	return true;
}

/* Leaves the cursor behind the last form, or at the offence. */
static bool site_ok(const struct runpre_header *h, const struct runpre_span *span,
		    const struct runpre_insn *site, struct runpre_cursor *c, struct extent *extent)
{
	u64 min = RUNPRE_MAX_RUN, max = 0, binds = 0;
	struct runpre_cursor form;
	u32 i;

	if (site->sub >= RUNPRE_SITE_MAX || site->arg > RUNPRE_MAX_RUN)
		return false;
	if (!site->nforms || site->nforms > RUNPRE_MAX_FORMS)
		return false;
	for (i = 0; i < site->nforms; i++) {
		struct extent e = { 0 };

		if (!runpre_decode_form(c, &form))
			return false;
		if (!form_ok(h, span, &form, &e)) {
			c->pos = form.pos;
			return false;
		}
		/* A form that cannot have the site's length is a mistake of the compiler. */
		if (site->arg && (e.min > site->arg || e.max < site->arg))
			return false;
		min = e.min < min ? e.min : min;
		max = e.max > max ? e.max : max;
		binds += e.binds;
	}
	if (site->arg)
		min = max = site->arg;
	add_extent(extent, min, max, binds);
	return true;
}

/*
 * Each label is set exactly once.  There is no memory for all labels of a span, so they are looked at in windows:
 * one pass over the program for every 512 labels, and hardly a function has so many.
 */
#define WINDOW 512

static APART bool labels_ok(const struct runpre_span *span, struct runpre_cursor c)
{
	u8 seen[WINDOW / 8];
	struct runpre_insn insn;
	struct runpre_cursor at;
	u32 from, i, bit;

	for (from = 0; from < span->nr_labels; from += WINDOW) {
		u32 count = 0, want = span->nr_labels - from;

		memset(seen, 0, sizeof(seen));
		at = c;
		while (runpre_decode(&at, &insn) && insn.op != RUNPRE_OP_END) {
			struct runpre_cursor form;

			for (i = 0; i < insn.nforms; i++)
				runpre_decode_form(&at, &form);
			if (insn.op != RUNPRE_OP_LABEL || insn.arg < from || insn.arg - from >= WINDOW)
				continue;
			bit = insn.arg - from;
			if (seen[bit / 8] & (1u << (bit % 8)))
				return false;
			seen[bit / 8] |= (u8)(1u << (bit % 8));
			count++;
		}
		if (count != (want < WINDOW ? want : WINDOW))
			return false;
	}
	return true;
}

/* Leaves the cursor behind END, or at the offence. */
static bool ops_ok(const struct runpre_header *h, const struct runpre_span *span, struct runpre_cursor *c,
		   struct extent *extent)
{
	struct runpre_insn insn;
	u32 start;

	for (;;) {
		start = c->pos;
		if (!runpre_decode(c, &insn))
			break;
		if (insn.op == RUNPRE_OP_END)
			return c->pos == c->end;
		if (insn.op == RUNPRE_OP_SITE) {
			if (!site_ok(h, span, &insn, c, extent))
				return false;
			continue;
		}
		if (insn.op == RUNPRE_OP_LABEL ? insn.arg >= span->nr_labels :
						 !simple_op_ok(h, span, &insn, extent))
			break;
	}
	c->pos = start;
	return false;
}

static APART bool check_program(const struct runpre_header *h, const struct runpre_span *span,
			  struct runpre_fault *fault)
{
	struct runpre_cursor c = {
		.prog = (const u8 *)h + h->progs + span->prog,
		.end = span->prog_len,
	};
	struct runpre_cursor start = c;
	struct extent extent = { 0 };

	if (!ops_ok(h, span, &c, &extent))
		return bad(fault, (u64)h->progs + span->prog + c.pos);
	if (extent.max > span->max_run || extent.binds > h->max_binds || !labels_ok(span, start))
		return bad(fault, (const u8 *)span - (const u8 *)h);
	return true;
}

static bool check_spans(const struct runpre_header *h, struct runpre_fault *fault)
{
	const struct runpre_span *spans = runpre_spans(h);
	u32 i, end = 0;

	for (i = 0; i < h->nr_spans; i++) {
		/* One behind the other: shared programs would make the work quadratic in the size of the data. */
		if (!span_ok(h, &spans[i]) || spans[i].prog < end)
			return bad(fault, h->spans + (u64)i * sizeof(*spans));
		if (!check_program(h, &spans[i], fault))
			return false;
		end = spans[i].prog + spans[i].prog_len;
	}
	return true;
}

enum runpre_ret runpre_check(const void *data, size_t size, struct runpre_fault *fault)
{
	const struct runpre_header *h = data;

	memset(fault, 0, sizeof(*fault));
	fault->sym = (u32)-1;
	fault->site = 0xff;
	if (check_ident(h, size, fault) && check_layout(h, fault) && check_strings(h, fault) &&
	    check_syms(h, fault) && check_spans(h, fault))
		return RUNPRE_OK;
	return RUNPRE_BAD_DATA;
}
