// SPDX-License-Identifier: GPL-2.0-or-later
/* Words for what the matcher says in numbers. */
#include "runpre.h"

static const char *name_of(const char *const *names, u32 n, u32 i)
{
	return i < n && names[i] ? names[i] : "unknown";
}

#define NAME_OF(names, i) name_of(names, sizeof(names) / sizeof((names)[0]), i)

const char *runpre_ret_name(enum runpre_ret ret)
{
	static const char *const names[] = {
		[RUNPRE_OK] = "ok",
		[RUNPRE_DIFFERS] = "differs",
		[RUNPRE_UNREADABLE] = "unreadable",
		[RUNPRE_AMBIGUOUS] = "ambiguous",
		[RUNPRE_NOT_FOUND] = "not_found",
		[RUNPRE_UNDECIDED] = "undecided",
		[RUNPRE_SEALED] = "sealed",
		[RUNPRE_BAD_DATA] = "bad_data",
	};

	return NAME_OF(names, (u32)ret);
}

const char *runpre_op_name(u8 op)
{
	static const char *const names[] = {
		[RUNPRE_OP_END] = "end",
		[RUNPRE_OP_LIT] = "lit",
		[RUNPRE_OP_RELOC] = "reloc",
		[RUNPRE_OP_LABEL] = "label",
		[RUNPRE_OP_JUMP] = "jump",
		[RUNPRE_OP_JUMPSYM] = "jumpsym",
		[RUNPRE_OP_NOPS] = "nops",
		[RUNPRE_OP_SITE] = "site",
		[RUNPRE_OP_PAD] = "pad",
		[RUNPRE_OP_PRE] = "pre",
		[RUNPRE_OP_HIGH] = "high",
		[RUNPRE_OP_LOW] = "low",
		[RUNPRE_OP_BRANCH] = "branch",
		[RUNPRE_OP_STUB] = "stub",
	};

	return NAME_OF(names, op);
}

const char *runpre_site_name(u8 site)
{
	static const char *const names[] = {
		[RUNPRE_SITE_FTRACE] = "ftrace",
		[RUNPRE_SITE_RETURN] = "return",
		[RUNPRE_SITE_RETPOLINE] = "retpoline",
		[RUNPRE_SITE_ALTERNATIVE] = "alternative",
		[RUNPRE_SITE_PARAVIRT] = "paravirt",
		[RUNPRE_SITE_JUMP_LABEL] = "jump_label",
		[RUNPRE_SITE_STATIC_CALL] = "static_call",
		[RUNPRE_SITE_LOCK] = "lock",
		[RUNPRE_SITE_ENDBR] = "endbr",
		[RUNPRE_SITE_RUNTIME_CONST] = "runtime_const",
		[RUNPRE_SITE_FEATURE] = "feature",
		[RUNPRE_SITE_LWSYNC] = "lwsync",
		[RUNPRE_SITE_NOSPEC] = "nospec",
		[RUNPRE_SITE_ENTRY] = "entry",
		[RUNPRE_SITE_STUB] = "stub",
	};

	return NAME_OF(names, site);
}
