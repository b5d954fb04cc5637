// SPDX-License-Identifier: GPL-2.0-or-later
/* Compiles the instructions of a function to a match program. */
#include "objmanip/match-program.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "objmanip/arch.h"
#include "objmanip/match-carried.h"

void om_ops_flush(struct om_ops *ops)
{
	if (!ops->lit.len)
		return;
	om_buf_u8(&ops->code, RUNPRE_OP_LIT);
	om_buf_uleb(&ops->code, ops->lit.len);
	om_buf_add(&ops->code, ops->lit.data, ops->lit.len);
	ops->lit.len = 0;
}

void om_ops_lit(struct om_ops *ops, const void *bytes, size_t len)
{
	om_buf_add(&ops->lit, bytes, len);
	ops->max_run += len;
}

static void begin(struct om_ops *ops, uint8_t op)
{
	om_ops_flush(ops);
	om_buf_u8(&ops->code, op);
}

void om_ops_reloc(struct om_ops *ops, uint8_t type, uint32_t sym, int64_t addend)
{
	begin(ops, RUNPRE_OP_RELOC);
	om_buf_u8(&ops->code, type);
	om_buf_uleb(&ops->code, sym);
	om_buf_sleb(&ops->code, addend);
	ops->max_run += type == RUNPRE_REL_ABS64 || type == RUNPRE_REL_PC64 ? 8 : 4;
	ops->nr_binds++;
}

void om_ops_label(struct om_ops *ops, uint32_t label)
{
	begin(ops, RUNPRE_OP_LABEL);
	om_buf_uleb(&ops->code, label);
}

/* The longest run code of a jump by its condition, part of what the ops mean: longest_jump() of runpre/check.c has the same. */
static uint32_t jump_size(uint8_t cc)
{
	return cc < RUNPRE_CC_ALWAYS ? 6 : cc == RUNPRE_CC_ALWAYS ? 5 : 2;
}

void om_ops_jump(struct om_ops *ops, uint8_t cc, uint32_t label)
{
	begin(ops, RUNPRE_OP_JUMP);
	om_buf_u8(&ops->code, cc);
	om_buf_uleb(&ops->code, label);
	ops->max_run += jump_size(cc);
	ops->lost = true;
}

void om_ops_jumpsym(struct om_ops *ops, uint8_t cc, uint32_t sym, int64_t addend)
{
	begin(ops, RUNPRE_OP_JUMPSYM);
	om_buf_u8(&ops->code, cc);
	om_buf_uleb(&ops->code, sym);
	om_buf_sleb(&ops->code, addend);
	ops->max_run += jump_size(cc);
	ops->lost = true;
	ops->nr_binds++;
}

void om_ops_nops(struct om_ops *ops, uint32_t max)
{
	begin(ops, RUNPRE_OP_NOPS);
	om_buf_uleb(&ops->code, max);
	ops->max_run += max;
}

void om_ops_pad(struct om_ops *ops, uint32_t len)
{
	if (!len)
		return;
	begin(ops, RUNPRE_OP_PAD);
	om_buf_uleb(&ops->code, len);
	ops->max_run += len;
}

void om_ops_pre(struct om_ops *ops, uint32_t off)
{
	begin(ops, RUNPRE_OP_PRE);
	om_buf_uleb(&ops->code, off);
	ops->lost = false;
}

void om_ops_high(struct om_ops *ops, uint32_t insn, uint32_t like)
{
	begin(ops, RUNPRE_OP_HIGH);
	om_buf_add(&ops->code, &insn, sizeof(insn));
	om_buf_uleb(&ops->code, like);
	ops->max_run += 4;
}

void om_ops_low(struct om_ops *ops, uint8_t type, uint32_t insn, uint32_t high, uint32_t toc, uint32_t sym, int64_t addend)
{
	begin(ops, RUNPRE_OP_LOW);
	om_buf_u8(&ops->code, type);
	om_buf_add(&ops->code, &insn, sizeof(insn));
	om_buf_uleb(&ops->code, high);
	om_buf_uleb(&ops->code, toc);
	om_buf_uleb(&ops->code, sym);
	om_buf_sleb(&ops->code, addend);
	ops->max_run += 4;
	ops->nr_binds++;
}

void om_ops_branch(struct om_ops *ops, uint8_t type, uint32_t insn, uint32_t sym, int64_t addend)
{
	begin(ops, RUNPRE_OP_BRANCH);
	om_buf_u8(&ops->code, type);
	om_buf_add(&ops->code, &insn, sizeof(insn));
	om_buf_uleb(&ops->code, sym);
	om_buf_sleb(&ops->code, addend);
	ops->max_run += 4;
	ops->nr_binds++;
}

void om_ops_stub(struct om_ops *ops, uint8_t type, uint32_t insn, uint32_t toc, uint32_t sym)
{
	begin(ops, RUNPRE_OP_STUB);
	om_buf_u8(&ops->code, type);
	om_buf_add(&ops->code, &insn, sizeof(insn));
	om_buf_uleb(&ops->code, toc);
	om_buf_uleb(&ops->code, sym);
	ops->max_run += 4;
	ops->nr_binds++;
}

void om_ops_append(struct om_ops *ops, const struct om_ops *more)
{
	om_ops_flush(ops);
	om_buf_add(&ops->code, more->code.data, more->code.len);
	om_buf_add(&ops->lit, more->lit.data, more->lit.len);
	ops->code.failed |= more->code.failed;
	ops->lit.failed |= more->lit.failed;
	ops->max_run += more->max_run;
	ops->nr_binds += more->nr_binds;
}

void om_ops_free(struct om_ops *ops)
{
	om_buf_free(&ops->code);
	om_buf_free(&ops->lit);
	*ops = (struct om_ops){ 0 };
}

static uint32_t find_label(const struct om_program *p, uint32_t off)
{
	uint32_t lo = 0, hi = p->nr_labels;

	while (lo < hi) {
		uint32_t mid = (lo + hi) / 2;

		if (p->labels[mid] < off)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

uint32_t om_program_label(struct om_program *p, uint32_t off)
{
	uint32_t at = find_label(p, off), *grown;

	if (!p->collecting || (at < p->nr_labels && p->labels[at] == off))
		return at;
	grown = realloc(p->labels, (p->nr_labels + 1) * sizeof(*grown));
	if (!grown) {
		p->mt->failed = true;
		return 0;
	}
	p->labels = grown;
	memmove(grown + at + 1, grown + at, (p->nr_labels - at) * sizeof(*grown));
	grown[at] = off;
	p->nr_labels++;
	return at;
}

uint32_t om_program_symbol(struct om_program *p, const struct om_reloc *rel)
{
	return p->carried ? om_match_carried_symbol(p, rel) : om_match_reloc(p->mt, rel);
}

size_t om_program_entries(const struct om_program *p, uint32_t off, size_t *nr)
{
	const struct om_span *span = p->span;
	size_t lo = 0, hi = span->nr_entries;

	while (lo < hi) {
		size_t mid = (lo + hi) / 2;

		if (span->entries[mid].code_off < off)
			lo = mid + 1;
		else
			hi = mid;
	}
	for (*nr = 0; lo + *nr < span->nr_entries && span->entries[lo + *nr].code_off == off; (*nr)++)
		;
	return lo;
}

static struct error *bad_target(const struct om_program *p, const struct om_insn *insn)
{
	char where[256];

	return error_new(ERROR_REFUSED, "%s: jumps out of its function without a relocation",
			 om_where(p->span, insn->off, where, sizeof(where)));
}

static struct error *jump_insn(struct om_program *p, struct om_ops *ops, const struct om_insn *insn,
			       const struct om_jump *jump)
{
	const uint8_t *bytes = om_bytes(p->span) + insn->off;
	struct om_reloc *rel = om_reloc_at(p->span, insn->off + jump->field);
	int64_t target;

	om_ops_lit(ops, bytes, jump->prefixes);
	if (rel && rel->target != p->span) {
		uint32_t sym = om_match_jump(p->mt, rel, &target);

		om_ops_jumpsym(ops, jump->cc, sym, target);
		return NULL;
	}
	if (rel) {
		target = rel->target_off;
	} else if (insn->len - jump->field == 1) {
		target = (int64_t)insn->off + insn->len + (int8_t)bytes[jump->field];
	} else {
		int32_t rel32;

		memcpy(&rel32, bytes + jump->field, 4);
		target = (int64_t)insn->off + insn->len + rel32;
	}
	if (target < 0 || (uint64_t)target > p->span->size)
		return bad_target(p, insn);
	om_ops_jump(ops, jump->cc, om_program_label(p, target));
	return NULL;
}

struct error *om_program_insn(struct om_program *p, struct om_ops *ops, const struct om_insn *insn)
{
	const struct om_arch *arch = p->span->obj->arch;
	const uint8_t *code = om_bytes(p->span);
	uint32_t pos = insn->off, end = insn->off + insn->len;
	struct om_jump jump;

	if (arch->jump(code + insn->off, insn->len, &jump))
		return jump_insn(p, ops, insn, &jump);
	om_for_each_reloc(rel, p->span) {
		uint32_t at = rel->offset - p->span->start;

		if (at < pos || at >= end)
			continue;
		om_ops_lit(ops, code + pos, at - pos);
		/* What the processor adds to a PC-relative field is where the instruction ends: that is the program's addend. */
		om_ops_reloc(ops, arch->reloc_runpre(rel->type), om_match_reloc(p->mt, rel),
			     rel->target_off - rel->pc_bias);
		pos = at + arch->reloc_size(rel->type);
	}
	om_ops_lit(ops, code + pos, end - pos);
	return NULL;
}

/*
 * Labels in the middle of an instruction: what is an operand to one who falls into it, is code to one who jumps (entry_untrain_ret() in
 * arch/x86/lib/retpoline.S).  False: it is not for bytes to be compared as they are; or a label was left behind, in a site.
 */
static bool split_at_labels(struct om_program *p, const struct om_insn *insn, uint32_t *next_label)
{
	const uint8_t *code = om_bytes(p->span);
	uint32_t pos = insn->off, end = insn->off + insn->len;
	struct om_jump jump;

	if (*next_label == p->nr_labels || p->labels[*next_label] < pos || p->labels[*next_label] >= end ||
	    p->span->obj->arch->jump(code + pos, insn->len, &jump))
		return false;
	for (; pos < end; pos++)
		if (om_reloc_at(p->span, pos))
			return false;
	pos = insn->off;
	for (; *next_label < p->nr_labels && p->labels[*next_label] < end; ++*next_label) {
		om_ops_lit(&p->ops, code + pos, p->labels[*next_label] - pos);
		pos = p->labels[*next_label];
		om_ops_label(&p->ops, *next_label);
	}
	om_ops_lit(&p->ops, code + pos, end - pos);
	return true;
}

/* Code that begins at 16 bytes everywhere: arch/x86 of 6.1 has -falign-functions=16, and 6.12 CONFIG_FUNCTION_ALIGNMENT=16. */
#define COMMON_ALIGN 16

/* A nop that no table names; zeros and int3s, which fill the space between functions, are none. */
static bool is_nop(const struct om_program *p, const struct om_insn *insn)
{
	const uint8_t *code = om_bytes(p->span) + insn->off;
	size_t nr;

	om_program_entries(p, insn->off, &nr);
	return !nr && *code && *code != 0xcc && p->span->obj->arch->filling(code, insn->len) == insn->len;
}

/*
 * Nops in front of what is aligned more than functions are: how many, depends on where the function lies.  In a section of its own
 * it lies where the alignment wants it, in the kernel anywhere (".align 32" in xor_sse_2_pf64(), arch/x86/include/asm/xor.h; ".p2align 6" in
 * lib/zstd/compress/zstd_lazy.c).  Returns how many instructions they are, from @i on; 0: none.
 */
static size_t alignment(const struct om_program *p, size_t i, uint32_t next_label)
{
	const struct om_span *span = p->span;
	uint64_t align = span->section->align, end;
	size_t n = 0, nr;

	if (align <= COMMON_ALIGN || !span->obj->arch->filling)
		return 0;
	for (; i + n < span->nr_insns && is_nop(p, &span->insns[i + n]); n++)
		if (n && next_label < p->nr_labels && p->labels[next_label] <= span->insns[i + n].off)
			break;
	if (!n || i + n == span->nr_insns)
		return 0;
	/* A site may begin with nops itself: whose they are could not be told (__x86_indirect_call_thunk_array of 6.12). */
	om_program_entries(p, span->insns[i + n].off, &nr);
	if (nr || is_nop(p, &span->insns[i + n]))
		return 0;
	end = span->start + span->insns[i + n].off;
	return end % (2 * COMMON_ALIGN) ? 0 : n;
}

static struct error *compile_pass(struct om_program *p)
{
	struct om_span *span = p->span;
	struct error *err = NULL;
	uint32_t next_label = 0;
	bool found;

	for (size_t i = 0; i < span->nr_insns && !err;) {
		uint32_t off = span->insns[i].off;
		struct om_jump jump;
		size_t nops;

		if (p->head && span->obj->arch->jump(om_bytes(span) + off, span->insns[i].len, &jump))
			break;

		if (!p->collecting && next_label < p->nr_labels && p->labels[next_label] == off)
			om_ops_label(&p->ops, next_label++);
		if (p->ops.lost)
			om_ops_pre(&p->ops, off);
		err = span->obj->arch->site(p, &i, &found);
		if (err || found)
			continue;
		nops = p->collecting ? 0 : alignment(p, i, next_label);
		if (nops) {
			om_ops_nops(&p->ops, span->insns[i + nops].off - off + span->section->align);
			p->ops.lost = true;
			i += nops;
			continue;
		}
		if (p->collecting || !split_at_labels(p, &span->insns[i], &next_label))
			err = om_program_insn(p, &p->ops, &span->insns[i]);
		i++;
	}
	if (!err && !p->collecting && next_label < p->nr_labels && p->labels[next_label] == span->size)
		om_ops_label(&p->ops, next_label++);
	if (!err && !p->collecting && next_label != p->nr_labels) {
		char where[256];

		err = error_new(ERROR_REFUSED, "%s: is jumped to, but is in the middle of an instruction or a site",
				om_where(span, p->labels[next_label], where, sizeof(where)));
	}
	return err;
}

struct error *om_program_compile(struct om_program *p)
{
	struct error *err;

	p->collecting = true;
	err = compile_pass(p);
	om_ops_free(&p->ops);
	p->collecting = false;
	if (!err)
		err = compile_pass(p);
	if (err)
		return err;
	om_ops_flush(&p->ops);
	om_buf_u8(&p->ops.code, RUNPRE_OP_END);
	if (p->ops.code.failed || p->ops.lit.failed || p->mt->failed)
		return error_errno(ENOMEM, "%s", p->span->obj->path);
	return NULL;
}

void om_program_free(struct om_program *p)
{
	om_ops_free(&p->ops);
	free(p->labels);
	p->labels = NULL;
}
