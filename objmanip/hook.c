// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Where a replaced function is hooked: behind its ftrace entry where that is possible, since it costs nothing and nobody sees it;
 * through ftrace where there is no room, or where the kernel rewrites these bytes itself.
 */
#include "objmanip/hook.h"

#include "objmanip/arch.h"

/* What the kernel rewrites in [at, at + len), or NULL. */
static const char *obstacle(const struct om_span *pre, uint32_t at, uint32_t len, const struct om_entry **ret)
{
	for (size_t i = 0; i < pre->nr_entries; i++) {
		const struct om_entry *e = &pre->entries[i];
		uint32_t n;
		const char *what = pre->obj->arch->rewritten(e, &n);

		if (!what || e->code_off >= at + len || e->code_off + n <= at)
			continue;
		*ret = e;
		return what;
	}
	return NULL;
}

bool om_hook_place(const struct om_span *pre, struct om_hook *ret, struct om_no_hook *why)
{
	const struct om_arch *arch = pre->obj->arch;
	int at = arch->hook_offset(pre);

	*why = (struct om_no_hook){ 0 };
	*ret = (struct om_hook){ .off = at, .len = arch->hook_len };
	if (at >= 0)
		why->what = obstacle(pre, at, arch->hook_len, &why->entry);
	if (at >= 0 && !why->what)
		return true;
	at = arch->ftrace_offset(pre);
	if (at < 0)
		return false;
	*ret = (struct om_hook){ .off = at, .len = arch->ftrace_len, .ftrace = true };
	return true;
}
