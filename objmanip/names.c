// SPDX-License-Identifier: GPL-2.0-or-later
/* Reads what names that the compiler and macros made say about a span. */
#include "objmanip/names.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "objmanip/sections.h"

static bool starts_with(const char *s, const char *prefix)
{
	return !strncmp(s, prefix, strlen(prefix));
}

/*
 * __UNIQUE_ID() appends __COUNTER__ (include/linux/compiler-gcc.h); the name of an initcall has __COUNTER__ and
 * __LINE__ in its middle: __initcall__kmod_proc__228_23_proc_cmdline_init5 (include/linux/init.h).
 */
static bool numbers_anywhere(const char *name)
{
	return starts_with(name, "__UNIQUE_ID_") || starts_with(name, "__initcall__") ||
	       starts_with(name, "__initstub__");
}

/* Length of ".123" at @s if a dot or the end follows; else 0. */
static size_t number_part(const char *s)
{
	size_t len = 1;

	if (*s != '.' || !isdigit((unsigned char)s[1]))
		return 0;
	while (isdigit((unsigned char)s[len]))
		len++;
	return !s[len] || s[len] == '.' ? len : 0;
}

/* __BTF_ID__struct__bpf_local_storage_map__664311: __COUNTER__ and __LINE__ at the end (include/linux/btf_ids.h). */
static size_t without_end(const char *name)
{
	size_t len = strlen(name);

	if (starts_with(name, "__BTF_ID__"))
		while (isdigit((unsigned char)name[len - 1]))
			len--;
	return len;
}

char *om_name_plain(const char *name)
{
	const char *end = name + without_end(name);
	bool anywhere = numbers_anywhere(name);
	char *plain = malloc(strlen(name) + 1), *out = plain;

	if (!plain)
		return NULL;
	while (name < end) {
		size_t skip = anywhere ? isdigit((unsigned char)*name) != 0 : number_part(name);

		if (skip)
			name += skip;
		else
			*out++ = *name++;
	}
	*out = 0;
	return plain;
}

bool om_name_numbered(const char *name)
{
	if (numbers_anywhere(name) || without_end(name) != strlen(name))
		return true;
	for (; *name; name++)
		if (number_part(name))
			return true;
	return false;
}

size_t om_name_root_len(const char *name)
{
	return strcspn(name, ".");
}

/* A name of the list, alone or with ".NUMBER" behind it. */
static bool is_one_of(const char *name, const char *const *list, size_t nr)
{
	for (size_t i = 0; i < nr; i++) {
		size_t len = strlen(list[i]);

		if (!strncmp(name, list[i], len) && (!name[len] || number_part(name + len) == strlen(name + len)))
			return true;
	}
	return false;
}

bool om_by_content(const struct om_span *span)
{
	static const char *const names[] = {
		"__func__", "__FUNCTION__", "__PRETTY_FUNCTION__",
		"CSWTCH",		/* gcc's tree-switch-conversion.cc */
		"__msg",		/* NL_SET_ERR_MSG, include/linux/netlink.h */
	};

	switch (span->section->class) {
	case OM_CLASS_STRINGS:
	case OM_CLASS_CONSTS:
	case OM_CLASS_REPLACEMENT:
		return true;
	case OM_CLASS_TEXT:
		/* Ends that several functions of a .S file jump to: .Lbad_get_user_clac of arch/x86/lib/getuser.S. */
		return !span->symbol;
	case OM_CLASS_RODATA:
		return !span->symbol ||
		       (span->symbol->bind == STB_LOCAL && is_one_of(span->name, names, sizeof(names) / sizeof(names[0])));
	case OM_CLASS_DATA:
		/* One more copy means one more report. */
		return !span->symbol && om_section_ubsan(span->section);
	default:
		return false;
	}
}

bool om_macro_static(const struct om_span *span)
{
	static const char *const names[] = {
		"__already_done",	/* DO_ONCE_LITE, include/linux/once_lite.h */
		"__print_once",		/* printk_once before 5.15 */
		"__warned", "__warn_once",
		"_rs",			/* printk_ratelimited, include/linux/printk.h */
		"__key", "__wq_key",	/* lock classes: mutex_init(), include/linux/mutex.h */
	};

	return span->symbol && is_one_of(span->name, names, sizeof(names) / sizeof(names[0]));
}

bool om_debug_descriptor(const struct om_span *span)
{
	return !strcmp(span->section->name, "__dyndbg");
}

static const char *describe_string(const struct om_reloc *rel, char *buf, size_t size)
{
	const struct om_span *s = rel->target;
	size_t n = 0;

	if (size)
		buf[n++] = '"';
	for (const char *p = om_string(s) + rel->target_off; *p && n + 6 < size; p++) {
		if (isprint((unsigned char)*p) && *p != '"' && *p != '\\')
			buf[n++] = *p;
		else
			n += snprintf(buf + n, size - n, "\\x%02x", (unsigned char)*p);
	}
	snprintf(buf + n, size - n, "\"");
	return buf;
}

const char *om_describe_target(const struct om_reloc *rel, char *buf, size_t size)
{
	const struct om_span *s = rel->target;

	if (s && s->section->class == OM_CLASS_STRINGS && s->section->entsize == 1 && rel->target_off >= 0 &&
	    (uint64_t)rel->target_off < s->size && size > 8)
		return describe_string(rel, buf, size);
	if (!s && rel->sym->section)
		snprintf(buf, size, "section %s", rel->sym->section->name);
	else if (rel->target_off > 0)
		snprintf(buf, size, "%s+0x%" PRIx64, s ? s->name : rel->sym->name, rel->target_off);
	else if (rel->target_off < 0)
		snprintf(buf, size, "%s-0x%" PRIx64, s ? s->name : rel->sym->name, -rel->target_off);
	else
		snprintf(buf, size, "%s", s ? s->name : rel->sym->name);
	return buf;
}
