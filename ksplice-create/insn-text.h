/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Instructions as text: of the build, where relocations name what they point to, and of the kernel, where addresses do. */
#ifndef KSPLICE_CREATE_INSN_TEXT_H
#define KSPLICE_CREATE_INSN_TEXT_H

#include "ksplice-create/kernel-memory.h"
#include "objmanip/elf.h"

/* One instruction, "mov $0x78,%esi"; of ppc64le, the number alone, ".long 0x38600000". */
struct insn_text {
	uint32_t off;	/* from the first byte of the function */
	unsigned len;
	char *text;	/* owned */
};

struct insn_texts {
	struct insn_text *v;
	size_t n;
};
#define INSN_TEXTS_INIT {NULL, 0}

/* All instructions of code span @span. */
void insn_texts_of_span(const struct om_span *span, struct insn_texts *ret);
/*
 * Those of the kernel from @addr on, until @len bytes are covered.  Instructions have no marks where they begin: they are counted
 * off from the first.  The list ends early where bytes are no instruction, or are not there.
 */
void insn_texts_of_kernel(const struct kernel_memory *km, const struct om_arch *arch, uint64_t addr, uint32_t len,
			  struct insn_texts *ret);
void insn_texts_free(struct insn_texts *t);
/* The instruction that has byte @off, or NULL. */
const struct insn_text *insn_texts_at(const struct insn_texts *t, uint32_t off);

#endif
