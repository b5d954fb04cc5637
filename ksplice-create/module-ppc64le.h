/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the module loader of ppc64le makes of a module's relocations: arch/powerpc/kernel/module_64.c, 6.1. */
#ifndef KSPLICE_CREATE_MODULE_PPC64LE_H
#define KSPLICE_CREATE_MODULE_PPC64LE_H

#include <elf.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Between the module's code and what lies outside of the module: its section .stubs. Start with zeros but for the first three. */
struct module_stubs {
	uint8_t *memory;
	uint64_t addr;
	uint64_t toc;	/* the module's TOC pointer */
	size_t nr;
};

/* A relocation and what it is about. */
struct module_fixup {
	uint32_t type;
	uint8_t *where;		/* the field */
	size_t room;		/* bytes from there to the end of its section */
	uint64_t addr;		/* of the field */
	uint64_t value;		/* the symbol's, and the addend */
	const char *name;	/* the symbol's */
	bool undefined;		/* it is outside of the module */
	uint8_t other;		/* st_other */
};

/* Bytes that .stubs needs, at most, for a module with so many relocations of type R_PPC64_REL24. */
uint64_t module_ppc64le_stubs_size(size_t nr_calls);
/* The TOC pointer of a module whose .toc is there; if it has none, whose .stubs is. */
uint64_t module_ppc64le_toc_pointer(uint64_t section);
/* False: the value does not fit, or it is one that the loader does not take. */
bool module_ppc64le_relocate(struct module_stubs *stubs, const struct module_fixup *f);

#endif
