// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The places of x86_64 code that the kernel rewrites, and what it may have put there.  Every form names the function of
 * Linux 6.1 or 6.12 that writes it; all of them are in arch/x86/kernel/ where nothing else is said.
 */
#include "objmanip/arch-x86-64.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "objmanip/special.h"

static const uint8_t nop5[] = { 0x0f, 0x1f, 0x44, 0x00, 0x00 };	/* x86_nops[5], alternative.c */
static const uint8_t nop2[] = { 0x66, 0x90 };			/* x86_nops[2] */
static const uint8_t int3s[] = { 0xcc, 0xcc, 0xcc, 0xcc, 0xcc };
static const uint8_t lfence[] = { 0x0f, 0xae, 0xe8 };
static const uint8_t endbr[] = { 0xf3, 0x0f, 0x1e, 0xfa };
static const uint8_t sealed[] = { 0x66, 0x0f, 0x1f, 0x00 };	/* gen_endbr_poison(), asm/ibt.h (6.12) */
static const uint8_t xor5rax[] = { 0x2e, 0x2e, 0x2e, 0x31, 0xc0 };	/* static_call.c */

static struct om_ops *new_form(struct om_forms *forms)
{
	/* runpre_check() refuses more forms than this; no site of 6.1 or 6.12 has a tenth of them. */
	return forms->nr < RUNPRE_MAX_FORMS ? &forms->list[forms->nr++] : NULL;
}

static void lit_form(struct om_forms *forms, const uint8_t *bytes, size_t len)
{
	struct om_ops *f = new_form(forms);

	if (f)
		om_ops_lit(f, bytes, len);
}

/* @opcode (call or jmp) with a 32-bit displacement to @sym, then @pad bytes of nops. */
static void branch_form(struct om_forms *forms, uint8_t opcode, uint32_t sym, uint32_t pad)
{
	struct om_ops *f = new_form(forms);

	if (!f)
		return;
	om_ops_lit(f, &opcode, 1);
	om_ops_reloc(f, RUNPRE_REL_PC32, sym, -4);
	om_ops_pad(f, pad);
}

static void free_forms(struct om_forms *forms)
{
	for (uint32_t i = 0; i < forms->nr; i++)
		om_ops_free(&forms->list[i]);
	free(forms);
}

/* Writes the op SITE. @len 0: forms of different lengths. */
static void write_site(struct om_ops *ops, uint8_t kind, uint32_t len, struct om_forms *forms)
{
	uint32_t longest = len;

	om_ops_flush(ops);
	om_buf_u8(&ops->code, RUNPRE_OP_SITE);
	om_buf_u8(&ops->code, kind);
	om_buf_uleb(&ops->code, len);
	om_buf_uleb(&ops->code, forms->nr);
	for (uint32_t i = 0; i < forms->nr; i++) {
		struct om_ops *f = &forms->list[i];

		om_ops_flush(f);
		om_buf_uleb(&ops->code, f->code.len);
		om_buf_add(&ops->code, f->code.data, f->code.len);
		ops->code.failed |= f->code.failed || f->lit.failed;
		ops->nr_binds += f->nr_binds;
		if (!len && f->max_run > longest)
			longest = f->max_run;
	}
	ops->max_run += longest;
	ops->lost = true;
}

static const struct om_entry *entry_of(const struct om_program *p, uint32_t off, enum om_table_kind kind)
{
	size_t nr, first = om_program_entries(p, off, &nr);

	for (size_t i = first; i < first + nr; i++)
		if (p->span->entries[i].table->kind == kind)
			return &p->span->entries[i];
	return NULL;
}

/* ftrace.c: ftrace_make_nop(), ftrace_call_replace(); a trampoline of one ftrace_ops has no name and is no form yet. */
static void ftrace_forms(struct om_program *p, struct om_forms *forms)
{
	lit_form(forms, nop5, 5);
	branch_form(forms, 0xe8, om_match_extern(p->mt, "__fentry__", RUNPRE_SYM_CHECK), 0);
	branch_form(forms, 0xe8, om_match_extern(p->mt, "ftrace_caller", RUNPRE_SYM_CHECK), 0);
	branch_form(forms, 0xe8, om_match_extern(p->mt, "ftrace_regs_caller", RUNPRE_SYM_CHECK), 0);
}

/* alternative.c: patch_return(). x86_return_thunk points to the thunk that this machine's mitigation wants. */
static void return_forms(struct om_program *p, struct om_forms *forms)
{
	struct om_ops *f;
	uint32_t thunk = om_match_extern(p->mt, "x86_return_thunk", RUNPRE_SYM_CHECK);

	branch_form(forms, 0xe9, om_match_extern(p->mt, "__x86_return_thunk", RUNPRE_SYM_CHECK), 0);
	f = new_form(forms);
	if (f) {
		om_ops_lit(f, "\xc3", 1);
		om_ops_lit(f, int3s, 4);
	}
	branch_form(forms, 0xe9, om_match_pointee(p->mt, thunk, 0), 0);
}

#define THUNK "__x86_indirect_thunk_"

/* The register of __x86_indirect_thunk_REG in the encoding of ModRM and REX.B (Intel SDM vol. 2, table 2-2), or -1. */
static int thunk_register(const char *name)
{
	static const char *const regs[] = { "rax", "rcx", "rdx", "rbx", "rsp", "rbp", "rsi", "rdi",
					    "r8",  "r9",  "r10", "r11", "r12", "r13", "r14", "r15" };

	if (strncmp(name, THUNK, strlen(THUNK)))
		return -1;
	for (int i = 0; i < 16; i++)
		if (!strcmp(name + strlen(THUNK), regs[i]))
			return i;
	return -1;
}

/*
 * alternative.c (6.12): emit_call_track_retpoline(), emit_its_trampoline(): the same branch to another thunk for that register.
 * An ITS thunk may also be one that its_allocate_thunk() made for this place; such have no names, and are no form yet.
 */
static void thunk_form(struct om_program *p, const struct om_insn *insn, const char *prefix, const char *reg,
		       struct om_forms *forms)
{
	char name[64];
	struct om_ops *f = new_form(forms);

	if (!f)
		return;
	snprintf(name, sizeof(name), "__x86_indirect_%s_thunk_%s", prefix, reg);
	om_ops_lit(f, om_bytes(p->span) + insn->off, insn->len - 4);
	om_ops_reloc(f, RUNPRE_REL_PC32, om_match_extern(p->mt, name, RUNPRE_SYM_CHECK), -4);
}

/* An indirect call or jmp through @reg as emit_indirect() writes it. */
static size_t indirect(uint8_t *out, bool call, int reg)
{
	size_t n = 0;

	if (reg >= 8)
		out[n++] = 0x41;
	out[n++] = 0xff;
	out[n++] = (call ? 0xd0 : 0xe0) | (reg & 7);
	return n;
}

/*
 * alternative.c: patch_retpoline() for @len bytes of call, jmp or (@cc >= 0) jcc: an indirect branch, with an lfence before it
 * or not, an int3 behind a jmp where there is room, nops.
 */
static void retpoline_form(struct om_forms *forms, bool fence, bool call, int cc, int reg, uint32_t len)
{
	uint8_t out[32];
	struct om_ops *f;
	size_t n = 0;

	if (cc >= 0) {
		out[n++] = 0x70 + (cc ^ 1);
		out[n++] = len - 2;
	}
	if (fence) {
		memcpy(out + n, lfence, sizeof(lfence));
		n += sizeof(lfence);
	}
	n += indirect(out + n, call, reg);
	if (!call && n < len)
		out[n++] = 0xcc;
	f = n <= len ? new_form(forms) : NULL;
	if (!f)
		return;
	om_ops_lit(f, out, n);
	om_ops_pad(f, len - n);
}

static struct error *retpoline_forms(struct om_program *p, const struct om_insn *insn, struct om_forms *forms)
{
	const uint8_t *b = om_bytes(p->span) + insn->off;
	uint32_t skip = 0;
	struct om_reloc *rel = om_reloc_at(p->span, insn->off + insn->len - 4);
	int reg = rel && !rel->target ? thunk_register(rel->sym->name) : -1, cc = -1;
	struct om_ops *f = new_form(forms);
	char where[256];

	while (skip + 5 < insn->len && b[skip] == 0x2e) /* -mindirect-branch-cs-prefix */
		skip++;
	if (b[skip] == 0x0f)
		cc = b[skip + 1] & 0xf;
	if (reg < 0 || !f || (b[skip] != 0xe8 && b[skip] != 0xe9 && cc < 0))
		return error_new(ERROR_REFUSED, "%s: a retpoline site that is no branch to __x86_indirect_thunk_*",
				 om_where(p->span, insn->off, where, sizeof(where)));
	om_ops_lit(f, b, insn->len - 4);
	om_ops_reloc(f, RUNPRE_REL_PC32, om_match_extern(p->mt, rel->sym->name, RUNPRE_SYM_CHECK), -4);
	retpoline_form(forms, false, b[skip] == 0xe8, cc, reg, insn->len);
	retpoline_form(forms, true, b[skip] == 0xe8, cc, reg, insn->len);
	thunk_form(p, insn, b[skip] == 0xe8 ? "call" : "jump", rel->sym->name + strlen(THUNK), forms);
	thunk_form(p, insn, "its", rel->sym->name + strlen(THUNK), forms);
	return NULL;
}

/* alternative.c: apply_paravirt(): the operation called directly, or nothing at all; what is left over becomes nops. */
static void paravirt_forms(struct om_program *p, const struct om_entry *e, uint32_t len, struct om_forms *forms)
{
	const struct om_layout *l = p->span->obj->layout;
	uint8_t type = e->section->data[e->offset + l->para_site_type_off];
	uint32_t ops = om_match_extern(p->mt, "pv_ops", RUNPRE_SYM_CHECK);
	struct om_ops *f;

	branch_form(forms, 0xe8, om_match_pointee(p->mt, ops, 8 * (int64_t)type), len - 5);
	f = new_form(forms);
	if (f)
		om_ops_pad(f, len);
}

/*
 * Of a key that is not exported a module knows only the trampoline, and objtool names that in the key's place
 * (tools/objtool/check.c, create_static_call_sections(), 6.1): __SCT__cond_resched for __SCK__cond_resched.  The kernel finds
 * the key itself (kernel/static_call_inline.c, static_call_add_module()), and so do we, by its name.
 */
static uint32_t static_call_key(struct om_program *p, const struct om_reloc *rel)
{
	static const char trampoline[] = "__SCT__", prefix[] = "__SCK__";
	size_t len = sizeof(trampoline) - 1;
	uint32_t sym;
	char *name;

	if (strncmp(rel->sym->name, trampoline, len))
		return om_match_reloc(p->mt, rel);
	if (asprintf(&name, "%s%s", prefix, rel->sym->name + len) < 0) {
		p->mt->failed = true;
		return 0;
	}
	sym = om_match_extern(p->mt, name, RUNPRE_SYM_CHECK);
	free(name);
	return sym;
}

/*
 * static_call.c: __static_call_transform(). The site calls (or, as a tail call, jumps to) the trampoline until the kernel
 * has initialised it; then what the key points to, or nothing, or "return 0".
 */
static void static_call_forms(struct om_program *p, const struct om_entry *e, const struct om_insn *insn,
			      struct om_forms *forms)
{
	const struct om_reloc *key = om_entry_reloc(e, 4);
	bool tail = om_bytes(p->span)[insn->off] == 0xe9;
	uint8_t opcode = tail ? 0xe9 : 0xe8;
	struct om_reloc *rel = om_reloc_at(p->span, insn->off + 1);

	if (rel)
		branch_form(forms, opcode, om_match_reloc(p->mt, rel), 0);
	if (key)
		branch_form(forms, opcode,
			    om_match_pointee(p->mt, static_call_key(p, key),
					     p->span->obj->layout->static_call_key_func_off),
			    0);
	if (!tail) {
		lit_form(forms, nop5, 5);
		lit_form(forms, xor5rax, 5);
		return;
	}
	return_forms(p, forms);
}

/* jump_label.c: __jump_label_patch(); a nop of 2 or 5 bytes, or a jmp of either length. */
static struct error *jump_label_forms(struct om_program *p, const struct om_entry *e, struct om_forms *forms)
{
	struct om_reloc *to = om_entry_reloc(e, 4);
	struct om_ops *f = new_form(forms);
	char where[256];

	if (!to || !to->target || !om_is_code(to->target) || to->target_off < 0 || !f)
		return error_new(ERROR_BAD_FILE, "%s: a jump label without a target",
				 om_where(p->span, e->code_off, where, sizeof(where)));
	if (to->target == p->span)
		om_ops_jump(f, RUNPRE_CC_ALWAYS, om_program_label(p, to->target_off));
	else
		om_ops_jumpsym(f, RUNPRE_CC_ALWAYS, om_match_reloc(p->mt, to), to->target_off);
	lit_form(forms, nop2, 2);
	lit_form(forms, nop5, 5);
	return NULL;
}

/* alternative.c: alternatives_smp_lock(), _unlock(): the lock prefix, or ds (3e) on one CPU. */
static void lock_forms(struct om_forms *forms)
{
	lit_form(forms, (const uint8_t *)"\xf0", 1);
	lit_form(forms, (const uint8_t *)"\x3e", 1);
}

static bool is_endbr(const struct om_span *span, const struct om_insn *insn)
{
	return insn->len == sizeof(endbr) && !memcmp(om_bytes(span) + insn->off, endbr, sizeof(endbr));
}

/* alternative.c: apply_seal_endbr() (6.12), where nobody in all of vmlinux or the module points to the function. */
static void endbr_forms(struct om_forms *forms)
{
	lit_form(forms, endbr, sizeof(endbr));
	lit_form(forms, sealed, sizeof(sealed));
}

/* asm/runtime-const.h (6.12): __runtime_fixup_shift(); 32 bits are shifted. */
static void runtime_shift_forms(struct om_program *p, const struct om_insn *insn, struct om_forms *forms)
{
	const uint8_t *code = om_bytes(p->span) + insn->off;

	for (uint8_t by = 0; by < 32; by++) {
		struct om_ops *f = new_form(forms);

		if (!f)
			return;
		om_ops_lit(f, code, insn->len - 1);
		om_ops_lit(f, &by, 1);
	}
}

/*
 * The site that begins at @insn, alternatives apart: its forms, kind and length (0: varies), or no forms. A lock prefix is
 * a site of one byte; *rest tells that the instruction goes on behind it.
 */
static struct error *simple_site(struct om_program *p, const struct om_insn *insn, struct om_forms *forms, uint8_t *kind,
				 uint32_t *len, bool *rest)
{
	const struct om_entry *e;

	*rest = false;
	*len = insn->len;
	if (entry_of(p, insn->off, OM_TABLE_MCOUNT) && insn->len == 5) {
		*kind = RUNPRE_SITE_FTRACE;
		ftrace_forms(p, forms);
	} else if ((e = entry_of(p, insn->off, OM_TABLE_STATIC_CALL)) && insn->len == 5) {
		*kind = RUNPRE_SITE_STATIC_CALL;
		static_call_forms(p, e, insn, forms);
	} else if (entry_of(p, insn->off, OM_TABLE_RETURN) && insn->len == 5) {
		*kind = RUNPRE_SITE_RETURN;
		return_forms(p, forms);
	} else if (entry_of(p, insn->off, OM_TABLE_RETPOLINE)) {
		*kind = RUNPRE_SITE_RETPOLINE;
		return retpoline_forms(p, insn, forms);
	} else if ((e = entry_of(p, insn->off, OM_TABLE_JUMP))) {
		*kind = RUNPRE_SITE_JUMP_LABEL;
		*len = 0;
		return jump_label_forms(p, e, forms);
	} else if (is_endbr(p->span, insn)) {
		*kind = RUNPRE_SITE_ENDBR;
		endbr_forms(forms);
	} else if (entry_of(p, insn->off + insn->len - 1, OM_TABLE_RUNTIME_SHIFT)) {
		*kind = RUNPRE_SITE_RUNTIME_CONST;
		runtime_shift_forms(p, insn, forms);
	} else if (entry_of(p, insn->off, OM_TABLE_LOCK) && om_bytes(p->span)[insn->off] == 0xf0) {
		*kind = RUNPRE_SITE_LOCK;
		*len = 1;
		*rest = insn->len > 1;
		lock_forms(forms);
	}
	return NULL;
}

/* The instruction, as it is in pre, for a site which leaves it so in one of its forms. */
static struct error *original_form(struct om_program *p, const struct om_insn *insn, struct om_forms *forms)
{
	struct om_ops *f = new_form(forms);

	return f ? om_program_insn(p, f, insn) : NULL;
}

/* Appends each of @more to each form of @forms: all combinations. */
static void multiply(struct om_forms *forms, struct om_forms *more)
{
	struct om_forms *product = calloc(1, sizeof(*product));

	for (uint32_t i = 0; product && i < forms->nr; i++) {
		for (uint32_t j = 0; j < more->nr; j++) {
			struct om_ops *f = new_form(product);

			if (!f)
				break;
			om_ops_append(f, &forms->list[i]);
			om_ops_append(f, &more->list[j]);
		}
	}
	for (uint32_t i = 0; i < forms->nr; i++)
		om_ops_free(&forms->list[i]);
	if (product)
		*forms = *product;
	free(product);
}

static bool in_paravirt(struct om_program *p, const struct om_insn *insn, struct om_forms *forms)
{
	const struct om_entry *e = entry_of(p, insn->off, OM_TABLE_PARA);
	uint32_t len;

	if (!e)
		return false;
	len = e->section->data[e->offset + p->span->obj->layout->para_site_len_off];
	if (len != insn->len || len < 5)
		return false;
	paravirt_forms(p, e, len, forms);
	return true;
}

/* What one instruction of an alternative's original code may look like: itself, or what its own site's forms are. */
static struct error *piece_forms(struct om_program *p, const struct om_insn *insn, struct om_forms *forms)
{
	struct error *err;
	struct om_ops rest = { 0 };
	struct om_insn behind = { .off = insn->off + 1, .len = insn->len - 1 };
	uint32_t len;
	uint8_t kind;
	bool more;

	if (in_paravirt(p, insn, forms))
		return original_form(p, insn, forms);
	err = simple_site(p, insn, forms, &kind, &len, &more);
	if (err || !forms->nr)
		return err ?: original_form(p, insn, forms);
	if (!more)
		return NULL;
	err = om_program_insn(p, &rest, &behind);
	for (uint32_t i = 0; i < forms->nr; i++)
		om_ops_append(&forms->list[i], &rest);
	om_ops_free(&rest);
	return err;
}

/* The length of the run of one-byte nops from @off, inside [off, end): optimize_nops() rewrites such runs. */
static uint32_t nop_run(const uint8_t *code, uint32_t off, uint32_t end)
{
	uint32_t n = 0;

	while (off + n < end && code[off + n] == 0x90)
		n++;
	return n;
}

/* The original instructions of an alternative, sites inside of it in all their forms. */
static struct error *alternative_original(struct om_program *p, size_t first, size_t last, struct om_forms *forms)
{
	const struct om_span *span = p->span;
	struct error *err = NULL;

	if (!new_form(forms))
		return NULL;
	for (size_t i = first; i < last && !err; i++) {
		const struct om_insn *insn = &span->insns[i];
		uint32_t end = span->insns[last - 1].off + span->insns[last - 1].len;
		uint32_t pad = nop_run(om_bytes(span), insn->off, end);
		struct om_forms *piece = calloc(1, sizeof(*piece));

		if (!piece) {
			p->mt->failed = true;
			return NULL;
		}
		if (pad) {
			om_ops_pad(new_form(piece), pad);
			i += pad - 1;
		} else {
			err = piece_forms(p, insn, piece);
		}
		multiply(forms, piece);
		free_forms(piece);
	}
	return err;
}

static struct om_reloc *reloc_within(struct om_span *span, const struct om_insn *insn)
{
	om_for_each_reloc(rel, span)
		if (rel->offset >= span->start + insn->off && rel->offset < span->start + insn->off + insn->len)
			return rel;
	return NULL;
}

/* What insn_is_nop() of alternative.c takes for one (6.12); 6.1 only sees those of one byte. */
static bool is_nop(const uint8_t *p, unsigned len)
{
	unsigned i = 0;

	while (i + 1 < len && (p[i] == 0x66 || p[i] == 0x2e))
		i++;
	return p[i] == 0x90 || (i + 1 < len && p[i] == 0x0f && p[i + 1] == 0x1f);
}

static bool is_jump(const uint8_t *p)
{
	return *p == 0xe9;
}

/* One instruction of a replacement, as it is when it has been copied to its place. */
static struct error *replacement_insn(struct om_program *q, struct om_program *p, const struct om_insn *insn,
				      struct om_ops *f)
{
	struct om_reloc *rel = reloc_within(q->span, insn);
	const uint8_t *code = om_bytes(q->span) + insn->off;

	/* Without a relocation its bytes are copied as they are, short jumps inside the replacement included. */
	if (!rel)
		om_ops_lit(f, code, insn->len);
	else if (rel->target == p->span && is_jump(code))
		om_ops_jump(f, RUNPRE_CC_ALWAYS, om_program_label(p, rel->target_off));
	else
		return om_program_insn(q, f, insn);
	return NULL;
}

/* How a jmp that apply_alternatives() made short is filled up. */
enum filling {
	NONE,		/* it is as long as it was */
	WITH_INT3,	/* 6.12: at once, __apply_relocation() */
	WITH_NOPS,	/* 6.1: with the nops behind it, recompute_jump() */
};

/*
 * alternative.c: apply_alternatives(): the replacement's bytes; calls and jumps keep their targets (6.1: only a call that is
 * all of it, and a jmp at its start), a jmp is made as short as it can be; then nops.  @jump tells that there is one.
 */
static struct error *replacement_form(struct om_program *p, const struct om_alternative *alt, enum filling filling,
				      struct om_forms *forms, bool *jump)
{
	struct om_program q = { .mt = p->mt, .span = alt->repl, .collecting = p->collecting };
	struct om_ops *f = new_form(forms);
	struct error *err = NULL;
	uint32_t end = alt->repl_off + alt->repllen, nops = alt->instrlen;
	const uint8_t *code = alt->repl ? om_bytes(alt->repl) : NULL;

	*jump = false;
	if (!f)
		return NULL;
	for (size_t i = 0, pad = 0; alt->repl && i < alt->repl->nr_insns && !err; i++) {
		const struct om_insn *insn = &alt->repl->insns[i];

		if (insn->off < alt->repl_off || insn->off >= end)
			continue;
		if (is_nop(code + insn->off, insn->len)) {
			pad += insn->len;
			continue;
		}
		om_ops_pad(f, pad);
		nops -= pad + insn->len;
		pad = 0;
		err = replacement_insn(&q, p, insn, f);
		*jump |= is_jump(code + insn->off);
		if (is_jump(code + insn->off) && filling == WITH_INT3)
			om_ops_lit(f, int3s, 3);
	}
	free(q.labels);
	if (filling == WITH_NOPS)
		om_ops_nops(f, alt->instrlen > 2 ? alt->instrlen - 2 : 0);
	else
		om_ops_pad(f, nops);
	return err;
}

static struct error *replacement_forms(struct om_program *p, const struct om_alternative *alt, struct om_forms *forms)
{
	bool jump;
	struct error *err = replacement_form(p, alt, NONE, forms, &jump);

	if (!err && jump)
		err = replacement_form(p, alt, WITH_INT3, forms, &jump);
	if (!err && jump)
		err = replacement_form(p, alt, WITH_NOPS, forms, &jump);
	return err;
}

/*
 * alternative.c: alt_replace_call() (6.12): the site has call *OPS(%rip) (ff 15 disp32); what OPS holds is called directly, or
 * BUG_func if that is nothing, or not even a call is left if it is nop_func.
 */
static struct error *direct_call_forms(struct om_program *p, uint32_t off, uint32_t len, struct om_forms *forms)
{
	struct om_reloc *ops = om_reloc_at(p->span, off + 2);
	const uint8_t *code = om_bytes(p->span) + off;
	struct om_ops *f;
	char where[256];

	if (!ops || len < 6 || code[0] != 0xff || code[1] != 0x15)
		return error_new(ERROR_REFUSED, "%s: a direct call that replaces no indirect one",
				 om_where(p->span, off, where, sizeof(where)));
	branch_form(forms, 0xe8, om_match_pointee(p->mt, om_match_reloc(p->mt, ops), ops->target_off), len - 5);
	branch_form(forms, 0xe8, om_match_extern(p->mt, "BUG_func", RUNPRE_SYM_CHECK), len - 5);
	f = new_form(forms);
	if (f)
		om_ops_pad(f, len);
	return NULL;
}

/* All alternatives at one place are one site: the last one that applies has been written. */
static struct error *alternative_site(struct om_program *p, size_t *insn)
{
	const struct om_span *span = p->span;
	uint32_t off = span->insns[*insn].off, len = 0;
	size_t nr, first = om_program_entries(p, off, &nr), last = *insn;
	struct om_forms *forms = calloc(1, sizeof(*forms));
	struct error *err = NULL;
	char where[256];

	if (!forms) {
		p->mt->failed = true;
		return NULL;
	}
	for (size_t i = first; i < first + nr; i++) {
		struct om_alternative alt;

		if (span->entries[i].table->kind != OM_TABLE_ALT)
			continue;
		om_entry_alternative(&span->entries[i], &alt);
		len = alt.instrlen > len ? alt.instrlen : len;
	}
	while (last < span->nr_insns && span->insns[last].off < off + len)
		last++;
	if (last == *insn || span->insns[last - 1].off + span->insns[last - 1].len != off + len)
		err = error_new(ERROR_REFUSED, "%s: an alternative that ends inside of an instruction",
				om_where(span, off, where, sizeof(where)));
	err = err ?: alternative_original(p, *insn, last, forms);
	for (size_t i = first; i < first + nr && !err; i++) {
		struct om_alternative alt;

		if (span->entries[i].table->kind != OM_TABLE_ALT)
			continue;
		om_entry_alternative(&span->entries[i], &alt);
		if (alt.repllen > len)
			err = error_new(ERROR_BAD_FILE, "%s: a replacement that is longer than its place",
					om_where(span, off, where, sizeof(where)));
		alt.instrlen = len;
		if (!err && alt.direct_call)
			err = direct_call_forms(p, off, len, forms);
		else if (!err)
			err = replacement_forms(p, &alt, forms);
	}
	if (!err)
		write_site(&p->ops, RUNPRE_SITE_ALTERNATIVE, len, forms);
	free_forms(forms);
	*insn = last;
	return err;
}

static struct error *plain_site(struct om_program *p, size_t *at, bool *found)
{
	const struct om_insn *insn = &p->span->insns[*at];
	struct om_insn behind = { .off = insn->off + 1, .len = insn->len - 1 };
	struct om_forms *forms = calloc(1, sizeof(*forms));
	struct error *err = NULL;
	uint32_t len = insn->len;
	uint8_t kind = RUNPRE_SITE_PARAVIRT;
	bool rest = false;

	if (!forms) {
		p->mt->failed = true;
		return NULL;
	}
	if (in_paravirt(p, insn, forms))
		err = original_form(p, insn, forms);
	else
		err = simple_site(p, insn, forms, &kind, &len, &rest);
	*found = forms->nr > 0;
	if (*found && !err) {
		write_site(&p->ops, kind, len, forms);
		++*at;
		if (rest) {
			om_ops_pre(&p->ops, behind.off);
			err = om_program_insn(p, &p->ops, &behind);
		}
	}
	free_forms(forms);
	return err;
}

/*
 * asm/runtime-const.h (6.12): __runtime_fixup_ptr().  om_x86_64_read_instead() has made mov disp32(%rip),%reg and a nop of what
 * is in pre and at boot movabs $0x0123456789abcdef,%reg (runtime_const_ptr()).
 */
static void runtime_ptr_site(struct om_program *p, size_t *insn)
{
	uint32_t off = p->span->insns[*insn].off;
	const uint8_t *code = om_bytes(p->span) + off;
	const uint8_t load[] = { code[0] == 0x4c ? 0x49 : 0x48, 0xb8 | code[2] >> 3 };
	const uint64_t placeholder = 0x0123456789abcdef;
	struct om_reloc *rel = om_reloc_at(p->span, off + 3);
	struct om_forms *forms = calloc(1, sizeof(*forms));
	struct om_ops *f;

	if (!forms) {
		p->mt->failed = true;
		return;
	}
	f = new_form(forms);
	om_ops_lit(f, load, sizeof(load));
	om_ops_lit(f, &placeholder, sizeof(placeholder));
	f = new_form(forms);
	om_ops_lit(f, load, sizeof(load));
	om_ops_reloc(f, RUNPRE_REL_ABS64, om_match_pointee(p->mt, om_match_reloc(p->mt, rel), rel->target_off), 0);
	write_site(&p->ops, RUNPRE_SITE_RUNTIME_CONST, 10, forms);
	free_forms(forms);
	*insn += 2;
}

struct error *om_x86_64_site(struct om_program *p, size_t *insn, bool *found)
{
	const struct om_insn *insn_at = &p->span->insns[*insn];
	uint32_t off = insn_at->off;
	size_t nr;

	*found = false;
	if (entry_of(p, off + 2, OM_TABLE_RUNTIME_PTR) && om_reloc_at(p->span, off + 3)) {
		*found = true;
		runtime_ptr_site(p, insn);
		return NULL;
	}
	om_program_entries(p, off, &nr);
	if (!nr && !is_endbr(p->span, insn_at) && !entry_of(p, off + insn_at->len - 1, OM_TABLE_RUNTIME_SHIFT))
		return NULL;
	if (entry_of(p, off, OM_TABLE_ALT)) {
		*found = true;
		return alternative_site(p, insn);
	}
	return plain_site(p, insn, found);
}
