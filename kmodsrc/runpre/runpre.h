/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Run-pre matching: is the code in memory the code that the fix was written against, and where are the
 * symbols that it mentions?
 *
 * The same .c files are built by Kbuild into the kernel core and by automake into user space (the offline
 * check, the tests, the fuzzer).  Nothing here allocates, prints, sleeps or reads memory except through the
 * caller's callbacks.  docs/match-data.md describes the format; objmanip/ writes it.
 *
 * Three layers, each usable alone:
 *
 *	runpre_check()    validates match data as a whole; everything below assumes that it returned RUNPRE_OK
 *	runpre_run()      runs the match program of one span over bytes
 *	runpre_resolve()  finds every span and every symbol of the match data, by name and by reference
 */
#ifndef RUNPRE_H
#define RUNPRE_H

#include "runpre_env.h"		/* u8..u64, s32, s64, memcmp, memcpy, memset, bool, size_t; nothing else */

#define RUNPRE_MAGIC	"KSPMATCH"	/* 8 bytes, no NUL */
#define RUNPRE_VERSION	1

/* Bounds that runpre_check() enforces, so that a caller may size its memory by the header. */
#define RUNPRE_MAX_SIZE		(64u << 20)	/* bytes of match data for one target */
#define RUNPRE_MAX_SYMS		(1u << 20)
#define RUNPRE_MAX_SPANS	(1u << 20)
#define RUNPRE_MAX_RUN		(1u << 20)	/* bytes of run code that one span may take */
#define RUNPRE_MAX_LABELS	(1u << 16)	/* jump targets in one span */
#define RUNPRE_MAX_FORMS	64		/* forms of one site */

enum runpre_arch {
	RUNPRE_ARCH_X86_64 = 1,
	RUNPRE_ARCH_PPC64LE = 2,
};

/*
 * Match data: this header, then the tables that it names, in the byte order of the target machine (all
 * supported targets are little-endian).  Offsets count from the start of the header, are 8-aligned for the two
 * record tables, and lie inside @size.  A name is an offset into the string table; 0 is "no name", so the
 * string table starts with a NUL; it also ends with one, and has no other bytes than these and '!' to '~' (names go
 * into lines of key=value).
 */
struct runpre_header {
	char	magic[8];
	u32	version;
	u32	size;		/* of the whole, this header included */
	u32	arch;		/* enum runpre_arch */
	u32	id;		/* string: the update's id */
	u32	target;		/* string: "vmlinux" or the module's name, with '_' for '-' */
	u32	nr_syms;
	u32	syms;		/* offset of struct runpre_sym[nr_syms] */
	u32	nr_spans;
	u32	spans;		/* offset of struct runpre_span[nr_spans] */
	u32	progs;		/* offset of the match programs */
	u32	progs_size;
	u32	strings;	/* offset of the string table */
	u32	strings_size;
	/* Upper bounds, which runpre_check() holds every span to. */
	u32	max_labels;	/* of nr_labels */
	u32	max_run;	/* of max_run */
	u32	max_binds;	/* of the number of RELOC, JUMPSYM, LOW, BRANCH and STUB ops in one program, forms included */
};

/* How the value of a symbol comes about. */
enum runpre_sym_kind {
	RUNPRE_SYM_PLAIN = 0,	/* an address that names, spans or relocations give */
	RUNPRE_SYM_POINTEE = 1,	/* the 64-bit word at (value of @base) + @offset, as it is now: a static call's
				 * function in its key, a paravirt operation in pv_ops */
	RUNPRE_SYM_ALIAS = 2,	/* the same as @base, to publish it a second time (once as value, once as root);
				 * no program mentions it; its result is a copy of the base's */
};

/* The unit defines the symbol: only addresses that belong to the target (or to code that replaced it) count. */
#define RUNPRE_SYM_TARGET	0x01
/* A value counts only if the symbol table has the name at that address; no name there, no match.  Set for what
 * only a site's form mentions (__x86_return_thunk, ftrace_caller): else any call would do as "a call to it". */
#define RUNPRE_SYM_CHECK	0x02
/* Publish the address that the kernel itself uses for a function that hooks have redirected (the function
 * first hooked), not its newest replacement: function pointers must compare equal and outlive an undo. */
#define RUNPRE_SYM_ROOT		0x04
/* The value is the address of nothing, so nothing can be read there, nor is it a function's: the symbol is per-CPU, and has
 * an offset (x86_64 before 6.15); or it is the TOC pointer of ppc64le, which points behind what it stands for. */
#define RUNPRE_SYM_PERCPU	0x08
/* Defined in this unit, as a function or object that no other symbol table name may stand for: static. */
#define RUNPRE_SYM_LOCAL	0x10

struct runpre_sym {
	u32	name;		/* string: name in the kernel's symbol table, or 0 (string, constant) */
	u32	publish;	/* string: name under which the core publishes it for the code module, or 0; PLAIN only */
	u8	kind;		/* enum runpre_sym_kind */
	u8	flags;
	u16	reserved;	/* 0 */
	u32	base;		/* POINTEE, ALIAS: index of the symbol it derives from, which must be PLAIN; else 0 */
	s64	offset;		/* POINTEE: bytes from the base; else 0 */
};

/* The function is replaced: it must match, and is hooked at @hook_off.  With DATA: the object's contents are replaced. */
#define RUNPRE_SPAN_REPLACE	0x01
/* Must match for the update to be applied. All functions of the unit that can still run have it. To match at several
 * addresses will do, but for what is replaced, and its parts: whichever it is, it is pre code. */
#define RUNPRE_SPAN_REQUIRED	0x02
/* Part (foo.cold) of the function in span @part_of: same stack-check verdict, no hook. */
#define RUNPRE_SPAN_PART	0x04
/* Data: a string, a constant, a read-only object. Found by reference only (with REPLACE by name, too), no stack check. If code
 * that matched refers to it, then its bytes must match, REQUIRED or not; if none does, it stays unfound. */
#define RUNPRE_SPAN_DATA	0x08
/* With REPLACE: @hook_off is the ftrace entry, and the hook is a callback of ftrace's, which writes no bytes of its own. */
#define RUNPRE_SPAN_FTRACE	0x10
/* No span of its own, but another program for one, which has its index as @carried: for code that an update has brought, and that is compiled
 * otherwise than the kernel's.  Where the hook goes, this one tells of that code. */
#define RUNPRE_SPAN_CARRIED	0x20

struct runpre_span {
	u32	sym;		/* index of the symbol whose value is the span's first byte; PLAIN */
	u32	unit;		/* string: "fs/proc/cmdline.o" */
	u32	prog;		/* match program: offset from @progs, behind the program of the span before this one */
	u32	prog_len;
	u32	pre_size;	/* bytes of pre code, for messages */
	u32	max_run;	/* bytes of run code the program can consume at most, or more */
	u32	nr_labels;
	u32	part_of;	/* PART: index of the function's span; else 0 */
	u16	flags;
	u8	hook_off;	/* REPLACE: where the hook goes, bytes from the first byte: 5 behind the ftrace entry */
	u8	hook_len;	/* REPLACE: bytes that the hook overwrites: 5 on x86_64 */
	u32	carried;	/* of a function: index of the span with the program for its code in updates, CARRIED; 0: there is none */
};

/*
 * The match program: one-byte op, then operands.  Integers are LEB128 in the shortest form, "u" unsigned and
 * "s" signed, at most 10 bytes.  Every program ends with END, and has exactly one.  Every op compares run
 * bytes at the current run position and moves behind them.
 *
 *	END				all labels set, all jumps arrived
 *	LIT     u:len bytes[len]	these bytes
 *	RELOC   u8:type u:sym s:addend	a field that holds a symbol: value(sym) = field (+ its address) - addend
 *	LABEL   u:label			a jump target; takes no bytes; each of the nr_labels is set exactly once
 *	JUMP    u8:cc u:label		a jump inside the span, in its short or its near encoding
 *	JUMPSYM u8:cc u:sym s:addend	a jump out of the span: value(sym) + addend is where it goes
 *	NOPS    u:max			any run of the assembler's or kernel's nops, 0..max bytes in all; if the next op
 *					may begin with nops too, as many as leave something for it to begin with
 *	SITE    u8:kind u:len u:nforms { u:formlen form[formlen] }[nforms]
 *					a place that the kernel rewrites: len bytes which are one of the forms;
 *					len 0: the forms may differ in length.  A form is ops without SITE, LABEL
 *					and END.  Tried in order; the first that fits counts
 *	PAD     u:len			exactly len bytes of nops, in any way that the kernel fills space
 *					(0x90s, multi-byte nops, a jump over int3s)
 *
 * On ppc64le, where each instruction has 4 bytes and so nothing moves (ops of that machine only; JUMP, JUMPSYM, NOPS and PAD
 * are x86_64's).  An instruction is given as its word, with 0 in its field:
 *	HIGH    word:insn u:like	an addis whose field is the upper half of an address (which one, LOW tells); or the nop that
 *					the linker makes of it where the upper half is 0; either as at run byte @like of the span, the
 *					first instruction with that half
 *	LOW     u8:type word:insn u:high u:toc u:sym s:addend
 *					the lower half of an address, the upper half of which is in the instruction at run byte
 *					@high of the span: value(sym) + addend = base + 65536 * upper half + lower half, both
 *					signed; the base is by the type, value(toc) or an address
 *	BRANCH  u8:type word:insn u:sym s:addend
 *					value(sym) + addend is where the branch leads
 *	STUB    u8:type word:insn u:toc u:sym
 *					the branch leads to a stub of the module loader, or to a piece behind a carried function, and
 *					that to value(sym); by the type, it reaches it by value(toc) or by the kernel's own TOC pointer
 *
 * PRE notes, for messages only, which byte of the pre code comes next:
 *	PRE     u:offset		not needed where it follows from LIT, RELOC, ...; the compiler emits it
 *					at the start of each instruction that is not preceded by LIT
 */
enum runpre_op {
	RUNPRE_OP_END = 0,
	RUNPRE_OP_LIT = 1,
	RUNPRE_OP_RELOC = 2,
	RUNPRE_OP_LABEL = 3,
	RUNPRE_OP_JUMP = 4,
	RUNPRE_OP_JUMPSYM = 5,
	RUNPRE_OP_NOPS = 6,
	RUNPRE_OP_SITE = 7,
	RUNPRE_OP_PAD = 8,
	RUNPRE_OP_PRE = 9,
	RUNPRE_OP_HIGH = 10,
	RUNPRE_OP_LOW = 11,
	RUNPRE_OP_BRANCH = 12,
	RUNPRE_OP_STUB = 13,
};

/* What the base of LOW is, and what the instruction does with the address; with RUNPRE_LOW_DS, its field has 14 bits. */
enum runpre_low {
	RUNPRE_LOW_PC = 0,	/* the address of the instruction at @high: how a function finds its TOC pointer */
	RUNPRE_LOW_TOC = 1,	/* the TOC pointer; where the upper half is a nop, the instruction has r2 for its register */
	RUNPRE_LOW_PTR = 2,	/* likewise, and there is a pointer with the value: the instruction loads it. Or the linker made it
				 * one that adds, and dropped the pointer: then it is as with LOW_TOC */
	RUNPRE_LOW_MAX = 3,
};
#define RUNPRE_LOW_DS		0x10

enum runpre_branch {
	RUNPRE_BRANCH_24 = 0,	/* b, bl: 24 bits [R_PPC64_REL24] */
	RUNPRE_BRANCH_14 = 1,	/* bc: 14 bits [R_PPC64_REL14] */
	RUNPRE_BRANCH_MAX = 2,
};
/* To a function, so perhaps to its local entry, behind the instructions that set r2 up (ELFv2 ABI 2.3.2.1). */
#define RUNPRE_BRANCH_ENTRY	0x10

/*
 * Stubs between a module's code and what lies outside of the module (arch/powerpc/kernel/module_64.c, 6.1); and the pieces that objmanip puts
 * behind functions of code modules (objmanip/emit-ppc64le.c).
 */
enum runpre_stub {
	RUNPRE_STUB_CALL = 0,	/* create_stub(): saves r2, which is value(toc) there; who called restores it */
	RUNPRE_STUB_TRACER = 1,	/* create_ftrace_stub(): by the kernel's TOC pointer, r2 is left alone; no toc, which is 0 */
	RUNPRE_STUB_PIECE = 2,	/* saves r2, and goes to the function; or to where a pointer says that is at value(toc) + a distance */
	RUNPRE_STUB_RETURN = 3,	/* returns with r2 set to the symbol's value, which is at value(toc) + a distance */
	RUNPRE_STUB_RETURN_IF = 4, /* likewise, and the branch is a conditional one, with 14 bits */
	RUNPRE_STUB_MAX = 5,
};

/* RELOC types, by what the field holds; x86-64 psABI 4.4.1 names in brackets. */
enum runpre_reloc {
	RUNPRE_REL_ABS64 = 0,	/* 8 bytes [R_X86_64_64] */
	RUNPRE_REL_ABS32 = 1,	/* 4 bytes, zero-extended [R_X86_64_32] */
	RUNPRE_REL_ABS32S = 2,	/* 4 bytes, sign-extended [R_X86_64_32S] */
	RUNPRE_REL_PC32 = 3,	/* 4 bytes, signed, minus the field's address [R_X86_64_PC32, _PLT32] */
	RUNPRE_REL_PC64 = 4,	/* 8 bytes, minus the field's address [R_X86_64_PC64] */
	RUNPRE_REL_MAX = 5,
};

/* Condition codes of JUMP and JUMPSYM on x86_64: 0..15 are those of Jcc (Intel SDM vol. 2, B.1.4.7). */
#define RUNPRE_CC_ALWAYS	16	/* jmp: eb rel8, e9 rel32 */
#define RUNPRE_CC_SHORT_E0	17	/* loopne, loope, loop, jrcxz (e0..e3 rel8): short form only */
#define RUNPRE_CC_MAX		21

/* What kind of site, for messages. */
enum runpre_site {
	RUNPRE_SITE_FTRACE = 0,
	RUNPRE_SITE_RETURN = 1,
	RUNPRE_SITE_RETPOLINE = 2,
	RUNPRE_SITE_ALTERNATIVE = 3,
	RUNPRE_SITE_PARAVIRT = 4,
	RUNPRE_SITE_JUMP_LABEL = 5,
	RUNPRE_SITE_STATIC_CALL = 6,
	RUNPRE_SITE_LOCK = 7,
	RUNPRE_SITE_ENDBR = 8,
	RUNPRE_SITE_RUNTIME_CONST = 9,
	RUNPRE_SITE_FEATURE = 10,
	RUNPRE_SITE_LWSYNC = 11,
	RUNPRE_SITE_NOSPEC = 12,
	RUNPRE_SITE_ENTRY = 13,
	RUNPRE_SITE_STUB = 14,
	RUNPRE_SITE_MAX = 15,
};

enum runpre_ret {
	RUNPRE_OK = 0,		/* is what it should be */
	RUNPRE_DIFFERS,		/* run code is not pre code: see struct runpre_fault */
	RUNPRE_UNREADABLE,	/* a byte that was needed could not be read */
	RUNPRE_AMBIGUOUS,	/* more than one candidate fits */
	RUNPRE_NOT_FOUND,	/* no candidate at all: neither name nor reference */
	RUNPRE_UNDECIDED,	/* needs a symbol that is not known yet */
	RUNPRE_BAD_DATA,	/* the match data is malformed: see struct runpre_fault.offset */
	RUNPRE_SEALED,		/* a function that must not be called through a pointer, though new code has a pointer to it */
};

/* Where and why a match ended. All offsets in bytes. */
struct runpre_fault {
	u32	offset;		/* BAD_DATA: of the offence in the match data; else: of the op in the program */
	u32	pre_off;	/* in the pre code, as far as the program tells */
	u32	run_off;	/* from the span's first run byte */
	u32	sym;		/* RELOC, JUMPSYM, LOW, BRANCH and STUB: the symbol, else (u32)-1 */
	u64	expected;	/* RELOC: the value that the symbol has or must have; LIT: the byte */
	u64	found;		/* RELOC: the value that the run code implies; LIT: the byte */
	u8	op;		/* enum runpre_op */
	u8	site;		/* SITE: enum runpre_site; else 0xff */
};

/*
 * Validates match data before anything else may touch it: header, tables, strings, and every program whole.
 * @data need not be aligned better than 8.  Returns RUNPRE_OK or RUNPRE_BAD_DATA with @fault->offset.
 */
enum runpre_ret runpre_check(const void *data, size_t size, struct runpre_fault *fault);

/* The tables of checked match data. */
const struct runpre_sym *runpre_syms(const struct runpre_header *h);
const struct runpre_span *runpre_spans(const struct runpre_header *h);
const char *runpre_string(const struct runpre_header *h, u32 off);

/* One value that a match implies. */
struct runpre_bind {
	u32	sym;
	u64	value;
};

/* ppc64le: the area of a processor, which r13 points to, has the kernel's own TOC pointer (arch/powerpc/include/asm/paca.h, 6.1). */
struct runpre_paca {
	u64	toc;
	u16	toc_at;		/* bytes from the start of the area; a multiple of 4 */
};

/*
 * Runs the program of one span over @run_len bytes read from @run_addr.
 * @bind is asked for each symbol value that the run code implies and says RUNPRE_OK, RUNPRE_DIFFERS (then
 * @fault->expected may be set by it) or RUNPRE_UNDECIDED; it must be free to forget what it was told when a form
 * or the whole is given up: @mark returns a position in its memory, @rollback returns to it.
 * @labels: nr_labels words.  On RUNPRE_OK *@consumed is the length of the run code.
 */
struct runpre_binder {
	enum runpre_ret (*bind)(struct runpre_binder *b, u32 sym, u64 value, u64 *expected);
	u32 (*mark)(struct runpre_binder *b);
	void (*rollback)(struct runpre_binder *b, u32 mark);
	/* For match data of ppc64le only: the symbol's value, if it is bound; and memory, all of @len bytes or false. */
	bool (*value)(struct runpre_binder *b, u32 sym, u64 *value);
	bool (*read)(struct runpre_binder *b, u64 addr, void *buf, u32 len);
	const struct runpre_paca *paca;	/* NULL: no stub leads to a tracer */
};

enum runpre_ret runpre_run(const struct runpre_header *h, const struct runpre_span *span,
			   const u8 *run, size_t run_len, u64 run_addr,
			   struct runpre_binder *binder, u32 *labels,
			   u32 *consumed, struct runpre_fault *fault);

/* What the caller knows of the running (or imaged) kernel. */
struct runpre_env {
	void	*ctx;
	/* Copies up to @len bytes at @addr, returns how many; fewer only where memory ends. */
	size_t	(*read)(void *ctx, u64 addr, void *buf, size_t len);
	/* The newest replacement of the function at @addr, or @addr itself. NULL: nothing is hooked.  Likewise where a thunk
	 * leads that the kernel has put between a branch and its destination. */
	u64	(*newest)(void *ctx, u64 addr);
	/* The function first hooked whose replacement, of whatever age, is at @addr, or @addr itself. NULL likewise. */
	u64	(*oldest)(void *ctx, u64 addr);
	/* The addresses that the symbol table has for symbol i: cands[cand_first[i] .. cand_first[i+1]-1].
	 * Already restricted to owners that the symbol may have (RUNPRE_SYM_TARGET). */
	const u64 *cands;
	const u32 *cand_first;	/* nr_syms + 1 */
	const struct runpre_paca *paca;	/* ppc64le, where modules are traced; else NULL */
	/* Whether an update has brought the code at @addr. NULL: there is none of any. */
	bool	(*carried)(void *ctx, u64 addr);
};

enum runpre_sym_state {
	RUNPRE_UNBOUND = 0,
	RUNPRE_BOUND_BY_NAME,	/* its name is unique in the symbol table; no run code has confirmed it */
	RUNPRE_BOUND_BY_RUN,	/* run code of a matched span refers to it, or its span matched there */
};

struct runpre_sym_result {
	u64	value;		/* as matched: of a hooked function, its newest replacement */
	u64	root;		/* as run code refers to it: of a hooked function, the one first hooked */
	u8	state;		/* enum runpre_sym_state */
};

struct runpre_span_result {
	u64	addr;		/* of the first byte in run memory; 0 until matched */
	u32	run_len;
	u32	tried;		/* candidates tried, when it was last looked at */
	u32	program;	/* once matched: index of the span whose program fits there, its own or its carried one */
	u8	ret;		/* enum runpre_ret; RUNPRE_OK once matched */
	u64	fault_addr;	/* of the candidate that came furthest, for ret != RUNPRE_OK */
	struct runpre_fault fault;
};

/* Caller-owned memory of one resolve; sizes in elements. */
struct runpre_work {
	struct runpre_sym_result *syms;		/* nr_syms */
	struct runpre_span_result *spans;	/* nr_spans */
	struct runpre_bind *log;		/* max_binds + 1 */
	u32	*labels;			/* max_labels + 1 */
	u8	*buf;				/* max_run + 1 */
};

/*
 * Matches all spans: candidates by name, then by what matched spans refer to, until nothing changes.
 * Returns RUNPRE_OK when every REQUIRED span matched (a replaced one at exactly one address) and every published
 * symbol is bound; else the first failure in the order BAD_DATA, UNREADABLE, DIFFERS, AMBIGUOUS, NOT_FOUND, UNDECIDED, and
 * *@where is the index of the span, or *@where_sym that of the symbol (of an alias, its base's; the other one
 * is (u32)-1).
 * Deterministic; the state of every span and symbol is in @work in any case.
 */
enum runpre_ret runpre_resolve(const struct runpre_header *h, const struct runpre_env *env,
			       struct runpre_work *work, u32 *where, u32 *where_sym);

/* "ok", "differs", ...; never NULL. For messages and for the words in sysfs. */
const char *runpre_ret_name(enum runpre_ret ret);
const char *runpre_op_name(u8 op);
const char *runpre_site_name(u8 site);

#endif
