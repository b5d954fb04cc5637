// SPDX-License-Identifier: GPL-2.0-or-later
/* Writes inputs for fuzz-runpre to start from, into the directory given: match data with every op, and memory that fits. */
#include <stdio.h>
#include <stdlib.h>

#include "tests/unit/match-builder.h"

static void write_seed(const char *dir, const char *name, struct mb *b, const u8 *mem, size_t mem_size)
{
	char path[4096];
	size_t size;
	u8 *data = (u8 *)mb_finish(b, &size);
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	f = fopen(path, "w");
	if (!f) {
		perror(path);
		exit(1);
	}
	fputc((int)(size & 0xff), f);
	fputc((int)(size >> 8), f);
	fwrite(data, 1, size, f);
	fwrite(mem, 1, mem_size, f);
	if (fclose(f)) {
		perror(path);
		exit(1);
	}
	free(data);
	mb_free(b);
}

/* Sites, jumps, pads. Symbol 1 has its one candidate at 0x10. */
static void seed_ops(const char *dir)
{
	static const u8 code[] = { 0x0f, 0x1f, 0x44, 0, 0, 0x74, 0x09, 0x66, 0x90, 0xf0, 0xff, 0x07, 0x0f, 0x1f, 0x00, 0xeb,
				   0xf6, 0xe8, 0, 0, 0, 0, 0xc3, 0xcc, 0xcc, 0xcc, 0xcc };
	u8 mem[0x80] = { 0 };
	u32 f, key, pointee;
	struct mb b;

	mb_init(&b);
	mb_sym(&b, "none", 0);
	f = mb_published(&b, "f", RUNPRE_SYM_ROOT);
	mb_sym(&b, NULL, 0);
	mb_sym(&b, NULL, 0);
	mb_sym(&b, NULL, 0);
	key = mb_sym(&b, "key", 0);
	pointee = mb_pointee(&b, key, 0);
	mb_alias(&b, f);
	mb_span(&b, f, RUNPRE_SPAN_REPLACE | RUNPRE_SPAN_REQUIRED);
	mb_site(&b, RUNPRE_SITE_FTRACE, 5, 2);
	mb_form(&b);
	MB_LIT(&b, 0xe8);
	mb_reloc(&b, RUNPRE_REL_PC32, 4, -4);
	mb_form_end(&b);
	mb_form(&b);
	MB_LIT(&b, 0x0f, 0x1f, 0x44, 0, 0);
	mb_form_end(&b);
	mb_jump(&b, 4, 1);
	mb_pre(&b, 7);
	mb_label(&b, 0);
	mb_nops(&b, 15);
	mb_site(&b, RUNPRE_SITE_LOCK, 1, 2);
	mb_form(&b);
	MB_LIT(&b, 0xf0);
	mb_form_end(&b);
	mb_form(&b);
	MB_LIT(&b, 0x3e);
	mb_form_end(&b);
	MB_LIT(&b, 0xff, 0x07);
	mb_pad(&b, 3);
	mb_jump(&b, RUNPRE_CC_ALWAYS, 0);
	mb_label(&b, 1);
	mb_site(&b, RUNPRE_SITE_STATIC_CALL, 5, 2);
	mb_form(&b);
	MB_LIT(&b, 0xe8);
	mb_reloc(&b, RUNPRE_REL_PC32, pointee, -4);
	mb_form_end(&b);
	mb_form(&b);
	MB_LIT(&b, 0xe8);
	mb_reloc(&b, RUNPRE_REL_PC32, 2, -4);
	mb_form_end(&b);
	mb_site(&b, RUNPRE_SITE_RETURN, 5, 2);
	mb_form(&b);
	mb_jumpsym(&b, RUNPRE_CC_ALWAYS, 3, 0);
	mb_nops(&b, 3);
	mb_form_end(&b);
	mb_form(&b);
	MB_LIT(&b, 0xc3, 0xcc, 0xcc, 0xcc, 0xcc);
	mb_form_end(&b);
	mb_end(&b);
	memcpy(mem + 0x10, code, sizeof(code));
	write_seed(dir, "ops", &b, mem, sizeof(mem));
}

/* Symbols 1 and 5 have one candidate, 2 and 6 two, 3 and 7 three; functions that tell others apart. */
static void seed_resolve(const char *dir)
{
	u8 mem[0x200];
	struct mb b;

	memset(mem, 0xc3, sizeof(mem));
	memcpy(mem + 0x10, (const u8[]){ 0xe8, 0x4b, 0, 0, 0, 0xc3 }, 6);
	mb_init(&b);
	for (int i = 0; i < 8; i++)
		mb_sym(&b, i ? "name" : NULL, 0);
	mb_span(&b, 2, RUNPRE_SPAN_REPLACE | RUNPRE_SPAN_REQUIRED);
	MB_LIT(&b, 0xc3, 0xc3, 0xc3, 0xc3, 0xc3);
	mb_end(&b);
	mb_span(&b, 3, RUNPRE_SPAN_REQUIRED | RUNPRE_SPAN_PART);
	MB_LIT(&b, 0xc3);
	mb_end(&b);
	mb_span(&b, 1, RUNPRE_SPAN_REQUIRED);
	MB_LIT(&b, 0xe8);
	mb_reloc(&b, RUNPRE_REL_PC32, 2, -4);
	MB_LIT(&b, 0xc3);
	mb_end(&b);
	mb_span(&b, 4, RUNPRE_SPAN_DATA);
	MB_LIT(&b, 'a', 0);
	mb_end(&b);
	mb_span(&b, 6, 0);
	mb_reloc(&b, RUNPRE_REL_ABS32S, 4, 0);
	mb_end(&b);
	write_seed(dir, "resolve", &b, mem, sizeof(mem));
}

/*
 * A function of ppc64le with a second program, for code that an update has brought: a call and a return by way of pieces.  Symbol 5 has its one
 * candidate at 0x50, which is hooked and leads to 0x60.
 */
static void seed_carried(const char *dir)
{
	static const u32 code[] = { 0x3c4c0000, 0x38420100, 0x4800000d, 0xe8410018, 0x4800000c, 0xf8410018, 0x48000020, 0xe8420000,
				    0x4e800020 };
	u8 mem[0x200] = { 0 };
	u32 f = 5, toc = 0, callee = 4;
	struct mb b;

	mb_init(&b);
	b.h.arch = RUNPRE_ARCH_PPC64LE;
	for (u32 i = 0; i < 9; i++)
		mb_sym(&b, i == f ? "f" : NULL, i == toc || i == 8 ? RUNPRE_SYM_PERCPU : 0);
	mb_span(&b, f, RUNPRE_SPAN_REQUIRED);
	MB_LIT(&b, 0x20, 0, 0x80, 0x4e);
	b.span.carried = 1;
	mb_end(&b);
	mb_span(&b, f, RUNPRE_SPAN_CARRIED);
	mb_high(&b, 0x3c4c0000, 0);
	mb_low(&b, RUNPRE_LOW_PC, 0x38420000, 0, 0, toc, 0);
	mb_stub(&b, RUNPRE_STUB_PIECE, 0x48000001, toc, callee);
	MB_LIT(&b, 0x18, 0, 0x41, 0xe8);
	mb_stub(&b, RUNPRE_STUB_RETURN, 0x48000000, toc, 8);
	mb_end(&b);
	memcpy(mem + 0x60, code, sizeof(code));
	write_seed(dir, "carried", &b, mem, sizeof(mem));
}

int main(int argc, char **argv)
{
	if (argc != 2) {
		fprintf(stderr, "usage: make-runpre-seeds DIRECTORY\n");
		return 2;
	}
	seed_ops(argv[1]);
	seed_resolve(argv[1]);
	seed_carried(argv[1]);
	return 0;
}
