/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the kernel core offers to the modules of an update.
 *
 * An update brings, per target, a match module (pre code as match data, unloaded after use) and a code module
 * (post code of the changed functions).  Both are ordinary modules that ksplice-create builds around generated
 * data; kmodsrc/update/match-main.c and code-main.c are their whole C source.
 *
 * The core exports nothing in the usual way: it publishes these functions under the names given here, together
 * with the symbols that matching discovers, in a table of its own (kmodsrc/publish.c).  So they need no CRCs.
 */
#ifndef KSPLICE_H
#define KSPLICE_H

#include <linux/types.h>

#include "ksplice-abi.h"
#include "ksplice-patch.h"

/* Under these names the core publishes the functions below. */
#define ksplice_match_load	KSPLICE_ABI_NAME(match_load)
#define ksplice_match_unload	KSPLICE_ABI_NAME(match_unload)
#define ksplice_code_load	KSPLICE_ABI_NAME(code_load)
#define ksplice_code_unload	KSPLICE_ABI_NAME(code_unload)

struct module;

/* One replaced function, in the code module's section .ksplice_replacements; made by objmanip/emit-tables.c. */
struct ksplice_replacement {
	unsigned long	old;	/* relocated against the published symbol of the replaced function: its entry,
				 * as matched (for a function that is already replaced: the newest replacement) */
	unsigned long	new;	/* entry of the replacement, in the code module */
	const char	*name;	/* in the code module's .rodata */
};

/* One of the author's hooks (ksplice-patch.h), in section .ksplice_author_hooks; in the order of docs/authoring.md. */
struct ksplice_author_hook {
	unsigned int	phase;		/* enum ksplice_phase */
	unsigned int	reserved;	/* 0 */
	union ksplice_author_hook_function fn;	/* in the code module */
	const char	*name;		/* of the function; in the code module's .rodata */
};

/* One object that is changed in place, in section .ksplice_data. */
struct ksplice_data {
	unsigned long	addr;		/* relocated against the published symbol of the object, as matched */
	const void	*contents;	/* what comes there: @size bytes in the code module, relocated by the loader */
	const char	*name;		/* in the code module's .rodata */
	unsigned long	size;
};

/* How many updates one stop of the machine may apply and reverse. */
#define KSPLICE_MAX_MOVES	128

/* Static data in the match module; it outlives the call of the functions below. */
struct ksplice_match_module {
	struct module	*module;	/* THIS_MODULE of the match module */
	const void	*data;		/* match data, see runpre.h; 8-aligned */
	size_t		size;		/* bytes */
	/*
	 * Ids of updates that are to be applied in one stop with this one, before it: match as if they were.  The same for all
	 * targets of an update.
	 */
	char *const	*upon;
	unsigned int	nr_upon;	/* up to KSPLICE_MAX_MOVES */
	/* Ids of updates that are to be reversed in one stop with this one: match as if they had not been applied. Likewise. */
	char *const	*instead;
	unsigned int	nr_instead;
};

/* Static data in the code module; lives as long as the module. */
struct ksplice_code_module {
	struct module	*module;	/* THIS_MODULE of the code module */
	const char	*id;		/* the update's id */
	const char	*target;	/* as in the match data */
	const struct ksplice_replacement *replacements;
	size_t		nr_replacements;
	const struct ksplice_author_hook *author_hooks;
	size_t		nr_author_hooks;
	const struct ksplice_data *data;
	size_t		nr_data;
};

/*
 * Called by a match module's init.  Finds or creates the update, checks the match data, matches, and publishes
 * the symbols that the code module of this target needs.  Process context, may sleep.
 * 0; -EBADMSG (match data malformed), -ENOEXEC (run code is not pre code), -ENOENT (target not loaded),
 * -EEXIST (this target of the update is known already), -EBUSY (update already applied), -ENOMEM.
 * The reason is in the update's abort_cause and abort_detail, which stay until the update is tried again.
 */
int ksplice_match_load(const struct ksplice_match_module *mm);
/* Called by a match module's exit: forgets the match data; what was discovered stays with the update. */
void ksplice_match_unload(const struct ksplice_match_module *mm);

/*
 * Called by a code module's init: checks that each replacement names a function of the update that matched and is to be
 * replaced, exactly once each; likewise the data; and that the author's hooks are functions of the module.  Nothing is written
 * yet: that is the write of "applied" to the update's stage.
 * 0; -ENOENT (no such update or target), -EINVAL (replacements or data and match data disagree), -EEXIST, -ENOMEM.
 */
int ksplice_code_load(const struct ksplice_code_module *cm);
/* Called by a code module's exit, possible only when not applied (the core holds a reference while it is).
 * The update is forgotten with its last module. */
void ksplice_code_unload(const struct ksplice_code_module *cm);

#endif
