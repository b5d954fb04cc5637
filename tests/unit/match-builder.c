// SPDX-License-Identifier: GPL-2.0-or-later
#include "tests/unit/match-builder.h"

#include <stdlib.h>

static void add(struct mb_bytes *b, const void *p, size_t len)
{
	b->p = realloc(b->p, b->len + len + 1);
	if (!b->p)
		abort();
	memcpy(b->p + b->len, p, len);
	b->len += len;
}

static void add_u8(struct mb *b, u8 v)
{
	add(&b->progs, &v, 1);
}

static void add_uleb(struct mb *b, u64 v)
{
	for (; v > 0x7f; v >>= 7)
		add_u8(b, (u8)(v | 0x80));
	add_u8(b, (u8)v);
}

static void add_sleb(struct mb *b, s64 v)
{
	for (; v < -64 || v > 63; v >>= 7)
		add_u8(b, (u8)(v | 0x80));
	add_u8(b, (u8)(v & 0x7f));
}

void mb_init(struct mb *b)
{
	memset(b, 0, sizeof(*b));
	b->h.arch = RUNPRE_ARCH_X86_64;
	add(&b->strings, "", 1);
	b->h.id = mb_string(b, "test");
	b->h.target = mb_string(b, "vmlinux");
}

void mb_free(struct mb *b)
{
	free(b->syms.p);
	free(b->spans.p);
	free(b->progs.p);
	free(b->strings.p);
}

u32 mb_string(struct mb *b, const char *s)
{
	u32 at = (u32)b->strings.len;

	if (!s)
		return 0;
	add(&b->strings, s, strlen(s) + 1);
	return at;
}

static u32 add_sym(struct mb *b, struct runpre_sym sym)
{
	add(&b->syms, &sym, sizeof(sym));
	return b->nr_syms++;
}

u32 mb_sym(struct mb *b, const char *name, u8 flags)
{
	return add_sym(b, (struct runpre_sym){ .name = mb_string(b, name), .flags = flags });
}

u32 mb_published(struct mb *b, const char *name, u8 flags)
{
	u32 publish = mb_string(b, "p:"), at = mb_string(b, name);

	b->strings.p[at - 1] = '_';	/* "p:_NAME": the name is its tail */
	return add_sym(b, (struct runpre_sym){ .name = at, .publish = publish, .flags = flags });
}

u32 mb_pointee(struct mb *b, u32 base, s64 offset)
{
	return add_sym(b, (struct runpre_sym){ .kind = RUNPRE_SYM_POINTEE, .base = base, .offset = offset });
}

u32 mb_alias(struct mb *b, u32 base)
{
	return add_sym(b, (struct runpre_sym){
				  .kind = RUNPRE_SYM_ALIAS, .base = base, .publish = mb_string(b, "alias") });
}

u32 mb_span(struct mb *b, u32 sym, u16 flags)
{
	b->span = (struct runpre_span){
		.sym = sym, .unit = mb_string(b, "a/unit.o"), .prog = (u32)b->progs.len, .flags = flags };
	if (flags & RUNPRE_SPAN_REPLACE && !(flags & RUNPRE_SPAN_DATA))
		b->span.hook_len = 5;
	b->binds = 0;
	return b->nr_spans;
}

struct runpre_span *mb_span_at(struct mb *b, u32 i)
{
	return (struct runpre_span *)b->spans.p + i;
}

static u32 max(u32 a, u32 b)
{
	return a > b ? a : b;
}

void mb_stop(struct mb *b)
{
	b->span.prog_len = (u32)b->progs.len - b->span.prog;
	b->span.pre_size = b->span.max_run;
	b->h.max_run = max(b->h.max_run, b->span.max_run);
	b->h.max_labels = max(b->h.max_labels, b->span.nr_labels);
	b->h.max_binds = max(b->h.max_binds, b->binds);
	add(&b->spans, &b->span, sizeof(b->span));
	b->nr_spans++;
}

void mb_end(struct mb *b)
{
	add_u8(b, RUNPRE_OP_END);
	mb_stop(b);
}

void mb_raw(struct mb *b, const void *bytes, size_t len)
{
	add(&b->progs, bytes, len);
}

void mb_lit(struct mb *b, const void *bytes, size_t len)
{
	add_u8(b, RUNPRE_OP_LIT);
	add_uleb(b, len);
	mb_raw(b, bytes, len);
	b->span.max_run += (u32)len;
}

void mb_reloc(struct mb *b, u8 type, u32 sym, s64 addend)
{
	add_u8(b, RUNPRE_OP_RELOC);
	add_u8(b, type);
	add_uleb(b, sym);
	add_sleb(b, addend);
	b->span.max_run += 8;
	b->binds++;
}

void mb_label(struct mb *b, u32 label)
{
	add_u8(b, RUNPRE_OP_LABEL);
	add_uleb(b, label);
	b->span.nr_labels++;
}

void mb_jump(struct mb *b, u8 cc, u32 label)
{
	add_u8(b, RUNPRE_OP_JUMP);
	add_u8(b, cc);
	add_uleb(b, label);
	b->span.max_run += 6;
}

void mb_jumpsym(struct mb *b, u8 cc, u32 sym, s64 addend)
{
	add_u8(b, RUNPRE_OP_JUMPSYM);
	add_u8(b, cc);
	add_uleb(b, sym);
	add_sleb(b, addend);
	b->span.max_run += 6;
	b->binds++;
}

void mb_nops(struct mb *b, u32 n)
{
	add_u8(b, RUNPRE_OP_NOPS);
	add_uleb(b, n);
	b->span.max_run += n;
}

void mb_pad(struct mb *b, u32 len)
{
	add_u8(b, RUNPRE_OP_PAD);
	add_uleb(b, len);
	b->span.max_run += len;
}

void mb_pre(struct mb *b, u32 off)
{
	add_u8(b, RUNPRE_OP_PRE);
	add_uleb(b, off);
}

void mb_high(struct mb *b, u32 insn, u32 like)
{
	add_u8(b, RUNPRE_OP_HIGH);
	mb_raw(b, &insn, sizeof(insn));
	add_uleb(b, like);
	b->span.max_run += 4;
}

void mb_low(struct mb *b, u8 type, u32 insn, u32 high, u32 toc, u32 sym, s64 addend)
{
	add_u8(b, RUNPRE_OP_LOW);
	add_u8(b, type);
	mb_raw(b, &insn, sizeof(insn));
	add_uleb(b, high);
	add_uleb(b, toc);
	add_uleb(b, sym);
	add_sleb(b, addend);
	b->span.max_run += 4;
	b->binds++;
}

void mb_branch(struct mb *b, u8 type, u32 insn, u32 sym, s64 addend)
{
	add_u8(b, RUNPRE_OP_BRANCH);
	add_u8(b, type);
	mb_raw(b, &insn, sizeof(insn));
	add_uleb(b, sym);
	add_sleb(b, addend);
	b->span.max_run += 4;
	b->binds++;
}

void mb_stub(struct mb *b, u8 type, u32 insn, u32 toc, u32 sym)
{
	add_u8(b, RUNPRE_OP_STUB);
	add_u8(b, type);
	mb_raw(b, &insn, sizeof(insn));
	add_uleb(b, toc);
	add_uleb(b, sym);
	b->span.max_run += 4;
	b->binds++;
}

void mb_site(struct mb *b, u8 kind, u32 len, u32 nforms)
{
	add_u8(b, RUNPRE_OP_SITE);
	add_u8(b, kind);
	add_uleb(b, len);
	add_uleb(b, nforms);
	b->span.max_run += len;
}

void mb_form(struct mb *b)
{
	add_u8(b, 0);
	b->form = (u32)b->progs.len;
}

void mb_form_end(struct mb *b)
{
	size_t len = b->progs.len - b->form;

	if (len > 127)
		abort();
	b->progs.p[b->form - 1] = (u8)len;
}

static u32 place(struct mb_bytes *out, const struct mb_bytes *part)
{
	u32 at;

	while (out->len % 8)
		add(out, "", 1);
	at = (u32)out->len;
	add(out, part->p ? part->p : (const u8 *)"", part->len);
	return at;
}

struct runpre_header *mb_finish(struct mb *b, size_t *size)
{
	struct runpre_header h = b->h, *exact;
	struct mb_bytes out = { 0 };

	memcpy(h.magic, RUNPRE_MAGIC, sizeof(h.magic));
	h.version = RUNPRE_VERSION;
	add(&out, &h, sizeof(h));
	h.nr_syms = b->nr_syms;
	h.syms = place(&out, &b->syms);
	h.nr_spans = b->nr_spans;
	h.spans = place(&out, &b->spans);
	h.progs_size = (u32)b->progs.len;
	h.progs = place(&out, &b->progs);
	h.strings_size = (u32)b->strings.len;
	h.strings = place(&out, &b->strings);
	h.size = (u32)out.len;
	memcpy(out.p, &h, sizeof(h));

	/* Exactly as large as it says, so that the sanitizer sees every byte too many that is read. */
	exact = malloc(out.len);
	if (!exact)
		abort();
	memcpy(exact, out.p, out.len);
	free(out.p);
	*size = h.size;
	return exact;
}
