// SPDX-License-Identifier: GPL-2.0-or-later
/* Instructions as text, by libopcodes. */
#include "ksplice-create/insn-text.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PACKAGE "ksplice" /* bfd.h insists on it */
#define PACKAGE_VERSION "0"
#include <bfd.h>
#include <dis-asm.h>

#include "ksplice-create/util.h"
#include "objmanip/arch.h"
#include "objmanip/names.h"

#define INSN_MAX 15	/* bytes of an x86 instruction (Intel SDM vol. 2, 2.3.11) */

/* What the callbacks of libopcodes get: the instruction, and what its addresses are called. */
struct printer {
	FILE *out;
	const struct om_span *span;	/* of the build; NULL: of the kernel */
	const struct kernel_memory *km;
	const struct om_arch *arch;
	bool named;			/* the address that its relocation points to was printed */
};

static int print_text(void *stream, const char *fmt, ...)
{
	struct printer *p = stream;
	va_list ap;
	int ret;

	va_start(ap, fmt);
	ret = vfprintf(p->out, fmt, ap);
	va_end(ap);
	return ret;
}

static int print_styled(void *stream, enum disassembler_style style, const char *fmt, ...)
{
	struct printer *p = stream;
	va_list ap;
	int ret;

	va_start(ap, fmt);
	ret = vfprintf(p->out, fmt, ap);
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

/* Addresses of the build are offsets in the function; what a relocation fills in is named here or behind the instruction. */
static void print_address(bfd_vma addr, struct disassemble_info *info)
{
	struct printer *p = info->stream;
	const struct om_reloc *rel;
	const char *name;
	uint64_t off = 0;
	char buf[200];

	if (p->span) {
		rel = reloc_in(p->span, info->buffer_vma, info->buffer_length);
		p->named = rel;
		if (rel)
			fputs(om_describe_target(rel, buf, sizeof(buf)), p->out);
		else
			fprintf(p->out, "+0x%llx", (unsigned long long)addr);
		return;
	}
	name = kernel_memory_symbol_at(p->km, addr, &off);
	fprintf(p->out, off || !name ? "%s+0x%llx" : "%s", name ?: "", (unsigned long long)(name ? off : addr));
}

/* Returns the instruction's length, -1 if it is none. */
static int print_insn(struct printer *p, const uint8_t *code, size_t len, uint64_t addr)
{
	struct disassemble_info info;
	disassembler_ftype print;

	/* Debian's libopcodes knows the machine's own instructions alone. */
	if (p->arch->machine != EM_X86_64) {
		if (len < 4)
			return -1;
		fprintf(p->out, ".long 0x%02x%02x%02x%02x", code[3], code[2], code[1], code[0]);
		return 4;
	}
	init_disassemble_info(&info, p, print_text, print_styled);
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

/* The columns of libopcodes become single blanks; none at the end. */
static void squeeze(char *s)
{
	char *to = s;

	for (const char *p = s; *p; p++)
		if (*p != ' ' || (p[1] != ' ' && p[1]))
			*to++ = *p;
	*to = 0;
}

/* One instruction at @addr to the end of @ret; its length, or -1: it is none, and nothing was added. */
static int add_insn(struct printer *p, const uint8_t *code, size_t len, uint64_t addr, uint32_t off, struct insn_texts *ret)
{
	const struct om_reloc *rel;
	char *text = NULL, buf[200];
	size_t size;
	int n;

	p->named = false;
	p->out = open_memstream(&text, &size);
	if (!p->out)
		return -1;
	n = print_insn(p, code, len, addr);
	rel = p->span && n > 0 ? reloc_in(p->span, off, n) : NULL;
	if (rel && !p->named)
		fprintf(p->out, " [%s]", om_describe_target(rel, buf, sizeof(buf)));
	if (fclose(p->out) || n <= 0 || n > INSN_MAX) {
		free(text);
		return -1;
	}
	squeeze(text);
	ret->v = xrealloc(ret->v, (ret->n + 1) * sizeof(*ret->v));
	ret->v[ret->n++] = (struct insn_text){.off = off, .len = n, .text = text};
	return n;
}

void insn_texts_of_span(const struct om_span *span, struct insn_texts *ret)
{
	for (size_t i = 0; i < span->nr_insns; i++) {
		const struct om_insn *insn = &span->insns[i];
		struct printer p = {.span = span, .arch = span->obj->arch};

		if (add_insn(&p, om_bytes(span) + insn->off, insn->len, insn->off, insn->off, ret) != insn->len)
			return;
	}
}

void insn_texts_of_kernel(const struct kernel_memory *km, const struct om_arch *arch, uint64_t addr, uint32_t len,
			  struct insn_texts *ret)
{
	for (uint32_t off = 0; off < len;) {
		struct printer p = {.km = km, .arch = arch};
		uint8_t code[INSN_MAX];
		size_t size = kernel_memory_read(km, addr + off, code, sizeof(code));
		int n = add_insn(&p, code, size, addr + off, off, ret);

		if (n < 0)
			return;
		off += n;
	}
}

void insn_texts_free(struct insn_texts *t)
{
	for (size_t i = 0; i < t->n; i++)
		free(t->v[i].text);
	free(t->v);
	*t = (struct insn_texts)INSN_TEXTS_INIT;
}

const struct insn_text *insn_texts_at(const struct insn_texts *t, uint32_t off)
{
	for (size_t i = 0; i < t->n; i++)
		if (off >= t->v[i].off && off - t->v[i].off < t->v[i].len)
			return &t->v[i];
	return NULL;
}
