// SPDX-License-Identifier: GPL-2.0-or-later
/* x86_64: relocations by the psABI (x86-64 psABI 1.0, table 4.9), instruction boundaries by libopcodes. */
#include "objmanip/arch.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define PACKAGE "ksplice" /* bfd.h insists on it */
#define PACKAGE_VERSION "0"
#include <bfd.h>
#include <dis-asm.h>

#include "kmodsrc/runpre/runpre.h"
#include "objmanip/arch-x86-64.h"
#include "objmanip/layout.h"
#include "objmanip/special.h"

static const struct {
	uint32_t type;
	uint8_t size;
	bool pcrel;
	int runpre;
} relocs[] = {
	{ R_X86_64_64, 8, false, RUNPRE_REL_ABS64 },
	{ R_X86_64_PC32, 4, true, RUNPRE_REL_PC32 },
	{ R_X86_64_PLT32, 4, true, RUNPRE_REL_PC32 },
	{ R_X86_64_32, 4, false, RUNPRE_REL_ABS32 },
	{ R_X86_64_32S, 4, false, RUNPRE_REL_ABS32S },
	{ R_X86_64_PC64, 8, true, RUNPRE_REL_PC64 },
	/* Only ever made by om_branches_resolve(): a short jump between functions of one section. */
	{ R_X86_64_PC8, 1, true, -1 },
};

static int row(uint32_t type)
{
	for (size_t i = 0; i < sizeof(relocs) / sizeof(relocs[0]); i++)
		if (relocs[i].type == type)
			return i;
	return -1;
}

static unsigned reloc_size(uint32_t type)
{
	return row(type) < 0 ? 0 : relocs[row(type)].size;
}

static bool reloc_pcrel(uint32_t type)
{
	return row(type) >= 0 && relocs[row(type)].pcrel;
}

static int reloc_runpre(uint32_t type)
{
	return row(type) < 0 ? -1 : relocs[row(type)].runpre;
}

/* Skips the prefixes that a branch may carry: cs and ds as retpoline padding or hints, bnd. */
static unsigned skip_prefixes(const uint8_t *p, unsigned len)
{
	unsigned i = 0;

	while (i + 1 < len && (p[i] == 0x2e || p[i] == 0x3e || p[i] == 0xf2))
		i++;
	return i;
}

/* Intel SDM vol. 2: e8 call, e9 jmp, 0f 80..8f jcc, each with rel32 as its last field. */
static bool is_branch32(const uint8_t *p, unsigned len)
{
	unsigned i = skip_prefixes(p, len);

	if (len - i == 5)
		return p[i] == 0xe8 || p[i] == 0xe9;
	return len - i == 6 && p[i] == 0x0f && (p[i + 1] & 0xf0) == 0x80;
}

static unsigned branch_field(const uint8_t *p, unsigned len)
{
	unsigned i = skip_prefixes(p, len);

	if (is_branch32(p, len))
		return len - 4;
	/* eb jmp, 70..7f jcc, e0..e3 loop and jrcxz, each with rel8. */
	if (len - i == 2 && (p[i] == 0xeb || (p[i] & 0xf0) == 0x70 || (p[i] & 0xfc) == 0xe0))
		return len - 1;
	return 0;
}

static uint32_t branch_reloc(unsigned size)
{
	return size == 4 ? R_X86_64_PC32 : size == 1 ? R_X86_64_PC8 : 0;
}

static bool reloc_branch(const struct om_span *span, const struct om_reloc *rel)
{
	uint64_t off = rel->offset - span->start;
	const struct om_insn *insn = om_insn_at(span, off);

	return insn && off + 4 == insn->off + insn->len && is_branch32(om_bytes(span) + insn->off, insn->len);
}

static int ignore_text(void *stream, const char *fmt, ...)
{
	return 0;
}

static int ignore_styled(void *stream, enum disassembler_style style, const char *fmt, ...)
{
	return 0;
}

/* The bytes end with the span; libopcodes asks for more when the last instruction is cut off. */
static int read_bytes(bfd_vma addr, bfd_byte *buf, unsigned len, struct disassemble_info *info)
{
	if (addr > info->buffer_length || len > info->buffer_length - addr)
		return EIO;
	memcpy(buf, info->buffer + addr, len);
	return 0;
}

static void ignore_error(int status, bfd_vma addr, struct disassemble_info *info)
{
}

/* An address in an instruction: where it jumps to, or what it means by disp32(%rip). Addresses count from the span's start. */
struct named {
	uint64_t size;
	bool outside;
};

static void note_address(bfd_vma addr, struct disassemble_info *info)
{
	struct named *named = info->application_data;

	named->outside |= addr >= named->size;
}

/* "cpuid" with what tells a hypervisor to emulate it before it, ud2 and a name: arch/x86/include/asm/emulate_prefix.h (6.1). Its length, or 0. */
static int emulate_prefix(const uint8_t *p, uint64_t len)
{
	static const char prefixes[][6] = { "\x0f\x0bxen", "\x0f\x0bkvm" };

	for (size_t i = 0; i < sizeof(prefixes) / sizeof(prefixes[0]); i++)
		if (len >= 5 && !memcmp(p, prefixes[i], 5))
			return 5;
	return 0;
}

static struct error *decode(struct om_span *span)
{
	struct named named = { .size = span->size };
	struct disassemble_info info;
	disassembler_ftype print_insn;
	char where[256];

	init_disassemble_info(&info, NULL, ignore_text, ignore_styled);
	info.arch = bfd_arch_i386;
	info.mach = bfd_mach_x86_64;
	info.buffer = (bfd_byte *)om_bytes(span);
	info.buffer_length = span->size;
	info.read_memory_func = read_bytes;
	info.memory_error_func = ignore_error;
	info.print_address_func = note_address;
	info.application_data = &named;
	disassemble_init_for_target(&info);
	print_insn = disassembler(info.arch, false, info.mach, NULL);
	if (!info.buffer || !print_insn)
		return error_new(ERROR_BAD_FILE, "%s: code without bytes, or libopcodes without x86", om_where(span, 0, where, sizeof(where)));
	span->insns = calloc(span->size, sizeof(*span->insns));
	if (!span->insns)
		return error_errno(ENOMEM, "%s", span->obj->path);
	for (uint64_t off = 0; off < span->size;) {
		int len;

		named.outside = false;
		len = emulate_prefix(om_bytes(span) + off, span->size - off) ?: print_insn(off, &info);
		/* a disassembler returns -1 when it ran out of bytes; 15 is the architecture's limit (SDM 2.3.11). */
		if (len <= 0 || len > 15 || (uint64_t)len > span->size - off)
			return error_new(ERROR_BAD_FILE, "%s: not an instruction",
					 om_where(span, off, where, sizeof(where)));
		span->insns[span->nr_insns++] = (struct om_insn){ .off = off, .len = len, .outside = named.outside };
		off += len;
	}
	return NULL;
}

static bool branch(const uint8_t *p, unsigned len, struct om_branch *ret)
{
	unsigned field = branch_field(p, len);
	int32_t rel32;

	if (!field)
		return false;
	*ret = (struct om_branch){ .field = field, .size = len - field, .reloc = branch_reloc(len - field) };
	if (ret->size == 1) {
		ret->to = (int64_t)len + (int8_t)p[field];
	} else {
		memcpy(&rel32, p + field, sizeof(rel32));
		ret->to = (int64_t)len + rel32;
	}
	return true;
}

/* ENDBR64; 6.1 cloud kernels have none, IBT kernels do. */
static bool indirect_entry(const struct om_span *span)
{
	static const uint8_t endbr[] = { 0xf3, 0x0f, 0x1e, 0xfa };

	return span->size >= sizeof(endbr) && !memcmp(om_bytes(span), endbr, sizeof(endbr));
}

/* ENDBR comes before the ftrace entry. */
static uint32_t behind_endbr(const struct om_span *span)
{
	return indirect_entry(span) ? 4 : 0;
}

static int ftrace_offset(const struct om_span *span)
{
	uint32_t off = behind_endbr(span);

	for (size_t i = 0; i < span->nr_entries; i++)
		if (span->entries[i].table->kind == OM_TABLE_MCOUNT && span->entries[i].code_off == off &&
		    span->size >= off + 5)
			return off;
	return -1;
}

static int hook_offset(const struct om_span *span)
{
	int ftrace = ftrace_offset(span);
	uint32_t off = ftrace < 0 ? behind_endbr(span) : (uint32_t)ftrace + 5;

	return span->size >= off + 5 ? (int)off : -1;
}

/* Those of branch_field() that are no calls. */
static bool jump(const uint8_t *p, unsigned len, struct om_jump *ret)
{
	unsigned i = skip_prefixes(p, len), left = len - i;

	ret->prefixes = i;
	ret->field = i + (left == 6 ? 2 : 1);
	if (left == 2 && (p[i] & 0xf0) == 0x70)
		ret->cc = p[i] & 0xf;
	else if (left == 6 && p[i] == 0x0f && (p[i + 1] & 0xf0) == 0x80)
		ret->cc = p[i + 1] & 0xf;
	else if ((left == 2 && p[i] == 0xeb) || (left == 5 && p[i] == 0xe9))
		ret->cc = RUNPRE_CC_ALWAYS;
	else if (left == 2 && (p[i] & 0xfc) == 0xe0)
		ret->cc = RUNPRE_CC_SHORT_E0 + (p[i] - 0xe0);
	else
		return false;
	return true;
}

/*
 * Places that the kernel may write at any time, and checks before it does.  Alternatives and paravirt calls are written once,
 * at boot or when a module is loaded (arch/x86/kernel/alternative.c: alternative_instructions() is __init), so a hook may
 * lie over them; a lock prefix is written when a second CPU comes (alternatives_enable_smp()).
 */
static const char *rewritten(const struct om_entry *e, uint32_t *len)
{
	*len = 5;
	switch (e->table->kind) {
	case OM_TABLE_JUMP:
		return "a jump label";
	case OM_TABLE_STATIC_CALL:
		return "a static call";
	case OM_TABLE_LOCK:
		*len = 1;
		return "a lock prefix";
	default:
		return NULL;
	}
}

/* As kmodsrc/update/layout.c gives it for Debian's 6.1.0-56-cloud-amd64. */
static const struct om_layout v6_1 = {
	.version = OM_LAYOUT_VERSION,
	.alt_instr_size = 12,
	.alt_instr_instr_off = 0,
	.alt_instr_repl_off = 4,
	.alt_instr_instrlen_off = 10,
	.alt_instr_repllen_off = 11,
	.para_site_size = 16,
	.para_site_instr_off = 0,
	.para_site_type_off = 8,
	.para_site_len_off = 9,
	.bug_entry_size = 12,
	.ex_entry_size = 12,
	.jump_entry_size = 16,
	.static_call_site_size = 8,
	.static_call_key_func_off = 0,
	.orc_entry_size = 6,
};

const struct om_arch om_arch_x86_64 = {
	.name = "x86_64",
	.machine = EM_X86_64,
	.runpre_arch = RUNPRE_ARCH_X86_64,
	.hook_len = 5,
	.ftrace_len = 5,
	.far_jump = 0xe9,
	.far_jump_len = 5,
	.padding = 0x90,
	.max_padding = 64,	/* CONFIG_FUNCTION_PADDING_BYTES is 59 at most (arch/x86/Kconfig, 6.12) */
	.prel32 = true,
	.pcrel_from_end = true,	/* x86-64 psABI 4.4.1 */
	.layout = &v6_1,
	.refused_functions = om_x86_64_refused_functions,
	.refused_units = om_x86_64_refused_units,
	.refused_sections = om_x86_64_refused_sections,
	.reloc_size = reloc_size,
	.reloc_pcrel = reloc_pcrel,
	.reloc_runpre = reloc_runpre,
	.reloc_branch = reloc_branch,
	.branch_reloc = branch_reloc,
	.branch = branch,
	.decode = decode,
	.hook_offset = hook_offset,
	.ftrace_offset = ftrace_offset,
	.filling = om_x86_64_filling,
	.ends = om_x86_64_ends,
	.indirect_entry = indirect_entry,
	.jump = jump,
	.site = om_x86_64_site,
	.rewritten = rewritten,
	.accesses = om_x86_64_accesses,
	.compares = om_x86_64_compares,
	.read_instead = om_x86_64_read_instead,
	.opcode = om_x86_64_opcode,
};
