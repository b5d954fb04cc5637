// SPDX-License-Identifier: GPL-2.0-or-later
/* Instructions as text, by libopcodes: what the build has at a byte, and what the kernel has there. */
#include "ksplice-create/disasm.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#define PACKAGE "ksplice" /* bfd.h insists on it */
#define PACKAGE_VERSION "0"
#include <bfd.h>
#include <dis-asm.h>

#include "ksplice-create/util.h"

#define INSN_MAX 15	/* bytes of an x86 instruction (Intel SDM vol. 2, 2.3.11) */

/* One instruction, and what its addresses are called; this is what the callbacks of libopcodes get. */
struct insn {
	FILE *out;
	const struct om_span *span;	/* of the build; NULL: of the kernel */
	const struct kernel_memory *km;
	bool named;			/* the address that its relocation points to was printed */
};

static int print_text(void *stream, const char *fmt, ...)
{
	struct insn *insn = stream;
	va_list ap;
	int ret;

	va_start(ap, fmt);
	ret = vfprintf(insn->out, fmt, ap);
	va_end(ap);
	return ret;
}

static int print_styled(void *stream, enum disassembler_style style, const char *fmt, ...)
{
	struct insn *insn = stream;
	va_list ap;
	int ret;

	va_start(ap, fmt);
	ret = vfprintf(insn->out, fmt, ap);
	va_end(ap);
	return ret;
}

static int read_bytes(bfd_vma addr, bfd_byte *buf, unsigned len, struct disassemble_info *info)
{
	if (addr < info->buffer_vma || len > info->buffer_length || addr - info->buffer_vma > info->buffer_length - len)
		return EIO;
	memcpy(buf, info->buffer + (addr - info->buffer_vma), len);
	return 0;
}

static void ignore_error(int status, bfd_vma addr, struct disassemble_info *info)
{
}

/* The relocation inside the instruction of @span that begins at @off; NULL if it has none. */
static const struct om_reloc *reloc_in(const struct om_span *span, uint64_t off, unsigned len)
{
	om_for_each_reloc(rel, span)
		if (rel->offset >= span->start + off && rel->offset < span->start + off + len)
			return rel;
	return NULL;
}

static const char *reloc_name(const struct om_reloc *rel)
{
	return rel->target ? rel->target->name : rel->sym->name;
}

/* Addresses of the build are offsets in the function; what a relocation fills in is named by print_build(). */
static void print_address(bfd_vma addr, struct disassemble_info *info)
{
	struct insn *insn = info->stream;
	const struct om_reloc *rel;
	const char *name;
	uint64_t off = 0;

	if (insn->span) {
		rel = reloc_in(insn->span, info->buffer_vma, info->buffer_length);
		insn->named = rel;
		if (rel)
			fputs(reloc_name(rel), insn->out);
		else
			fprintf(insn->out, "+0x%llx", (unsigned long long)addr);
		return;
	}
	name = kernel_memory_symbol_at(insn->km, addr, &off);
	fprintf(insn->out, off || !name ? "%s+0x%llx" : "%s", name ?: "", (unsigned long long)(name ? off : addr));
}

/* Returns the instruction's length, -1 if it is none. */
static int print_insn(struct insn *insn, const uint8_t *code, size_t len, uint64_t addr)
{
	struct disassemble_info info;
	disassembler_ftype print;

	init_disassemble_info(&info, insn, print_text, print_styled);
	info.arch = bfd_arch_i386;
	info.mach = bfd_mach_x86_64;
	info.buffer = (bfd_byte *)code;
	info.buffer_vma = addr;
	info.buffer_length = len;
	info.read_memory_func = read_bytes;
	info.memory_error_func = ignore_error;
	info.print_address_func = print_address;
	disassemble_init_for_target(&info);
	print = disassembler(info.arch, false, info.mach, NULL);
	return print ? print(addr, &info) : -1;
}

static const struct om_span *find_span(const struct om_target *t, const struct offline_place *place)
{
	for (size_t i = 0; i < t->nr_units; i++) {
		if (strcmp(t->units[i].pre->unit, place->unit))
			continue;
		om_for_each_span(span, t->units[i].pre)
			if (span->nr_insns && span->size == place->pre_size && !strcmp(span->name, place->name))
				return span;
	}
	return NULL;
}

static bool print_build(const struct disasm *d, FILE *out, const struct offline_place *place)
{
	const struct om_span *span = find_span(d->target, place);

	for (size_t i = 0; span && i < span->nr_insns; i++) {
		const struct om_insn *at = &span->insns[i];
		struct insn insn = { .out = out, .span = span, .km = d->km };
		const struct om_reloc *rel = reloc_in(span, at->off, at->len);

		if (place->pre_off < at->off || place->pre_off >= at->off + at->len)
			continue;
		if (print_insn(&insn, om_bytes(span) + at->off, at->len, at->off) != at->len)
			return false;
		if (rel && !insn.named)
			fprintf(out, " [%s]", reloc_name(rel));
		return true;
	}
	return false;
}

/* Instructions have no marks where they begin: they are counted off from the function's first. */
static bool print_kernel(const struct disasm *d, FILE *out, const struct offline_place *place)
{
	for (uint32_t off = 0; off <= place->run_off;) {
		struct insn insn = { .km = d->km };
		uint8_t code[INSN_MAX];
		char *text = NULL;
		size_t size;
		int len;

		insn.out = open_memstream(&text, &size);
		if (!insn.out)
			return false;
		size = kernel_memory_read(d->km, place->addr + off, code, sizeof(code));
		len = print_insn(&insn, code, size, place->addr + off);
		fclose(insn.out);
		if (len > 0 && off + len > place->run_off)
			fputs(text, out);
		free(text);
		if (len <= 0)
			return false;
		off += len;
	}
	return true;
}

/* The columns of libopcodes become single blanks. */
static char *squeeze(char *s)
{
	char *to = s;

	for (const char *p = s; *p; p++)
		if (*p != ' ' || (p[1] != ' ' && p[1]))
			*to++ = *p;
	*to = 0;
	return s;
}

/* What @print says, owned by the caller; NULL if it says nothing. */
static char *text_of(bool (*print)(const struct disasm *d, FILE *out, const struct offline_place *place),
		     const struct disasm *d, const struct offline_place *place)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);
	bool ok = out && print(d, out, place);

	if (out)
		fclose(out);
	if (ok)
		return squeeze(text);
	free(text);
	return NULL;
}

void disasm_tell(void *ctx, FILE *out, const struct offline_place *place)
{
	_cleanup_free_ char *build = text_of(print_build, ctx, place);
	_cleanup_free_ char *kernel = text_of(print_kernel, ctx, place);

	if (build && kernel)
		fprintf(out, " (build: %s; kernel: %s)", build, kernel);
}
