// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The interpreter of match programs: compares the run code of one span with the pre code, op by op.
 * The program is checked (check.c), so decoding cannot fail here; the run code is anything at all.
 */
#include "matcher.h"

#define NO_LABEL ((u32)-1)
#define ON_TRIAL 0x80000000	/* in a label's offset (at most RUNPRE_MAX_RUN): a form says so that is being tried */

enum runpre_ret runpre_fail_at(struct matcher *m, const struct runpre_insn *insn, enum runpre_ret ret, u32 ahead,
			       u64 expected, u64 found)
{
	struct runpre_fault *f = m->fault;

	f->offset = insn->at;
	f->op = insn->op;
	f->site = m->site;
	f->pre_off = m->pre + ahead;
	f->run_off = m->pos + ahead;
	f->sym = runpre_op_has_sym(insn->op) ? insn->arg : (u32)-1;
	f->expected = expected;
	f->found = found;
	return ret;
}

/* The run code ends here: for a form that is longer than its site, that is a difference. */
enum runpre_ret runpre_cut_off(struct matcher *m, const struct runpre_insn *insn)
{
	return runpre_fail_at(m, insn, m->fenced ? RUNPRE_DIFFERS : RUNPRE_UNREADABLE, m->run_len - m->pos, 0, 0);
}

static enum runpre_ret run_lit(struct matcher *m, const u8 *prog, const struct runpre_insn *insn)
{
	const u8 *want = prog + insn->data, *got = m->run + m->pos;
	u32 i, n = insn->arg < left(m) ? insn->arg : left(m);

	if (memcmp(want, got, n)) {
		for (i = 0; want[i] == got[i]; i++)
			;
		return runpre_fail_at(m, insn, RUNPRE_DIFFERS, i, want[i], got[i]);
	}
	if (n < insn->arg)
		return runpre_cut_off(m, insn);
	advance(m, n, n);
	return RUNPRE_OK;
}

enum runpre_ret runpre_bind(struct matcher *m, const struct runpre_insn *insn, u64 value)
{
	enum runpre_ret ret;
	u64 expected = 0;

	ret = m->binder->bind(m->binder, insn->arg, value, &expected);
	return ret == RUNPRE_OK ? ret : runpre_fail_at(m, insn, ret, 0, expected, value);
}

static enum runpre_ret run_reloc(struct matcher *m, const struct runpre_insn *insn)
{
	u32 size = runpre_reloc_size(insn->sub);
	enum runpre_ret ret;
	u64 value;

	if (left(m) < size)
		return runpre_cut_off(m, insn);
	value = read_le(m->run + m->pos, size);
	if (insn->sub == RUNPRE_REL_ABS32S || insn->sub == RUNPRE_REL_PC32)
		value = (u64)(s64)(s32)value;
	if (insn->sub == RUNPRE_REL_PC32 || insn->sub == RUNPRE_REL_PC64)
		value += m->run_addr + m->pos;
	ret = runpre_bind(m, insn, value - (u64)insn->addend);
	if (ret == RUNPRE_OK)
		advance(m, size, size);
	return ret;
}

/*
 * The run bytes are a jump of kind @cc: gives its length and how far it goes from its end.
 * Run and pre may have different encodings, as the assembler picks by distance, and distances change when
 * functions have sections of their own.
 */
static bool read_jump(const u8 *p, u32 avail, u8 cc, u32 *len, s64 *rel)
{
	u8 byte = avail ? p[0] : 0;

	if (avail < 2)
		return false;
	if (cc >= RUNPRE_CC_SHORT_E0 ? byte == 0xe0 + cc - RUNPRE_CC_SHORT_E0 :
	    cc == RUNPRE_CC_ALWAYS   ? byte == 0xeb :
				       byte == 0x70 + cc) {
		*len = 2;
		*rel = (signed char)p[1];
		return true;
	}
	if (cc == RUNPRE_CC_ALWAYS && byte == 0xe9 && avail >= 5)
		*len = 5;
	else if (cc < RUNPRE_CC_ALWAYS && byte == 0x0f && p[1] == 0x80 + cc && avail >= 6)
		*len = 6;
	else
		return false;
	*rel = (s32)read_le(p + *len - 4, 4);
	return true;
}

static enum runpre_ret no_jump(struct matcher *m, const struct runpre_insn *insn)
{
	const u8 *p = m->run + m->pos;

	/* Too few bytes to say, or another instruction. */
	if (left(m) < 2 || (insn->sub == RUNPRE_CC_ALWAYS && p[0] == 0xe9) ||
	    (insn->sub < RUNPRE_CC_ALWAYS && p[0] == 0x0f && p[1] == 0x80 + insn->sub))
		return runpre_cut_off(m, insn);
	return runpre_fail_at(m, insn, RUNPRE_DIFFERS, 0, insn->sub, read_le(p, 2));
}

static bool is_known(const struct matcher *m, u32 label)
{
	return m->labels[label] != NO_LABEL;
}

static u32 label_at(const struct matcher *m, u32 label)
{
	return m->labels[label] & ~ON_TRIAL;
}

/* The first to know where a label is says so, all others must agree. */
static bool meet_label(struct matcher *m, u32 label, u32 at)
{
	if (is_known(m, label))
		return label_at(m, label) == at;
	m->labels[label] = m->probing ? at | ON_TRIAL : at;
	return true;
}

static enum runpre_ret run_jump(struct matcher *m, const struct runpre_insn *insn)
{
	s64 rel, to;
	u32 len;

	if (!read_jump(m->run + m->pos, left(m), insn->sub, &len, &rel))
		return no_jump(m, insn);
	to = (s64)m->pos + len + rel;
	/* Beyond the last byte: no label will ever be there, so say here which jump it is. */
	if (to < 0 || to > m->span->max_run || !meet_label(m, insn->arg, (u32)to))
		return runpre_fail_at(m, insn, RUNPRE_DIFFERS, 0, label_at(m, insn->arg), (u64)to);
	advance(m, len, 0);
	return RUNPRE_OK;
}

static enum runpre_ret run_jumpsym(struct matcher *m, const struct runpre_insn *insn)
{
	enum runpre_ret ret;
	u32 len;
	s64 rel;

	if (!read_jump(m->run + m->pos, left(m), insn->sub, &len, &rel))
		return no_jump(m, insn);
	ret = runpre_bind(m, insn, m->run_addr + m->pos + len + (u64)rel - (u64)insn->addend);
	if (ret == RUNPRE_OK)
		advance(m, len, 0);
	return ret;
}

static enum runpre_ret run_label(struct matcher *m, const struct runpre_insn *insn)
{
	if (!meet_label(m, insn->arg, m->pos))
		return runpre_fail_at(m, insn, RUNPRE_DIFFERS, 0, label_at(m, insn->arg), m->pos);
	return RUNPRE_OK;
}

/*
 * Length of the nop instruction at @p, 0 if it is none: the long nops of gas (alt_patt in gas/config/tc-i386.c) and of
 * the kernel (arch/x86/include/asm/nops.h; up to 11 bytes since 6.5), with more 0x66 prefixes than either uses.
 */
static u32 nop_len(const u8 *p, u32 avail)
{
	static const u8 tails[][8] = {
		{ 3, 0x0f, 0x1f, 0x00 },
		{ 4, 0x0f, 0x1f, 0x40, 0x00 },
		{ 5, 0x0f, 0x1f, 0x44, 0x00, 0x00 },
		{ 7, 0x0f, 0x1f, 0x80, 0x00, 0x00, 0x00, 0x00 },
	};
	static const u8 longest[8] = { 0x0f, 0x1f, 0x84, 0x00, 0x00, 0x00, 0x00, 0x00 };
	u32 i, n = 0;

	while (n < avail && n < 7 && p[n] == 0x66)
		n++;
	if (n < avail && p[n] == 0x90)
		return n + 1;
	if (n < avail && p[n] == 0x2e)
		n++;
	for (i = 0; i < sizeof(tails) / sizeof(tails[0]); i++)
		if (avail - n >= tails[i][0] && !memcmp(p + n, tails[i] + 1, tails[i][0]))
			return n + tails[i][0];
	if (avail - n >= sizeof(longest) && !memcmp(p + n, longest, sizeof(longest)))
		return n + sizeof(longest);
	return 0;
}

/*
 * Since 6.5 the kernel fills a space longer than its longest nop with a jump over int3s (add_nop() in
 * arch/x86/kernel/alternative.c). Returns its length if all of it lies within @avail, else 0.
 */
static u32 filler_len(const u8 *p, u32 avail)
{
	u32 len, total;
	s64 rel;

	if (!read_jump(p, avail, RUNPRE_CC_ALWAYS, &len, &rel) || rel < 0 || rel > avail - len)
		return 0;
	for (total = len; total < len + (u32)rel; total++)
		if (p[total] != 0xcc)
			return 0;
	return total;
}

static enum runpre_ret run_pad(struct matcher *m, const struct runpre_insn *insn)
{
	const u8 *p = m->run + m->pos;
	u32 n, done;

	if (left(m) < insn->arg)
		return runpre_cut_off(m, insn);
	for (done = 0; done < insn->arg; done += n) {
		n = nop_len(p + done, insn->arg - done);
		if (!n)
			n = filler_len(p + done, insn->arg - done);
		if (!n)
			return runpre_fail_at(m, insn, RUNPRE_DIFFERS, done, 0x90, p[done]);
	}
	advance(m, insn->arg, insn->arg);
	return RUNPRE_OK;
}

/* Whether the run bytes at @pos could begin the op: by their shape alone, asking no one for symbols. */
static bool op_could_start(const struct matcher *m, const u8 *prog, const struct runpre_insn *insn, u32 pos)
{
	const u8 *p = m->run + pos;
	u32 avail = m->run_len - pos, len;
	s64 rel;

	switch (insn->op) {
	case RUNPRE_OP_LIT:
		len = insn->arg < 16 ? insn->arg : 16;
		return avail >= len && !memcmp(prog + insn->data, p, len);
	case RUNPRE_OP_JUMP:
	case RUNPRE_OP_JUMPSYM:
		return read_jump(p, avail, insn->sub, &len, &rel);
	case RUNPRE_OP_PAD:
		return avail >= insn->arg && (nop_len(p, insn->arg) || filler_len(p, insn->arg));
	}
	return true;
}

static bool form_could_start(const struct matcher *m, struct runpre_cursor form, u32 pos)
{
	struct runpre_insn insn = { 0 };

	do {
		if (form.pos == form.end)
			return true;
		runpre_decode(&form, &insn);
	} while (insn.op == RUNPRE_OP_PRE);
	return op_could_start(m, form.prog, &insn, pos);
}

/* Whether nops may end at @pos and what comes next in the program begin there. */
static bool next_could_start(const struct matcher *m, struct runpre_cursor next, u32 pos)
{
	struct runpre_insn insn = { 0 };
	struct runpre_cursor form;
	u32 i;

	for (;;) {
		if (next.pos == next.end)	/* of a form */
			return true;
		runpre_decode(&next, &insn);
		if (insn.op == RUNPRE_OP_LABEL && is_known(m, insn.arg) && label_at(m, insn.arg) != pos)
			return false;
		if (insn.op != RUNPRE_OP_LABEL && insn.op != RUNPRE_OP_PRE)
			break;
	}
	for (i = 0; i < insn.nforms; i++) {
		runpre_decode_form(&next, &form);
		if (form_could_start(m, form, pos))
			return true;
	}
	return !insn.nforms && op_could_start(m, next.prog, &insn, pos);
}

/*
 * How many nops there are is up to the run code, and what follows may begin with nops itself (a jump label's site):
 * take as many as leave something that what follows can begin with.
 */
static void run_nops(struct matcher *m, const struct runpre_insn *insn, struct runpre_cursor next)
{
	u32 max = insn->arg < left(m) ? insn->arg : left(m);
	u32 n, done = 0, best = 0;
	bool fits = false;

	for (;;) {
		if (next_could_start(m, next, m->pos + done)) {
			fits = true;
			best = done;
		}
		n = nop_len(m->run + m->pos + done, max - done);
		if (!n)
			break;
		done += n;
	}
	/* If nothing fits, the op that follows says what is wrong. */
	advance(m, fits ? best : done, 0);
}

/* Runs an op that may stand in a form too; @c is behind it. */
static enum runpre_ret run_simple(struct matcher *m, const struct runpre_insn *insn, const struct runpre_cursor *c)
{
	switch (insn->op) {
	case RUNPRE_OP_LIT:
		return run_lit(m, c->prog, insn);
	case RUNPRE_OP_RELOC:
		return run_reloc(m, insn);
	case RUNPRE_OP_JUMP:
		return run_jump(m, insn);
	case RUNPRE_OP_JUMPSYM:
		return run_jumpsym(m, insn);
	case RUNPRE_OP_PAD:
		return run_pad(m, insn);
	case RUNPRE_OP_NOPS:
		run_nops(m, insn, *c);
		return RUNPRE_OK;
	case RUNPRE_OP_PRE:
		m->pre = insn->arg;
		return RUNPRE_OK;
	case RUNPRE_OP_HIGH:
	case RUNPRE_OP_LOW:
	case RUNPRE_OP_BRANCH:
	case RUNPRE_OP_STUB:
		return runpre_run_ppc64le(m, insn);
	}
	return runpre_fail_at(m, insn, RUNPRE_BAD_DATA, 0, 0, 0);
}

/* Runs one form from the current position; on success the position is behind it, and what it bound stays bound. */
static enum runpre_ret run_form(struct matcher *m, struct runpre_cursor form)
{
	enum runpre_ret ret = RUNPRE_OK;
	struct runpre_insn insn = { 0 };

	while (ret == RUNPRE_OK && form.pos < form.end) {
		runpre_decode(&form, &insn);
		ret = run_simple(m, &insn, &form);
	}
	if (ret == RUNPRE_OK && m->fenced && left(m))
		ret = runpre_fail_at(m, &insn, RUNPRE_DIFFERS, 0, m->run_len, m->pos);
	return ret;
}

/* Keeps or forgets where the form said that labels are. */
static void settle_labels(struct matcher *m, struct runpre_cursor form, bool keep)
{
	struct runpre_insn insn = { 0 };
	u32 *label;

	while (form.pos < form.end) {
		runpre_decode(&form, &insn);
		if (insn.op != RUNPRE_OP_JUMP)
			continue;
		label = &m->labels[insn.arg];
		if (*label != NO_LABEL && (*label & ON_TRIAL))
			*label = keep ? *label & ~ON_TRIAL : NO_LABEL;
	}
}

/* Runs the form, or leaves everything but m->fault as it was. */
static enum runpre_ret try_form(struct matcher *m, struct runpre_cursor form)
{
	u32 mark = m->binder->mark(m->binder);
	u32 pos = m->pos, pre = m->pre;
	enum runpre_ret ret;

	m->probing = true;
	ret = run_form(m, form);
	m->probing = false;
	settle_labels(m, form, ret == RUNPRE_OK);
	if (ret == RUNPRE_OK)
		return ret;
	m->binder->rollback(m->binder, mark);
	m->pos = pos;
	m->pre = pre;
	return ret;
}

/* If no form fits, the answer of one that might yet (with another symbol, with more bytes) is the site's. */
static bool says_more(enum runpre_ret a, const struct runpre_fault *fa, enum runpre_ret b,
		      const struct runpre_fault *fb)
{
	if ((a == RUNPRE_UNDECIDED) != (b == RUNPRE_UNDECIDED))
		return a == RUNPRE_UNDECIDED;
	if ((a == RUNPRE_UNREADABLE) != (b == RUNPRE_UNREADABLE))
		return a == RUNPRE_UNREADABLE;
	return fa->run_off > fb->run_off;
}

static enum runpre_ret run_forms(struct matcher *m, const struct runpre_insn *site, struct runpre_cursor *c)
{
	enum runpre_ret ret, worst = RUNPRE_OK;
	struct runpre_fault fault;
	struct runpre_cursor form;
	bool done = false;
	u32 i;

	for (i = 0; i < site->nforms; i++) {
		runpre_decode_form(c, &form);
		if (done)
			continue;
		ret = try_form(m, form);
		if (ret == RUNPRE_OK) {
			done = true;
		} else if (worst == RUNPRE_OK || says_more(ret, m->fault, worst, &fault)) {
			worst = ret;
			fault = *m->fault;
		}
	}
	if (done)
		return RUNPRE_OK;
	*m->fault = fault;
	return worst;
}

static enum runpre_ret run_site(struct matcher *m, const struct runpre_insn *insn, struct runpre_cursor *c)
{
	u32 run_len = m->run_len, start = m->pos, pre = m->pre;
	enum runpre_ret ret;

	m->site = insn->sub;
	if (left(m) < insn->arg)
		return runpre_cut_off(m, insn);
	if (insn->arg) {
		m->run_len = m->pos + insn->arg;
		m->fenced = true;
	}
	ret = run_forms(m, insn, c);
	m->run_len = run_len;
	m->fenced = false;
	m->pre = pre + (m->pos - start);
	m->site = 0xff;
	return ret;
}

static enum runpre_ret run_program(struct matcher *m, struct runpre_cursor *c)
{
	enum runpre_ret ret = RUNPRE_OK;
	struct runpre_insn insn;

	while (ret == RUNPRE_OK) {
		runpre_decode(c, &insn);
		if (insn.op == RUNPRE_OP_END)
			return RUNPRE_OK;
		if (insn.op == RUNPRE_OP_LABEL)
			ret = run_label(m, &insn);
		else if (insn.op == RUNPRE_OP_SITE)
			ret = run_site(m, &insn, c);
		else
			ret = run_simple(m, &insn, c);
	}
	return ret;
}

enum runpre_ret runpre_run(const struct runpre_header *h, const struct runpre_span *span, const u8 *run,
			   size_t run_len, u64 run_addr, struct runpre_binder *binder, u32 *labels, u32 *consumed,
			   struct runpre_fault *fault)
{
	struct runpre_cursor c = {
		.prog = (const u8 *)h + h->progs + span->prog,
		.end = span->prog_len,
	};
	struct matcher m = {
		.span = span,
		.run = run,
		.run_len = run_len < span->max_run ? (u32)run_len : span->max_run,
		.whole_len = run_len < span->max_run ? (u32)run_len : span->max_run,
		.run_addr = run_addr,
		.labels = labels,
		.site = 0xff,
		.binder = binder,
		.fault = fault,
	};
	enum runpre_ret ret;

	memset(fault, 0, sizeof(*fault));
	fault->sym = (u32)-1;
	fault->site = 0xff;
	memset(labels, 0xff, (size_t)span->nr_labels * sizeof(*labels));
	ret = run_program(&m, &c);
	*consumed = ret == RUNPRE_OK ? m.pos : 0;
	return ret;
}
