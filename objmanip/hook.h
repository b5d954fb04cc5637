/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where a replaced function is hooked. */
#ifndef OBJMANIP_HOOK_H
#define OBJMANIP_HOOK_H

#include "objmanip/elf.h"

struct om_hook {
	unsigned off, len;	/* bytes from the function's start that the hook takes */
	bool ftrace;		/* a callback of ftrace's at its entry, instead of bytes of our own behind it */
};

/* Why there is no hook; NULLs: there is one. */
struct om_no_hook {
	const char *what;		/* what it would lie over, "a jump label"; NULL: there is no room for it */
	const struct om_entry *entry;	/* with @what: the place */
};

/* False: the function cannot be hooked, for what *@why says. */
bool om_hook_place(const struct om_span *pre, struct om_hook *ret, struct om_no_hook *why);

#endif
