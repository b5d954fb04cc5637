// SPDX-License-Identifier: GPL-2.0-or-later
#include "ksplice-create/definition-text.h"

#include <ctype.h>
#include <string.h>

#include "ksplice-create/layout-text.h"
#include "ksplice-create/util.h"

static bool in_word(char c)
{
	return isalnum((unsigned char)c) || c == '_';
}

/* The next @name from @from on that is a whole word; NULL: none. */
static const char *find_word(const char *text, const char *from, const char *name)
{
	size_t len = strlen(name);

	for (const char *p = strstr(from, name); p; p = strstr(p + len, name))
		if ((p == text || !in_word(p[-1])) && !in_word(p[len]))
			return p;
	return NULL;
}

static bool has(const char *start, const char *end, const char *text)
{
	size_t len = strlen(text);

	for (const char *p = start; p + len <= end; p++)
		if (!strncmp(p, text, len))
			return true;
	return false;
}

/* __weak, __weak__ and SYM_FUNC_START_WEAK() have it, "tweak" and "weak_barriers" are something else. */
static bool has_weak(const char *start, const char *end, const char *weak)
{
	for (const char *p = start; p + 4 <= end; p++) {
		bool begins = p == start || !isalnum((unsigned char)p[-1]);
		bool ends = !isalnum((unsigned char)p[4]) && (p[4] != '_' || !isalnum((unsigned char)p[5]));

		if (!strncmp(p, weak, 4) && begins && ends)
			return true;
	}
	return false;
}

static bool says_weak(const char *start, const char *end)
{
	return has_weak(start, end, "weak") || has_weak(start, end, "WEAK") || has(start, end, "COND_SYSCALL");
}

/* "(int i) __releases(x)\n{": the parameters of a definition. */
static bool is_defining(const char *p)
{
	int depth = 0;

	p += strspn(p, " \t\n");
	if (*p != '(')
		return false;
	for (; *p; p++) {
		depth += (*p == '(') - (*p == ')');
		if (depth < 0 || *p == ';' || *p == '=')
			return false;
		if (*p == '{')
			return !depth;
		if (!depth && *p != ')' && !in_word(*p) && !isspace((unsigned char)*p))
			return false;
	}
	return false;
}

/* From the statement's start to its body or end, whatever it is a part of. */
static enum definition classify(const char *text, const char *at, size_t len)
{
	const char *start = at, *end = at + strcspn(at, "{;");

	while (start > text && !strchr(";{}", start[-1]))
		start--;
	if (says_weak(start, end))
		return DEFINITION_WEAK;
	return is_defining(at + len) ? DEFINITION_STRONG : DEFINITION_NONE;
}

/* The linker's view of a line: SYM_FUNC_START_WEAK(foo), .weak foo, SYM_FUNC_START(foo). */
static enum definition classify_line(const char *text, const char *at)
{
	const char *start = at, *end = at + strcspn(at, "\n");

	while (start > text && start[-1] != '\n')
		start--;
	if (says_weak(start, end))
		return DEFINITION_WEAK;
	return has(start, end, "SYM_") || has(start, end, "ENTRY(") || has(start, end, ".glob") ? DEFINITION_STRONG : DEFINITION_NONE;
}

static enum definition look_for(const char *text, bool assembler, const char *name)
{
	enum definition found = DEFINITION_NONE;
	size_t len = strlen(name);

	for (const char *p = find_word(text, text, name); p && found != DEFINITION_WEAK; p = find_word(text, p + len, name)) {
		enum definition one = assembler ? classify_line(text, p) : classify(text, p, len);

		found = one != DEFINITION_NONE ? one : found;
	}
	return found;
}

/* COND_SYSCALL(foo) defines __x64_sys_foo and its like (kernel/sys_ni.c). NULL: the name is none of a system call. */
static const char *syscall_of(const char *name)
{
	static const char *const prefixes[] = {"__x64_sys_", "__ia32_sys_", "__ia32_compat_sys_", "__x64_compat_sys_"};

	for (size_t i = 0; i < ARRAY_SIZE(prefixes); i++)
		if (starts_with(name, prefixes[i]))
			return name + strlen(prefixes[i]);
	return NULL;
}

enum definition definition_text(const char *source, bool assembler, const char *name)
{
	const char *call = strstr(source, "COND_SYSCALL") ? syscall_of(name) : NULL;
	_cleanup_free_ char *text = NULL;
	enum definition found;

	if (!strstr(source, call ?: name))
		return DEFINITION_NONE;
	text = layout_without_comments(source);
	found = look_for(text, assembler, name);
	return found == DEFINITION_NONE && call && look_for(text, assembler, call) == DEFINITION_WEAK ? DEFINITION_WEAK : found;
}
