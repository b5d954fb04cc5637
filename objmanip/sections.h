/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What sections are for, by their names: include/asm-generic/vmlinux.lds.h and scripts/module.lds.S of 6.1 and 6.12. */
#ifndef OBJMANIP_SECTIONS_H
#define OBJMANIP_SECTIONS_H

#include "objmanip/elf.h"

/* What becomes of new and changed entries of a section of OM_CLASS_OTHER. */
enum om_fate {
	OM_FATE_UNKNOWN,	/* nobody has looked at this section: refused */
	OM_FATE_BOOT,		/* the kernel went through the table at boot, or when the module was loaded: refused */
	OM_FATE_FIXED,		/* the kernel goes through it while it runs, between symbols of vmlinux: refused */
	OM_FATE_BTF,		/* filled in when the kernel was linked: refused */
	OM_FATE_TRACE,		/* makes up a tracepoint or a system call for tracers: refused */
	OM_FATE_WITH_DATA,	/* carried with the new object that it is about; the module loader knows the section */
	OM_FATE_DEBUG,		/* __dyndbg: carried with the code that refers to it; the module loader knows the section */
	OM_FATE_INDEX,		/* .printk_index: carried with the function that prints; the module loader knows the section */
	OM_FATE_INFORMS,	/* nothing that runs depends on it: left out */
};

/* Where gcc has the list of a unit's globals for KASAN; a number follows. */
#define OM_ASAN_GLOBALS ".data..LASAN"

/*
 * Pointers to the formats of trace_printk() (include/linux/kernel.h).  Code reads them and nobody writes them, but the module loader, which
 * knows the section, to copies of the formats.
 */
#define OM_TRACE_FORMATS "__trace_printk_fmt"

/* What @sec is for us. */
enum om_class om_section_class(const struct om_section *sec);
enum om_fate om_section_fate(const struct om_section *sec);
/* What the section is, for messages: "fixups of PCI devices"; "" where nothing is known. */
const char *om_section_what(const struct om_section *sec);
/* Code in it may not be probed: the kernel, and the module loader, know it by its name. */
bool om_section_free_of_probes(const struct om_section *sec);
/* Bytes of an entry of a table whose entries have no symbols, 0: it is none. */
uint32_t om_section_entry(const struct om_section *sec);
/*
 * Each symbol names all that follows up to the next: .BTF_ids, where a set's symbol has the whole set for its size, and the flags of a
 * function stand behind its symbol's four bytes (BTF_ID_FLAGS()).
 */
bool om_section_packed(const struct om_section *sec);
/* A record of UBSAN (gcc/ubsan.cc): where a check is, and a mark of the kernel's that it was reported. */
bool om_section_ubsan(const struct om_section *sec);
/* The trampolines of static calls (__SCT__NAME): the kernel writes there, at any time, what their keys say. */
bool om_section_trampolines(const struct om_section *sec);
/* Code and data for the end of the kernel, which never ends: gone with the rest of init (.exit.text of vmlinux). */
bool om_section_exit(const struct om_section *sec);

#endif
