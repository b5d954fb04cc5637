// SPDX-License-Identifier: GPL-2.0-or-later
/* Finds the causes of differences. */
#include "ksplice-create/cause.h"

#include <inttypes.h>
#include <string.h>

#include "kmodsrc/runpre/runpre.h"
#include "ksplice-create/banner.h"
#include "ksplice-create/insn-text.h"
#include "ksplice-create/kconfig.h"
#include "ksplice-create/kernel.h"
#include "objmanip/arch.h"
#include "objmanip/hook.h"

#define MOST_WRONG 8	/* bytes: more are no few */
#define BREAKPOINT 0xcc	/* int3 */

/* The function as the kernel has it, being made what it should be, byte by byte. */
struct repair {
	const struct offline_place *place;
	const struct om_span *pre;
	uint8_t *code;
	size_t len;
	uint32_t wrong[MOST_WRONG];	/* places in pre */
	unsigned nr_wrong, nr_breakpoints;
};

struct reader {
	struct runpre_binder binder;	/* first: agree() gets the reader by it */
	const struct offline_seen *seen;
};

/* With what all other code says; what nobody knows may be anything. */
static enum runpre_ret agree(struct runpre_binder *b, u32 sym, u64 value, u64 *expected)
{
	const struct offline_seen *seen = ((struct reader *)b)->seen;
	const struct runpre_sym_result *known = &seen->work->syms[sym];

	if (runpre_syms(seen->h)[sym].kind != RUNPRE_SYM_PLAIN || !known->state)
		return RUNPRE_OK;
	*expected = known->value;
	return value == known->value ? RUNPRE_OK : RUNPRE_DIFFERS;
}

static u32 no_mark(struct runpre_binder *b)
{
	return 0;
}

static void no_rollback(struct runpre_binder *b, u32 to)
{
}

static bool value_of(struct runpre_binder *b, u32 sym, u64 *value)
{
	return offline_seen_value(((struct reader *)b)->seen, sym, value);
}

static bool read_memory(struct runpre_binder *b, u64 addr, void *buf, u32 len)
{
	return offline_seen_read(((struct reader *)b)->seen, addr, buf, len);
}

static enum runpre_ret run(const struct repair *r, struct runpre_fault *fault)
{
	const struct offline_seen *seen = r->place->seen;
	struct reader reader = {.binder = {agree, no_mark, no_rollback, value_of, read_memory}, .seen = seen};
	u32 consumed;

	return runpre_run(seen->h, &runpre_spans(seen->h)[r->place->span], r->code, r->len, r->place->addr, &reader.binder,
			  seen->work->labels, &consumed, fault);
}

/* The same for a conditional jump with another condition, which is in its only or its second byte (Intel SDM vol. 2, Jcc). */
static bool mend_condition(struct repair *r, const struct runpre_fault *fault)
{
	bool near = r->code[fault->run_off] == 0x0f && fault->run_off + 1 < r->len;
	uint8_t *byte = &r->code[fault->run_off + near], opcode = near ? 0x80 : 0x70;

	if ((fault->op != RUNPRE_OP_JUMP && fault->op != RUNPRE_OP_JUMPSYM) || fault->expected > 0xf ||
	    (*byte & 0xf0) != opcode || *byte == opcode + fault->expected)
		return false;
	*byte = opcode + fault->expected;
	return true;
}

/* Makes the byte of @fault what it is in the build; false: it is not a byte alone that is wrong. */
static bool mend(struct repair *r, const struct runpre_fault *fault)
{
	uint8_t *byte = &r->code[fault->run_off];
	const struct om_insn *insn = om_insn_at(r->pre, fault->pre_off);

	if (fault->run_off >= r->len || r->nr_wrong == MOST_WRONG)
		return false;
	if (*byte == BREAKPOINT && insn && insn->off == fault->pre_off && om_bytes(r->pre)[insn->off] != BREAKPOINT) {
		*byte = om_bytes(r->pre)[insn->off];
		r->nr_breakpoints++;
	} else if (fault->op == RUNPRE_OP_LIT && fault->site == 0xff) {
		*byte = fault->expected;
	} else if (!mend_condition(r, fault)) {
		return false;
	}
	r->wrong[r->nr_wrong++] = fault->pre_off;
	return true;
}

/* Whether all that is wrong with the function are some bytes, and which. */
static bool repair(struct repair *r, const struct kernel_memory *km)
{
	const struct offline_place *place = r->place;
	struct runpre_fault fault;
	enum runpre_ret ret;

	r->len = runpre_spans(place->seen->h)[place->span].max_run;
	r->code = xrealloc(NULL, r->len + 1);
	r->len = kernel_memory_read(km, place->addr, r->code, r->len);
	do
		ret = run(r, &fault);
	while (ret == RUNPRE_DIFFERS && mend(r, &fault));
	free(r->code);
	return ret == RUNPRE_OK && r->nr_wrong;
}

/* Where the five bytes at @off of the function branch to, if @opcode is what they begin with. */
static bool branch_at(const struct kernel_memory *km, uint64_t addr, uint8_t opcode, uint64_t *to)
{
	uint8_t code[5];
	int32_t disp;

	if (kernel_memory_read(km, addr, code, sizeof(code)) != sizeof(code) || code[0] != opcode)
		return false;
	memcpy(&disp, code + 1, sizeof(disp));
	*to = addr + sizeof(code) + disp;
	return true;
}

/* "name+0x10", or the bare address; owned by the caller. */
static char *name_of(const struct kernel_memory *km, uint64_t addr)
{
	uint64_t off = 0;
	const char *name = kernel_memory_symbol_at(km, addr, &off);

	if (!name || off > UINT16_MAX)
		return xasprintf("0x%" PRIx64 ", which is nothing of the image's", addr);
	return off ? xasprintf("%s+0x%" PRIx64, name, off) : xstrdup(name);
}

static bool is_in(uint32_t off, int from, unsigned len)
{
	return from >= 0 && off >= (uint32_t)from && off < from + len;
}

/* The call at an ftrace entry goes to something that is not the kernel's own tracing. */
static char *traced(const struct kernel_memory *km, const struct om_span *pre, const struct offline_place *place)
{
	int entry = pre->obj->arch->ftrace_offset(pre);
	_cleanup_free_ char *name = NULL;
	uint64_t to;

	if (!is_in(place->run_off, entry, 5) || !branch_at(km, place->addr + entry, 0xe8, &to))
		return NULL;
	name = name_of(km, to);
	return xasprintf("the ftrace entry calls %s: a tracer, a BPF program or a live patch was attached to the function when "
			 "this image was taken; take the image that was built, or detach it", name);
}

/* A jump out of the function where a hook would be. */
static char *replaced(const struct kernel_memory *km, const struct om_span *pre, const struct offline_place *place)
{
	_cleanup_free_ char *name = NULL;
	struct om_no_hook why;
	struct om_hook hook;
	uint64_t to;

	if (!om_hook_place(pre, &hook, &why) || hook.ftrace || !is_in(place->run_off, hook.off, hook.len) ||
	    om_bytes(pre)[hook.off] == 0xe9 || !branch_at(km, place->addr + hook.off, 0xe9, &to) ||
	    (to >= place->addr && to < place->addr + pre->size))
		return NULL;
	name = name_of(km, to);
	return xasprintf("a jump to %s stands where a hook goes: an update has replaced this function already. To go upon it, give a "
			 "source that contains that update, and --series", name);
}

static char *breakpoints(const struct repair *r)
{
	return xasprintf("%u breakpoint%s (int3, 0xcc) stand%s on its instructions, as kprobes, perf and debuggers put there, and all "
			 "else of the function is the same; take the image that was built, or remove the probe%s",
			 r->nr_breakpoints, r->nr_breakpoints > 1 ? "s" : "", r->nr_breakpoints > 1 ? "" : "s",
			 r->nr_breakpoints > 1 ? "s" : "");
}

/* Do the two say the same but for numbers? */
static bool same_but_numbers(const char *a, const char *b)
{
	while (*a && *b) {
		bool number = starts_with(a, "0x") && starts_with(b, "0x");

		if (!number && *a != *b)
			return false;
		a += number ? 2 + strspn(a + 2, "0123456789abcdef") : 1;
		b += number ? 2 + strspn(b + 2, "0123456789abcdef") : 1;
	}
	return !*a && !*b;
}

/* Whether all wrong bytes are numbers in one instruction. */
static bool in_one_constant(const struct repair *r, const struct kernel_memory *km)
{
	struct insn_texts build = INSN_TEXTS_INIT, kernel = INSN_TEXTS_INIT;
	const struct insn_text *a, *b;
	bool ret;

	insn_texts_of_span(r->pre, &build);
	insn_texts_of_kernel(km, r->pre->obj->arch, r->place->addr, r->place->run_off + 1, &kernel);
	a = insn_texts_at(&build, r->place->pre_off);
	b = insn_texts_at(&kernel, r->place->run_off);
	ret = a && b && a->len == b->len && same_but_numbers(a->text, b->text);
	for (unsigned i = 0; i < r->nr_wrong && ret; i++)
		ret = insn_texts_at(&build, r->wrong[i]) == a;
	insn_texts_free(&build);
	insn_texts_free(&kernel);
	return ret;
}

static char *few_bytes(const struct repair *r, const struct kernel_memory *km)
{
	_cleanup_free_ char *how_many = xasprintf("%u of the function's %" PRIu64 " bytes %s", r->nr_wrong, r->pre->size,
						  r->nr_wrong > 1 ? "differ" : "differs");

	if (in_one_constant(r, km))
		return xasprintf("%s, all of it in the constant of one instruction: this line of the source has another value, directly or "
				 "by a macro or an option; or the image was changed after it was built", how_many);
	return xasprintf("%s, and all else is the same, to the length of each instruction and where each jump goes: the image is "
			 "damaged, or was changed after it was built (compare it with its package), or this very line of the "
			 "source is another version's", how_many);
}

/* libopcodes says "(bad)" of what is no instruction. */
static char *no_instruction(const struct kernel_memory *km, const struct om_arch *arch, const struct offline_place *place)
{
	struct insn_texts kernel = INSN_TEXTS_INIT;
	const struct insn_text *at;
	bool bad;

	insn_texts_of_kernel(km, arch, place->addr, place->run_off + 1, &kernel);
	at = insn_texts_at(&kernel, place->run_off);
	bad = !at || strstr(at->text, "(bad)");
	insn_texts_free(&kernel);
	return bad ? xasprintf("what the kernel has at +0x%x is no instruction: the image is damaged, or was written over",
			       place->run_off) : NULL;
}

struct cause cause_of_place(const struct kernel_memory *km, const struct om_span *pre, const struct offline_place *place)
{
	struct repair r = {.place = place, .pre = pre};
	char *text;
	bool bytes;

	/* How it looks when somebody has traced a function, replaced it or set a breakpoint is known of x86_64 only. */
	if (pre->obj->arch->machine != EM_X86_64)
		return (struct cause){NULL, false};
	text = traced(km, pre, place);
	text = text ?: replaced(km, pre, place);
	if (text)
		return (struct cause){text, true};
	bytes = repair(&r, km);
	if (bytes && r.nr_breakpoints == r.nr_wrong)
		return (struct cause){breakpoints(&r), true};
	text = no_instruction(km, pre->obj->arch, place);
	return (struct cause){text ?: bytes ? few_bytes(&r, km) : NULL, false};
}

/* Another compiler than the one that the banner names; only its version counts, as for the configuration's (kernel.c). */
static void other_compiler(const struct create *c, struct strv *ret)
{
	const struct kernel *k = &c->kernel;
	_cleanup_free_ char *theirs = banner_compiler(k->banner);

	if (theirs && strchr(theirs, ' ') && strchr(k->cc_version, ' ') && !kconfig_same_compiler(theirs, k->cc_version, *k->cross))
		strv_addf(ret, "the image was compiled by %s, and here is %s: the configuration is not the image's either, since it "
			       "names this one", theirs, k->cc_version);
}

static struct error *other_version(const struct create *c, struct strv *ret)
{
	_cleanup_free_ char *major_minor = NULL, *ours = NULL, *theirs = NULL;
	struct error *err = kernel_source_version(&c->kernel, &major_minor, &ours);

	if (err)
		return err;
	theirs = banner_version(c->kernel.banner, major_minor);
	if (theirs && strcmp(theirs, ours))
		strv_addf(ret, "the image was made from Linux %s (by its banner), and %s is the source of %s", theirs,
			  c->kernel.source, ours);
	return NULL;
}

static void how_much(const struct offline_seen *seen, struct strv *ret)
{
	unsigned all = 0, differ = 0;

	for (u32 i = 0; i < seen->h->nr_spans; i++) {
		const struct runpre_span *span = &runpre_spans(seen->h)[i];

		if ((span->flags & RUNPRE_SPAN_DATA) || !(span->flags & RUNPRE_SPAN_REQUIRED))
			continue;
		all++;
		differ += seen->work->spans[i].ret == RUNPRE_DIFFERS;
	}
	if (differ >= 3 && differ * 3 >= all)
		strv_addf(ret, "%u of %u functions differ, which is too much for one place in the source: a header or an option "
			       "of the configuration is another, or the compiler", differ, all);
	else if (!ret->n && all - differ >= 5 && differ * 4 <= all)
		strv_addf(ret, "%u of %u functions are the same, so compiler and configuration are the kernel's: look at what is told "
			       "of the others", all - differ, all);
}

struct error *cause_of_all(const struct create *c, const struct offline_seen *seen, struct strv *ret)
{
	struct error *err;

	other_compiler(c, ret);
	err = other_version(c, ret);
	how_much(seen, ret);
	return err;
}
