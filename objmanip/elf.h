/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The vocabulary in which the rest of objmanip speaks of object code: an object file (one unit) with its sections,
 * symbols, relocations and spans.  Read once, whole, validated; read-only afterwards but for the fields that
 * the differ owns.  libelf stays behind this header.
 */
#ifndef OBJMANIP_ELF_H
#define OBJMANIP_ELF_H

#include <elf.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/error.h"

struct om_arch;
struct om_obj;
struct om_section;
struct om_span;
struct om_symbol;

/* What a section is for us. */
enum om_class {
	OM_CLASS_NONE,		/* not loaded, or of no interest: .comment, .debug_*, .discard.*, .note.* */
	OM_CLASS_TEXT,		/* code that stays: .text*, .sched.text, .noinstr.text, ... */
	OM_CLASS_INIT,		/* code and data that the kernel frees after boot: .init.*, .initcall*, .exit.* of vmlinux */
	OM_CLASS_DATA,		/* writable: .data*, .bss* and .data..read_mostly, .data..ro_after_init ... */
	OM_CLASS_PERCPU,	/* .data..percpu* */
	OM_CLASS_RODATA,	/* constant objects, jump tables */
	OM_CLASS_STRINGS,	/* SHF_MERGE|SHF_STRINGS */
	OM_CLASS_CONSTS,	/* SHF_MERGE without strings: .rodata.cst16 */
	OM_CLASS_TABLE,		/* a table with entries about code: __bug_table, .altinstructions ... see special.h */
	OM_CLASS_REPLACEMENT,	/* .altinstr_replacement, .altinstr_aux: pieces of code that a table or code names */
	OM_CLASS_EXPORT,	/* ___ksymtab*, __ksymtab_strings, ___kcrctab* */
	OM_CLASS_TOC,		/* .toc: pointers that code reads by a register; has no spans, see om_reloc.via_toc */
	OM_CLASS_AUTHOR,	/* what kmodsrc/ksplice-patch.h leaves for us: author's hooks and declarations; author.h */
	OM_CLASS_OTHER,		/* loaded, and not known to us: refused when a carried span has to do with it */
};

/* Of a relocation, either way; ours: so that sums with offsets in a section (1 GiB at most) are far from overflow. */
#define OM_ADDEND_MAX	(1ll << 40)

struct om_reloc {
	uint64_t offset;	/* of the field, in its section */
	uint32_t type;		/* R_X86_64_* and its like */
	struct om_symbol *sym;	/* as in the object */
	int64_t addend;		/* as in the object */
	/*
	 * What it really points to: byte @target_off of @target, or of the undefined symbol @sym when @target is NULL.
	 * PC-relative fields are corrected by the distance to the end of their instruction, so that "foo(%rip)"
	 * and "call foo" point to byte 0 of foo.  May lie outside of [0, size) for things like arr[i - 1].
	 */
	struct om_span *target;
	int64_t target_off;
	int64_t pc_bias;	/* what was added to addend for that; 0 for absolute fields */
	/*
	 * The field addresses a pointer to the target, which lies in the object's .toc.  The linker makes others of these pointers, and
	 * shares or drops them, so that they are no objects: sym, addend and target are what the pointer points to.
	 */
	bool via_toc;
};

struct om_symbol {
	uint32_t index;
	const char *name;	/* borrowed from the object or its @names; "" for section symbols */
	uint64_t value, size;
	uint8_t bind, type, visibility;	/* STB_*, STT_* */
	uint8_t other;		/* st_other as in the object: on ppc64le, also where the local entry is */
	uint16_t shndx;
	struct om_section *section;	/* NULL: undefined, absolute, common */
	struct om_span *span;		/* the span it is in; NULL likewise and for section symbols */
	uint64_t span_off;
	/*
	 * What the linker takes the name for: its own span; another unit's for an undefined symbol, or a weak one that is overridden;
	 * NULL: something outside.  Before linkage.c has looked at the other units, what the object alone tells.
	 */
	struct om_span *meant;
};

struct om_section {
	struct om_obj *obj;
	uint32_t index;
	const char *name;
	uint32_t type;		/* SHT_* */
	uint64_t flags, size, align, entsize;
	const uint8_t *data;	/* size bytes; NULL for SHT_NOBITS */
	enum om_class class;
	struct om_symbol *symbol;	/* its STT_SECTION symbol, or NULL */
	struct om_symbol *made_symbol;	/* the same, if the object has none; resolve.c */
	struct om_reloc *relocs;	/* sorted by offset */
	size_t nr_relocs;
	struct om_span **spans;		/* sorted by start, they cover the section */
	size_t nr_spans;
};

/* One entry of a table that says something about a place in code; see special.h. */
struct om_entry {
	const struct om_table *table;
	struct om_section *section;	/* the table's section */
	uint32_t offset, size;		/* of the entry in it */
	struct om_span *code;		/* the place it is about */
	uint32_t code_off;
};

/* An instruction of a TEXT or REPLACEMENT span. Offsets in bytes from the span's start. */
struct om_insn {
	uint32_t off;
	uint8_t len;
	bool outside;	/* without a relocation, its bytes name an address outside of the span */
};

enum om_verdict {
	OM_SAME,
	OM_CHANGED,		/* there before and after, and different */
	OM_NEW,			/* only in post */
	OM_GONE,		/* only in pre */
};

/* What the author said is to become of an object or of init code that changed (author.c). */
enum om_declared {
	OM_UNDECLARED,
	OM_IN_PLACE,		/* its contents are replaced where it is */
	OM_TAKE_NEW,		/* it is another object, and has no twin */
	OM_IGNORE,		/* it stays as it is, and so it counts as the same */
	OM_IGNORE_INIT,		/* likewise, of what ran at boot */
};

/*
 * The smallest thing compared and carried: a function, a data object, a string, a constant.  Tables have no spans
 * but entries, which hang on the code they are about.
 */
struct om_span {
	struct om_obj *obj;
	struct om_section *section;
	uint64_t start, size;		/* in the section; size 0 is possible (an empty object) */
	uint32_t pad;			/* code only: bytes of nops right before it that are its own (CONFIG_CALL_PADDING) */
	const char *name;		/* of @symbol; for strings and constants a made-up ".str+0x12" */
	struct om_symbol *symbol;	/* the one that names it: global before weak before local; NULL for strings ... */
	struct om_span *part_of;	/* foo.cold -> foo; NULL for all else */
	struct om_reloc *relocs;	/* those inside, a slice of the section's */
	size_t nr_relocs;
	struct om_insn *insns;		/* code only: every instruction, in order */
	size_t nr_insns;
	struct om_entry *entries;	/* code only: table entries about it, by code_off, then table order */
	size_t nr_entries;
	/* Owned by the differ (correlate.c, compare.c, select.c). */
	struct om_span *twin;		/* the correlated span of the other object */
	enum om_verdict verdict;
	char *reason;			/* for CHANGED and NEW: why, "differs at +0x6"; owned */
	struct om_span *stands_for;	/* renumbered: the span of pre that it is; NULL: none is known */
	struct om_span *stand_in;	/* pre: the renumbered span that stands for it, or NULL */
	bool lingers;			/* pre: a function that is gone and may still be called (gone.c) */
	bool known;			/* pre: a string or constant that matched code refers to (kept.c) */
	bool carried;			/* post: goes into the code module */
	enum om_declared declared;	/* post */
	bool overridden;		/* all its names are weak, and the linker took other definitions for them; linkage.c */
	void *priv;			/* emit-code.c's scratch */
};

struct om_obj {
	char *path;			/* of the file, for messages */
	char *unit;			/* "fs/proc/cmdline.o" */
	const struct om_arch *arch;
	const struct om_layout *layout;	/* borrowed */
	struct om_section *sections;	/* [0] is the null section */
	size_t nr_sections;
	struct om_symbol *symbols;	/* [0] is the null symbol */
	size_t nr_symbols;
	struct om_span **spans;		/* all, in section order */
	size_t nr_spans;
	bool assembly;			/* made from a .S file: functions share sections, and anything goes */
	bool module;			/* the unit belongs to a loadable module: .exit.* stays, .init.* goes too */
	char **names;			/* those that the file does not have: anew.c; owned */
	size_t nr_names;
	void *elf, *image;		/* libelf handle and the bytes; elf.c only */
	size_t image_size;
};

#define om_for_each_span(span, obj)                                                                                   \
	for (struct om_span **span##_p = (obj)->spans, *span;                                                          \
	     span##_p < (obj)->spans + (obj)->nr_spans && ((span = *span##_p), 1); span##_p++)
#define om_for_each_section(sec, obj)                                                                                 \
	for (struct om_section *sec = (obj)->sections + 1; sec < (obj)->sections + (obj)->nr_sections; sec++)
#define om_for_each_reloc(rel, span)                                                                                  \
	for (struct om_reloc *rel = (span)->relocs; rel < (span)->relocs + (span)->nr_relocs; rel++)

/*
 * Reads @path, a relocatable object of a supported machine, as unit @unit: ELF, sections, symbols, spans,
 * instructions, table entries, resolved relocations.  @layout (kernel structure sizes, see layout.h) is
 * borrowed for the object's life; NULL: that of Linux 6.1 on the object's machine.  ERROR_BAD_FILE: malformed;
 * ERROR_REFUSED: a machine we do not support.
 */
struct error *om_obj_open(const char *path, const char *unit, bool module, const struct om_layout *layout,
			  struct om_obj **ret);
void om_obj_close(struct om_obj *obj);

/* Predicates and finders; none fails. */
static inline bool om_is_code(const struct om_span *s)
{
	return s->section->class == OM_CLASS_TEXT || s->section->class == OM_CLASS_REPLACEMENT;
}
static inline bool om_is_undefined(const struct om_symbol *s)
{
	return s->shndx == SHN_UNDEF;
}
struct om_section *om_find_section(struct om_obj *obj, const char *name);	/* first of that name, or NULL */
struct om_symbol *om_find_symbol(struct om_obj *obj, const char *name);		/* first defined one, or NULL */
struct om_span *om_span_at(struct om_section *sec, uint64_t off);		/* the span that covers off, or NULL */
/* The instruction that holds byte @span_off, or NULL. */
const struct om_insn *om_insn_at(const struct om_span *span, uint64_t span_off);
struct om_reloc *om_reloc_at(struct om_span *span, uint64_t span_off);		/* with its field at exactly there, or NULL */
/* The string at a STRINGS span: NUL-terminated inside the span (validated when opened). */
const char *om_string(const struct om_span *span);
/* "fs/proc/base.o: .text.proc_pid_status+0x1c", in a buffer that the caller owns; returns buf. */
const char *om_where(const struct om_span *span, uint64_t span_off, char *buf, size_t size);
/* Bytes of the span; NULL for NOBITS. */
static inline const uint8_t *om_bytes(const struct om_span *s)
{
	return s->section->data ? s->section->data + s->start : NULL;
}

#endif
