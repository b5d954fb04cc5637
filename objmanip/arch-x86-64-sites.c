// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The places of x86_64 code that the kernel rewrites, and what it may have put there.  Every form names the function of
 * Linux 6.1 or 6.12 that writes it; all of them are in arch/x86/kernel/ where nothing else is said.  Alternatives and retpolines
 * have files of their own.
 */
#include "objmanip/arch-x86-64.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "objmanip/special.h"

static const uint8_t nop5[] = { 0x0f, 0x1f, 0x44, 0x00, 0x00 };	/* x86_nops[5], alternative.c */
static const uint8_t nop2[] = { 0x66, 0x90 };			/* x86_nops[2] */
static const uint8_t int3s[] = { 0xcc, 0xcc, 0xcc, 0xcc };
static const uint8_t endbr[] = { 0xf3, 0x0f, 0x1e, 0xfa };
static const uint8_t sealed[] = { 0x66, 0x0f, 0x1f, 0x00 };	/* gen_endbr_poison(), asm/ibt.h (6.12) */
static const uint8_t xor5rax[] = { 0x2e, 0x2e, 0x2e, 0x31, 0xc0 };	/* static_call.c */

void om_x86_64_branch_form(struct om_forms *forms, uint8_t opcode, uint32_t sym, uint32_t pad)
{
	struct om_ops *f = om_forms_new(forms);

	if (!f)
		return;
	om_ops_lit(f, &opcode, 1);
	om_ops_reloc(f, RUNPRE_REL_PC32, sym, -4);
	om_ops_pad(f, pad);
}

/* ftrace.c: ftrace_make_nop(), ftrace_call_replace(); a trampoline of one ftrace_ops has no name and is no form yet. */
static void ftrace_forms(struct om_program *p, struct om_forms *forms)
{
	om_forms_lit(forms, nop5, 5);
	om_x86_64_branch_form(forms, 0xe8, om_match_extern(p->mt, "__fentry__", RUNPRE_SYM_CHECK), 0);
	om_x86_64_branch_form(forms, 0xe8, om_match_extern(p->mt, "ftrace_caller", RUNPRE_SYM_CHECK), 0);
	om_x86_64_branch_form(forms, 0xe8, om_match_extern(p->mt, "ftrace_regs_caller", RUNPRE_SYM_CHECK), 0);
}

/* alternative.c: patch_return(). x86_return_thunk points to the thunk that this machine's mitigation wants. */
static void return_forms(struct om_program *p, struct om_forms *forms)
{
	struct om_ops *f;
	uint32_t thunk = om_match_extern(p->mt, "x86_return_thunk", RUNPRE_SYM_CHECK);

	om_x86_64_branch_form(forms, 0xe9, om_match_extern(p->mt, "__x86_return_thunk", RUNPRE_SYM_CHECK), 0);
	f = om_forms_new(forms);
	if (f) {
		om_ops_lit(f, "\xc3", 1);
		om_ops_lit(f, int3s, sizeof(int3s));
	}
	om_x86_64_branch_form(forms, 0xe9, om_match_pointee(p->mt, thunk, 0), 0);
}

/* alternative.c: apply_paravirt(): the operation called directly, or nothing at all; what is left over becomes nops. */
static void paravirt_forms(struct om_program *p, const struct om_entry *e, uint32_t len, struct om_forms *forms)
{
	const struct om_layout *l = p->span->obj->layout;
	uint8_t type = e->section->data[e->offset + l->para_site_type_off];
	uint32_t ops = om_match_extern(p->mt, "pv_ops", RUNPRE_SYM_CHECK);
	struct om_ops *f;

	om_x86_64_branch_form(forms, 0xe8, om_match_pointee(p->mt, ops, 8 * (int64_t)type), len - 5);
	f = om_forms_new(forms);
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
		om_x86_64_branch_form(forms, opcode, om_match_reloc(p->mt, rel), 0);
	if (key)
		om_x86_64_branch_form(forms, opcode,
			    om_match_pointee(p->mt, static_call_key(p, key),
					     p->span->obj->layout->static_call_key_func_off),
			    0);
	if (!tail) {
		om_forms_lit(forms, nop5, 5);
		om_forms_lit(forms, xor5rax, 5);
		return;
	}
	return_forms(p, forms);
}

/* jump_label.c: __jump_label_patch(); a nop of 2 or 5 bytes, or a jmp of either length. */
static struct error *jump_label_forms(struct om_program *p, const struct om_entry *e, struct om_forms *forms)
{
	struct om_reloc *to = om_entry_reloc(e, 4);
	struct om_ops *f = om_forms_new(forms);
	char where[256];

	if (!to || !to->target || !om_is_code(to->target) || to->target_off < 0 || !f)
		return error_new(ERROR_BAD_FILE, "%s: a jump label without a target",
				 om_where(p->span, e->code_off, where, sizeof(where)));
	if (to->target == p->span)
		om_ops_jump(f, RUNPRE_CC_ALWAYS, om_program_label(p, to->target_off));
	else
		om_ops_jumpsym(f, RUNPRE_CC_ALWAYS, om_match_reloc(p->mt, to), to->target_off);
	om_forms_lit(forms, nop2, 2);
	om_forms_lit(forms, nop5, 5);
	return NULL;
}

/* alternative.c: alternatives_smp_lock(), _unlock(): the lock prefix, or ds (3e) on one CPU. */
static void lock_forms(struct om_forms *forms)
{
	om_forms_lit(forms, (const uint8_t *)"\xf0", 1);
	om_forms_lit(forms, (const uint8_t *)"\x3e", 1);
}

static bool is_endbr(const struct om_span *span, const struct om_insn *insn)
{
	return insn->len == sizeof(endbr) && !memcmp(om_bytes(span) + insn->off, endbr, sizeof(endbr));
}

/* alternative.c: apply_seal_endbr() (6.12), where nobody in all of vmlinux or the module points to the function. */
static void endbr_forms(struct om_forms *forms)
{
	om_forms_lit(forms, endbr, sizeof(endbr));
	om_forms_lit(forms, sealed, sizeof(sealed));
}

/* asm/runtime-const.h (6.12): __runtime_fixup_shift(); 32 bits are shifted. */
static void runtime_shift_forms(struct om_program *p, const struct om_insn *insn, struct om_forms *forms)
{
	const uint8_t *code = om_bytes(p->span) + insn->off;

	for (uint8_t by = 0; by < 32; by++) {
		struct om_ops *f = om_forms_new(forms);

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
	if (om_program_entry(p, insn->off, OM_TABLE_MCOUNT) && insn->len == 5) {
		*kind = RUNPRE_SITE_FTRACE;
		ftrace_forms(p, forms);
	} else if ((e = om_program_entry(p, insn->off, OM_TABLE_STATIC_CALL)) && insn->len == 5) {
		*kind = RUNPRE_SITE_STATIC_CALL;
		static_call_forms(p, e, insn, forms);
	} else if (om_program_entry(p, insn->off, OM_TABLE_RETURN) && insn->len == 5) {
		*kind = RUNPRE_SITE_RETURN;
		return_forms(p, forms);
	} else if (om_program_entry(p, insn->off, OM_TABLE_RETPOLINE)) {
		*kind = RUNPRE_SITE_RETPOLINE;
		return om_x86_64_retpoline_forms(p, insn, forms);
	} else if ((e = om_program_entry(p, insn->off, OM_TABLE_JUMP))) {
		*kind = RUNPRE_SITE_JUMP_LABEL;
		*len = 0;
		return jump_label_forms(p, e, forms);
	} else if (is_endbr(p->span, insn)) {
		*kind = RUNPRE_SITE_ENDBR;
		endbr_forms(forms);
	} else if (om_program_entry(p, insn->off + insn->len - 1, OM_TABLE_RUNTIME_SHIFT)) {
		*kind = RUNPRE_SITE_RUNTIME_CONST;
		runtime_shift_forms(p, insn, forms);
	} else if (om_program_entry(p, insn->off, OM_TABLE_LOCK) && om_bytes(p->span)[insn->off] == 0xf0) {
		*kind = RUNPRE_SITE_LOCK;
		*len = 1;
		*rest = insn->len > 1;
		lock_forms(forms);
	}
	return NULL;
}

static bool in_paravirt(struct om_program *p, const struct om_insn *insn, struct om_forms *forms)
{
	const struct om_entry *e = om_program_entry(p, insn->off, OM_TABLE_PARA);
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
struct error *om_x86_64_piece_forms(struct om_program *p, const struct om_insn *insn, struct om_forms *forms)
{
	struct error *err;
	struct om_ops rest = { 0 };
	struct om_insn behind = { .off = insn->off + 1, .len = insn->len - 1 };
	uint32_t len;
	uint8_t kind;
	bool more;

	if (in_paravirt(p, insn, forms))
		return om_forms_original(p, insn, forms);
	err = simple_site(p, insn, forms, &kind, &len, &more);
	if (err || !forms->nr)
		return err ?: om_forms_original(p, insn, forms);
	if (!more)
		return NULL;
	err = om_program_insn(p, &rest, &behind);
	for (uint32_t i = 0; i < forms->nr; i++)
		om_ops_append(&forms->list[i], &rest);
	om_ops_free(&rest);
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
		err = om_forms_original(p, insn, forms);
	else
		err = simple_site(p, insn, forms, &kind, &len, &rest);
	*found = forms->nr > 0;
	if (*found && !err) {
		om_forms_write(&p->ops, kind, len, forms);
		++*at;
		if (rest) {
			om_ops_pre(&p->ops, behind.off);
			err = om_program_insn(p, &p->ops, &behind);
		}
	}
	om_forms_free(forms);
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
	f = om_forms_new(forms);
	om_ops_lit(f, load, sizeof(load));
	om_ops_lit(f, &placeholder, sizeof(placeholder));
	f = om_forms_new(forms);
	om_ops_lit(f, load, sizeof(load));
	om_ops_reloc(f, RUNPRE_REL_ABS64, om_match_pointee(p->mt, om_match_reloc(p->mt, rel), rel->target_off), 0);
	om_forms_write(&p->ops, RUNPRE_SITE_RUNTIME_CONST, 10, forms);
	om_forms_free(forms);
	*insn += 2;
}

struct error *om_x86_64_site(struct om_program *p, size_t *insn, bool *found)
{
	const struct om_insn *insn_at = &p->span->insns[*insn];
	uint32_t off = insn_at->off;
	size_t nr;

	*found = false;
	if (om_program_entry(p, off + 2, OM_TABLE_RUNTIME_PTR) && om_reloc_at(p->span, off + 3)) {
		*found = true;
		runtime_ptr_site(p, insn);
		return NULL;
	}
	om_program_entries(p, off, &nr);
	if (!nr && !is_endbr(p->span, insn_at) && !om_program_entry(p, off + insn_at->len - 1, OM_TABLE_RUNTIME_SHIFT))
		return NULL;
	if (om_program_entry(p, off, OM_TABLE_ALT)) {
		*found = true;
		return om_x86_64_alternative_site(p, insn);
	}
	return plain_site(p, insn, found);
}
