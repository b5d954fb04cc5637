// SPDX-License-Identifier: GPL-2.0-or-later
/* Tells line numbers, which change with every line added above them, from numbers that mean something. */
#include "objmanip/lines.h"

#include <string.h>

#include "objmanip/arch.h"

/* How far the arguments of a call are loaded before it, in instructions. */
#define WINDOW 6

/* Functions that do nothing with a line number but print it, after __FILE__. */
static const char *const printers[] = {
	"__warn_printk",		/* ASSERT_RTNL(), include/linux/rtnetlink.h */
	"__might_sleep", "__might_resched", "__might_fault",
	"lockdep_rcu_suspicious",
};

static bool is_printer(const struct om_reloc *rel)
{
	for (size_t i = 0; i < sizeof(printers) / sizeof(printers[0]); i++)
		if (!rel->target && om_is_undefined(rel->sym) && !strcmp(rel->sym->name, printers[i]))
			return true;
	return false;
}

/* "net/core/dev.c" */
static bool is_file_name(const struct om_reloc *rel)
{
	const struct om_span *s = rel->target;
	const char *text;
	size_t len;

	if (!s || s->section->class != OM_CLASS_STRINGS || s->section->entsize != 1 || rel->target_off != 0)
		return false;
	text = om_string(s);
	len = strlen(text);
	return len > 2 && text[len - 2] == '.' && (text[len - 1] == 'c' || text[len - 1] == 'h');
}

static const struct om_reloc *reloc_of(const struct om_span *span, const struct om_insn *insn)
{
	om_for_each_reloc(rel, span)
		if (rel->offset - span->start >= insn->off && rel->offset - span->start < insn->off + insn->len)
			return rel;
	return NULL;
}

/* Number @i is among instructions that do nothing but load a file name and other constants, and call one of the printers. */
static bool near_printer(const struct om_span *span, size_t i)
{
	const struct om_arch *arch = span->obj->arch;
	const uint8_t *code = om_bytes(span);
	const struct om_reloc *rel;
	bool file = false;
	size_t end = i, first = i;

	while (end < span->nr_insns && end - i < WINDOW &&
	       arch->loads_constant(code + span->insns[end].off, span->insns[end].len))
		end++;
	if (end == span->nr_insns)
		return false;
	while (first && i - first < WINDOW &&
	       arch->loads_constant(code + span->insns[first - 1].off, span->insns[first - 1].len))
		first--;
	for (size_t j = first; j < end; j++) {
		rel = reloc_of(span, &span->insns[j]);
		file |= rel && is_file_name(rel);
	}
	rel = reloc_of(span, &span->insns[end]);
	return file && rel && arch->reloc_branch(span, rel) && is_printer(rel);
}

/* Length of the text before ".c:123" or ".h:123" at its end, that suffix's letters included; or 0. */
static size_t before_line(const char *text)
{
	size_t len = strlen(text), digits = 0;

	while (digits < len && text[len - digits - 1] >= '0' && text[len - digits - 1] <= '9')
		digits++;
	len -= digits;
	if (!digits || len < 3 || text[len - 1] != ':' || text[len - 3] != '.' ||
	    (text[len - 2] != 'c' && text[len - 2] != 'h'))
		return 0;
	return len;
}

bool om_line_text(const char *pre, const char *post)
{
	size_t len = before_line(pre);

	return len && len == before_line(post) && !memcmp(pre, post, len);
}

bool om_line_byte(const struct om_span *pre, const struct om_span *post, uint64_t off)
{
	const struct om_insn *a = om_insn_at(pre, off), *b = om_insn_at(post, off);
	unsigned skip;

	if (!a || !b || a->off != b->off || a->len != b->len)
		return false;
	skip = pre->obj->arch->argument_field(om_bytes(pre) + a->off, a->len);
	return skip && !memcmp(om_bytes(pre) + a->off, om_bytes(post) + b->off, skip) && off - a->off >= skip &&
	       near_printer(pre, a - pre->insns) && near_printer(post, b - post->insns);
}
