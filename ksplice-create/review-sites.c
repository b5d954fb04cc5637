// SPDX-License-Identifier: GPL-2.0-or-later
/* Where a replaced function is hooked, and what the kernel itself writes near there. */
#include "ksplice-create/review-page.h"

#include "objmanip/arch.h"
#include "objmanip/hook.h"
#include "objmanip/special.h"

#define NEAR 32	/* bytes from the function's start on, in which all sites are told */

/* What the entry says about its place, for who reads the code; NULL: nothing that anybody writes to. */
static const char *site_name(const struct om_entry *e)
{
	switch (e->table->kind) {
	case OM_TABLE_MCOUNT: return "ftrace entry";
	case OM_TABLE_ALT: return "alternative";
	case OM_TABLE_PARA: return "paravirt call";
	case OM_TABLE_JUMP: return "jump label";
	case OM_TABLE_STATIC_CALL: return "static call";
	case OM_TABLE_LOCK: return "lock prefix";
	case OM_TABLE_RETPOLINE: return "retpoline";
	case OM_TABLE_RETURN: return "return thunk";
	case OM_TABLE_CALL: return "call site";
	case OM_TABLE_RUNTIME_PTR:
	case OM_TABLE_RUNTIME_SHIFT: return "constant written at boot";
	default: return NULL;
	}
}

/* Of entries at no place that is written, what they mean there. */
static const char *entry_name(const struct om_entry *e)
{
	switch (e->table->kind) {
	case OM_TABLE_BUG: return "warning or bug";
	case OM_TABLE_EX: return "may fault (exception table)";
	default: return site_name(e);
	}
}

/* Pre code that is replaced. */
static bool is_hooked(const struct om_span *span)
{
	return !span->carried && !span->part_of && span->verdict == OM_CHANGED;
}

void review_mark_sites(struct page *p, const struct om_span *span, uint32_t off, uint32_t len)
{
	struct om_hook hook;
	struct om_no_hook why;
	const char *last = NULL;

	/* The hook is on what runs. */
	if (is_hooked(span) && om_hook_place(span, &hook, &why) && hook.off < off + len && off < hook.off + hook.len)
		html_element(&p->h, "b", "mark", hook.ftrace ? "hook, by ftrace" : "hook");
	for (size_t i = 0; i < span->nr_entries; i++) {
		const struct om_entry *e = &span->entries[i];
		const char *name = entry_name(e);

		if (!name || name == last || e->code_off < off || e->code_off >= off + len)
			continue;
		html_element(&p->h, "b", "mark", name);
		last = name;
	}
}

static void hook_sentence(struct page *p, const struct om_span *pre)
{
	int ftrace = pre->obj->arch->ftrace_offset(pre);
	struct om_no_hook why;
	struct om_hook hook;

	html_begin(&p->h, "p", NULL);
	if (!om_hook_place(pre, &hook, &why))
		html_textf(&p->h, "No place for a hook: %s", why.what ? "it would lie over what the kernel rewrites." : "too short.");
	else if (!hook.ftrace)
		html_textf(&p->h, "Hook: a jump in bytes +0x%x to +0x%x, %s.", hook.off, hook.off + hook.len - 1,
			   ftrace < 0 ? "at its first instruction, as it has no ftrace entry" : "behind the ftrace entry");
	else if (why.what)
		html_textf(&p->h, "Hook: a callback of ftrace's at +0x%x, since %s at +0x%x is where a jump would go.", hook.off,
			   why.what, why.entry->code_off);
	else
		html_textf(&p->h, "Hook: a callback of ftrace's at +0x%x, since there is no room for a jump behind it.", hook.off);
	html_end(&p->h);
}

static void site_row(struct page *p, const struct om_entry *e, const char *name)
{
	html_begin(&p->h, "tr", NULL);
	html_elementf(&p->h, "td", "number", "+0x%x", e->code_off);
	html_begin(&p->h, "td", NULL);
	html_text(&p->h, name);
	if (e->table->kind == OM_TABLE_ALT) {
		struct om_alternative alt;

		om_entry_alternative(e, &alt);
		html_textf(&p->h, ": %u bytes, replaced by %u", alt.instrlen, alt.repllen);
	}
	html_end(&p->h);
	html_element(&p->h, "td", NULL, e->section->name);
	html_end(&p->h);
	html_raw(&p->h, "\n");
}

/* How many sites there are, and of these, near the function's start. */
static size_t count_sites(const struct om_span *pre, size_t *near)
{
	size_t all = 0;

	*near = 0;
	for (size_t i = 0; i < pre->nr_entries; i++) {
		all += site_name(&pre->entries[i]) != NULL;
		*near += site_name(&pre->entries[i]) && pre->entries[i].code_off < NEAR;
	}
	return all;
}

void review_sites(struct page *p, const struct review_function *f)
{
	static const char *const heads[] = {"Place", "What the kernel may write there", "Table"};
	const struct om_span *pre = f->post->twin;
	size_t near, all = count_sites(pre, &near);

	hook_sentence(p, pre);
	if (near) {
		page_table(p, "sites", "Sites near the hook", heads, ARRAY_SIZE(heads));
		html_begin(&p->h, "tbody", NULL);
		for (size_t i = 0; i < pre->nr_entries; i++)
			if (site_name(&pre->entries[i]) && pre->entries[i].code_off < NEAR)
				site_row(p, &pre->entries[i], site_name(&pre->entries[i]));
		html_end(&p->h);
		page_table_end(p);
	}
	if (all > near)
		html_elementf(&p->h, "p", NULL, "Farther on, %zu more; each is marked in the code below.", all - near);
}
