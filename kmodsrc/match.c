// SPDX-License-Identifier: GPL-2.0-only
/* Run-pre matching of one target in the running kernel: what the matcher in runpre/ needs, and what is kept of its result. */
#include <linux/ctype.h>
#include <linux/ktime.h>
#include <linux/mm.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/uaccess.h>

#include "compat.h"
#include "core.h"
#include "runpre/runpre.h"
#include "symbols.h"
#include "writes.h"

/* More than any patch changes; keeps check_splices_distinct() short. */
#define MAX_SPLICES 8192

/* All of one match that is gone when it is over. */
struct match {
	struct ksplice_target *target;
	const struct runpre_header *h;
	const struct runpre_sym *syms;
	const struct runpre_span *spans;
	struct ksplice_candidates candidates;
	struct runpre_work work;
	struct ksplice_writes as_if;	/* what will be in memory when the update is applied */
};

static const char *sym_name(const struct match *m, u32 sym)
{
	if (sym >= m->h->nr_syms || !m->syms[sym].name)
		return "?";
	return runpre_string(m->h, m->syms[sym].name);
}

static const char *span_name(const struct match *m, u32 span)
{
	return sym_name(m, m->spans[span].sym);
}

/* A fault shows an unmapped page as a whole, so page by page nothing readable is missed. */
static size_t read_memory(void *ctx, u64 addr, void *buf, size_t len)
{
	const struct match *m = ctx;
	size_t done = 0, part;

	cond_resched();
	/* Held by whoever rewrites a site or sets a probe, so that none is seen half done. */
	ksplice_arch_text_lock();
	while (done < len) {
		part = min_t(size_t, len - done, PAGE_SIZE - offset_in_page(addr + done));
		if (!ksplice_arch_readable(addr + done) || !ksplice_arch_readable(addr + done + part - 1))
			break;
		if (copy_from_kernel_nofault(buf + done, (void *)(unsigned long)(addr + done), part))
			break;
		done += part;
	}
	ksplice_arch_show_original(addr, buf, done);
	ksplice_arch_text_unlock();
	ksplice_writes_show(&m->as_if, addr, buf, done);
	return done;
}

static u64 newest(void *ctx, u64 addr)
{
	return ksplice_newest(ksplice_arch_through_thunk(addr));
}

static u64 oldest(void *ctx, u64 addr)
{
	return ksplice_oldest(ksplice_arch_through_thunk(addr));
}

static bool carried(void *ctx, u64 addr)
{
	return ksplice_code_at(addr);
}

static int work_alloc(struct match *m)
{
	const struct runpre_header *h = m->h;
	struct runpre_work *w = &m->work;

	/* kvmalloc_array() warns about more than INT_MAX bytes (mm/util.c, 6.1): runpre_check() keeps us below. */
	w->syms = kvcalloc((size_t)h->nr_syms + 1, sizeof(*w->syms), GFP_KERNEL);
	w->spans = kvcalloc((size_t)h->nr_spans + 1, sizeof(*w->spans), GFP_KERNEL);
	w->log = kvmalloc_array((size_t)h->max_binds + 1, sizeof(*w->log), GFP_KERNEL);
	w->labels = kvmalloc_array((size_t)h->max_labels + 1, sizeof(*w->labels), GFP_KERNEL);
	w->buf = kvmalloc((size_t)h->max_run + 1, GFP_KERNEL);
	return w->syms && w->spans && w->log && w->labels && w->buf ? 0 : -ENOMEM;
}

static void work_free(struct runpre_work *w)
{
	kvfree(w->syms);
	kvfree(w->spans);
	kvfree(w->log);
	kvfree(w->labels);
	kvfree(w->buf);
}

/* Nothing from match data gets into a message or a file that could be taken for more than one word. */
static bool is_word(const char *s)
{
	for (; *s; s++)
		if (!isascii(*s) || !isgraph(*s))
			return false;
	return true;
}

static bool strings_are_words(const struct match *m)
{
	u32 i;

	for (i = 0; i < m->h->nr_syms; i++)
		if (!is_word(runpre_string(m->h, m->syms[i].name)) || !is_word(runpre_string(m->h, m->syms[i].publish)))
			return false;
	for (i = 0; i < m->h->nr_spans; i++)
		if (!is_word(runpre_string(m->h, m->spans[i].unit)))
			return false;
	return true;
}

static bool shows_addresses(const struct runpre_fault *f)
{
	return f->op == RUNPRE_OP_RELOC || f->op == RUNPRE_OP_JUMPSYM || f->sym != (u32)-1;
}

static int fail_no_match(struct match *m, u32 span)
{
	struct ksplice_update *u = m->target->update;
	const struct runpre_span_result *r = &m->work.spans[span];
	const struct runpre_fault *f = &r->fault;
	/* An update that is applied and has replaced the function: what was compared is its code. */
	const struct ksplice_target *by = ksplice_code_at(r->fault_addr);
	char *buf = kmalloc(2 * KSYM_SYMBOL_LEN, GFP_KERNEL);
	const char *expected = "?", *found = "?";
	int err;

	if (buf && shows_addresses(f)) {
		expected = ksplice_symbolise(f->expected, buf);
		found = ksplice_symbolise(f->found, buf + KSYM_SYMBOL_LEN);
	} else if (buf) {
		snprintf(buf, KSYM_SYMBOL_LEN, "0x%02llx", f->expected & 0xff);
		snprintf(buf + KSYM_SYMBOL_LEN, KSYM_SYMBOL_LEN, "0x%02llx", f->found & 0xff);
		expected = buf;
		found = buf + KSYM_SYMBOL_LEN;
	}
	err = ksplice_fail(u, KSPLICE_NO_MATCH, -ENOEXEC,
			   "unit=%s function=%s update=%s pre_offset=0x%x run_offset=0x%x op=%s site=%s expected=%s found=%s symbol=%s result=%s",
			   runpre_string(m->h, m->spans[span].unit), span_name(m, span), by ? by->update->id : "-", f->pre_off, f->run_off,
			   runpre_op_name(f->op), f->site == 0xff ? "-" : runpre_site_name(f->site), expected, found,
			   f->sym == (u32)-1 ? "-" : sym_name(m, f->sym), runpre_ret_name(r->ret));
	kfree(buf);
	return err;
}

/* Data whose contents are replaced in place. */
static bool is_object(const struct match *m, u32 i)
{
	return (m->spans[i].flags & RUNPRE_SPAN_REPLACE) && (m->spans[i].flags & RUNPRE_SPAN_DATA);
}

static int fail_resolve(struct match *m, enum runpre_ret ret, u32 span, u32 sym)
{
	struct ksplice_update *u = m->target->update;
	bool of_span = span < m->h->nr_spans;
	const char *unit = of_span ? runpre_string(m->h, m->spans[span].unit) : "-";
	const char *function = of_span ? span_name(m, span) : "-";

	switch (ret) {
	case RUNPRE_DIFFERS:
	case RUNPRE_UNREADABLE:
		/* Code is as it was built; what data holds, the kernel itself may have changed. */
		if (of_span && is_object(m, span))
			return ksplice_fail(u, KSPLICE_DATA_CHANGED, -ENOEXEC, "unit=%s data=%s by=unknown", unit, function);
		if (of_span)
			return fail_no_match(m, span);
		return ksplice_fail(u, KSPLICE_NO_MATCH, -ENOEXEC, "symbol=%s result=%s", sym_name(m, sym),
				    runpre_ret_name(ret));
	case RUNPRE_AMBIGUOUS:
		return ksplice_fail(u, KSPLICE_AMBIGUOUS, -ENOEXEC, "unit=%s function=%s symbol=%s", unit, function,
				    of_span ? span_name(m, span) : sym_name(m, sym));
	case RUNPRE_NOT_FOUND:
	case RUNPRE_UNDECIDED:
		if (of_span && sym >= m->h->nr_syms)
			sym = m->spans[span].sym;
		return ksplice_fail(u, KSPLICE_FAILED_TO_FIND, -ENOEXEC, "symbol=%s unit=%s function=%s",
				    sym_name(m, sym), unit, function);
	case RUNPRE_SEALED:
		return ksplice_fail(u, KSPLICE_NO_MATCH, -ENOEXEC, "symbol=%s result=%s", sym_name(m, sym),
				    runpre_ret_name(ret));
	default:
		return ksplice_fail(u, KSPLICE_BAD_MATCH_DATA, -EBADMSG, NULL);
	}
}

static bool is_splice(const struct match *m, u32 i)
{
	const struct runpre_span *s = &m->spans[i];

	if (s->flags & RUNPRE_SPAN_PART)
		return m->spans[s->part_of].flags & RUNPRE_SPAN_REPLACE;
	return (s->flags & RUNPRE_SPAN_REPLACE) && !(s->flags & RUNPRE_SPAN_DATA);
}

/* Text of the target itself, or of a code module that is applied to it. */
static bool is_text_of(const struct ksplice_target *t, unsigned long addr, u32 len)
{
	struct ksplice_target *by = ksplice_code_at(addr);
	const struct module *mod = by ? by->code : t->module;
	unsigned long last = addr + len - 1;
	unsigned long start;

	if (by && (!by->update->in_force || by->module != t->module))
		return false;
	if (!mod)
		return kernel_call(ksplice_core_kernel_text)(addr) && kernel_call(ksplice_core_kernel_text)(last);
	start = compat_text_start(mod);
	return addr >= start && last >= addr && last - start < compat_text_size(mod);
}

static int splice_make(struct match *m, u32 i, struct ksplice_splice *s)
{
	const struct runpre_span *span = &m->spans[i];
	const struct runpre_span_result *r = &m->work.spans[i];
	/* The code that is there may be another update's, with its hook elsewhere than in the kernel's. */
	const struct runpre_span *code = &m->spans[r->ret == RUNPRE_OK ? r->program : i];
	struct ksplice_update *u = m->target->update;
	u32 hook_len = code->flags & RUNPRE_SPAN_FTRACE ? KSPLICE_FTRACE_LEN : KSPLICE_HOOK_LEN;

	/* A part that was not found could have a task in it. */
	if (r->ret != RUNPRE_OK || !r->addr || !r->run_len)
		return fail_no_match(m, i);
	s->addr = r->addr;
	s->len = r->run_len;
	s->part = span->flags & RUNPRE_SPAN_PART;
	s->ftrace = code->flags & RUNPRE_SPAN_FTRACE;
	s->hook_off = code->hook_off;
	s->name = kstrdup(span_name(m, i), GFP_KERNEL);
	s->unit = kstrdup(runpre_string(m->h, span->unit), GFP_KERNEL);
	if (!s->name || !s->unit)
		return ksplice_fail(u, KSPLICE_OUT_OF_MEMORY, -ENOMEM, NULL);
	if (!is_text_of(m->target, s->addr, s->len))
		return ksplice_fail(u, KSPLICE_NO_MATCH, -ENOEXEC, "unit=%s function=%s result=not_text_of_target",
				    s->unit, s->name);
	if (s->part)
		return 0;
	if (code->hook_len != hook_len || s->hook_off + hook_len > s->len)
		return ksplice_fail(u, KSPLICE_BAD_MATCH_DATA, -EBADMSG, "unit=%s function=%s hook_offset=%u length=%u",
				    s->unit, s->name, s->hook_off, s->len);
	if (read_memory(m, s->addr + s->hook_off, s->old, hook_len) != hook_len)
		return fail_no_match(m, i);
	return 0;
}

static int splices_make(struct match *m)
{
	struct ksplice_target *t = m->target;
	size_t nr = 0;
	u32 i;
	int err;

	for (i = 0; i < m->h->nr_spans; i++)
		nr += is_splice(m, i);
	if (nr > MAX_SPLICES)
		return ksplice_fail(t->update, KSPLICE_BAD_MATCH_DATA, -EBADMSG, "functions=%zu", nr);
	t->splices = kvcalloc(nr + 1, sizeof(*t->splices), GFP_KERNEL);
	if (!t->splices)
		return ksplice_fail(t->update, KSPLICE_OUT_OF_MEMORY, -ENOMEM, NULL);
	for (i = 0; i < m->h->nr_spans; i++) {
		if (!is_splice(m, i))
			continue;
		err = splice_make(m, i, &t->splices[t->nr_splices++]);
		if (err)
			return err;
	}
	return 0;
}

static int objects_make(struct match *m)
{
	struct ksplice_target *t = m->target;
	size_t nr = 0;
	u32 i;
	int err = 0;

	for (i = 0; i < m->h->nr_spans; i++)
		nr += is_object(m, i);
	if (nr > MAX_SPLICES)
		return ksplice_fail(t->update, KSPLICE_BAD_MATCH_DATA, -EBADMSG, "data=%zu", nr);
	t->objects = kvcalloc(nr + 1, sizeof(*t->objects), GFP_KERNEL);
	if (!t->objects)
		return ksplice_fail(t->update, KSPLICE_OUT_OF_MEMORY, -ENOMEM, NULL);
	for (i = 0; i < m->h->nr_spans && !err; i++) {
		const struct runpre_span_result *r = &m->work.spans[i];

		if (!is_object(m, i))
			continue;
		if (r->ret != RUNPRE_OK)
			return fail_no_match(m, i);
		err = ksplice_object_add(t, runpre_string(m->h, m->spans[i].unit), span_name(m, i), r->addr, r->run_len);
		if (!err)
			ksplice_writes_show(&m->as_if, r->addr, t->objects[t->nr_objects - 1].old, r->run_len);
	}
	return err;
}

/* Two functions of an update at one address, as hostile match data may have it, would be hooked twice. */
static int check_splices_distinct(struct ksplice_update *u, const struct ksplice_target *t)
{
	struct ksplice_target *other;
	size_t i, k;

	list_for_each_entry(other, &u->targets, list)
		for (i = 0; i < t->nr_splices; i++)
			for (k = 0; k < other->nr_splices; k++)
				if (&t->splices[i] != &other->splices[k] && !t->splices[i].part &&
				    t->splices[i].addr == other->splices[k].addr)
					return ksplice_fail(u, KSPLICE_BAD_MATCH_DATA, -EBADMSG, "function=%s twice=%s",
							    t->splices[i].name, other->splices[k].name);
	return 0;
}

static unsigned long published_value(const struct match *m, u32 i)
{
	const struct runpre_sym_result *r = &m->work.syms[i];

	return m->syms[i].flags & RUNPRE_SYM_ROOT ? r->root : r->value;
}

static int depend_on(struct match *m, unsigned long addr)
{
	struct ksplice_target *on = ksplice_code_at(addr);
	struct ksplice_update *u = m->target->update;
	int err;

	/* What is applied and undone with this goes at other times all the same, where it goes with its target. */
	if (on && (on->update == u || on->update == u->whole))
		err = ksplice_target_hold_target(m->target, on);
	else
		err = on ? ksplice_target_depend(m->target, on) : ksplice_target_hold(m->target, addr);
	if (err == -ENOMEM)
		return ksplice_fail(u, KSPLICE_OUT_OF_MEMORY, err, NULL);
	if (err && on && on->update != u && on->update != u->whole)
		return ksplice_fail(u, KSPLICE_DEPENDS, -ENOEXEC, "update=%s", on->update->id);
	if (err)
		return ksplice_fail(u, KSPLICE_MODULE_BUSY, -ENOEXEC, "module=going");
	return 0;
}

/*
 * This update stands on every other one whose code it was matched with (were that undone, then what runs would not be pre code) or
 * refers to, and on every module that it refers to.  The loader knows only that the code module needs the core.
 */
static int depends_make(struct match *m)
{
	u32 i;
	int err = 0;

	for (i = 0; i < m->h->nr_spans && !err; i++)
		if (m->work.spans[i].ret == RUNPRE_OK && ksplice_code_at(m->work.spans[i].addr))
			err = depend_on(m, m->work.spans[i].addr);
	for (i = 0; i < m->h->nr_syms && !err; i++)
		if (m->syms[i].publish && !(m->syms[i].flags & RUNPRE_SYM_PERCPU))
			err = depend_on(m, published_value(m, i));
	return err;
}

int ksplice_fail_publish(struct ksplice_update *u, int err)
{
	if (err == -ENOMEM)
		return ksplice_fail(u, KSPLICE_OUT_OF_MEMORY, err, NULL);
	if (err == -EEXIST)
		return ksplice_fail(u, KSPLICE_BAD_MATCH_DATA, -EBADMSG, "publish=duplicate_name");
	return ksplice_fail(u, KSPLICE_UNEXPECTED, -ENOEXEC, "publish=%s", err == -ENOSPC ? "table_full" : "out_of_range");
}

static int symbols_publish(struct match *m)
{
	struct ksplice_update *u = m->target->update;
	struct ksplice_symbol *syms;
	char prefix[sizeof("ks:") + KSPLICE_ID_MAX + 1];
	size_t len = scnprintf(prefix, sizeof(prefix), "ks:%s:", u->id);
	size_t nr = 0;
	u32 i;
	int err;

	syms = kvmalloc_array((size_t)m->h->nr_syms + 1, sizeof(*syms), GFP_KERNEL);
	if (!syms)
		return ksplice_fail(u, KSPLICE_OUT_OF_MEMORY, -ENOMEM, NULL);
	for (i = 0; i < m->h->nr_syms; i++) {
		const char *name = runpre_string(m->h, m->syms[i].publish);

		if (!m->syms[i].publish)
			continue;
		if (strncmp(name, prefix, len) || m->work.syms[i].state == RUNPRE_UNBOUND) {
			kvfree(syms);
			return ksplice_fail(u, KSPLICE_BAD_MATCH_DATA, -EBADMSG, "publish=%s", name);
		}
		syms[nr++] = (struct ksplice_symbol){ .name = name, .value = published_value(m, i) };
	}
	err = ksplice_publish(syms, nr, &m->target->publication);
	kvfree(syms);
	return err ? ksplice_fail_publish(u, err) : 0;
}

static int resolve(struct match *m)
{
	struct runpre_env env = { .ctx = m, .read = read_memory, .newest = newest, .oldest = oldest,
				  .paca = ksplice_arch_paca(), .carried = carried };
	u32 span = (u32)-1, sym = (u32)-1;
	enum runpre_ret ret;

	if (ksplice_candidates_collect(m->target, m->h, &m->candidates) || work_alloc(m))
		return ksplice_fail(m->target->update, KSPLICE_OUT_OF_MEMORY, -ENOMEM, NULL);
	env.cands = m->candidates.addrs;
	env.cand_first = m->candidates.first;
	ret = runpre_resolve(m->h, &env, &m->work, &span, &sym);
	return ret == RUNPRE_OK ? 0 : fail_resolve(m, ret, span, sym);
}

static int match_as_if(struct match *m)
{
	struct ksplice_target *t = m->target;
	int err = resolve(m);

	if (!err)
		err = splices_make(m);
	if (!err)
		err = check_splices_distinct(t->update, t);
	if (!err)
		err = objects_make(m);
	if (!err)
		err = depends_make(m);
	return err ? err : symbols_publish(m);
}

int ksplice_match(struct ksplice_target *t, const struct runpre_header *h)
{
	struct match m = { .target = t, .h = h, .syms = runpre_syms(h), .spans = runpre_spans(h) };
	u64 start = ktime_get_ns();
	int err = 0;

	if (!strings_are_words(&m))
		err = ksplice_fail(t->update, KSPLICE_BAD_MATCH_DATA, -EBADMSG, "strings=not_words");
	if (!err)
		err = ksplice_as_if_begin(t->update, &m.as_if);
	if (!err) {
		err = match_as_if(&m);
		ksplice_as_if_end();
	}
	ksplice_writes_free(&m.as_if);
	ksplice_candidates_free(&m.candidates);
	work_free(&m.work);
	t->update->match_ns += ktime_get_ns() - start;
	return err;
}
