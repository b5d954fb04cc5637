// SPDX-License-Identifier: GPL-2.0-only
/*
 * How this very kernel lays out the entries of its tables about code, for objmanip: one u32 per field of struct
 * om_layout (objmanip/layout.h), in that order, in section .ksplice_layout.  Compiled, never loaded.
 */
#include <linux/bug.h>
#include <linux/extable.h>
#include <linux/jump_label.h>
#include <linux/module.h>
#include <linux/static_call.h>
#include <linux/stddef.h>
#include <linux/types.h>
#include <linux/uaccess.h>
#include <linux/version.h>

#define LAYOUT_VERSION	3	/* OM_LAYOUT_VERSION */

#ifdef CONFIG_X86
#include <asm/alternative.h>
#define ALT_SIZE	sizeof(struct alt_instr)
#define ALT_OFF(f)	offsetof(struct alt_instr, f)
#else
#define ALT_SIZE	0
#define ALT_OFF(f)	0
#endif

/* Since v6.8, in the place of paravirt sites. */
#ifdef ALT_FLAG_DIRECT_CALL
#define ALT_FLAGS_OFF	offsetof(struct alt_instr, ft_flags)
#define ALT_DIRECT	(ALT_FLAG_DIRECT_CALL << ALT_FLAGS_SHIFT)
#else
#define ALT_FLAGS_OFF	0
#define ALT_DIRECT	0
#endif

/* 9f2febf3f04d ("x86/paravirt: Remove the paravirt patching machinery", v6.8) made them alternatives. */
#if defined(CONFIG_PARAVIRT) && defined(CONFIG_X86)
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 8, 0)
#include <asm/paravirt.h>
#define PARA_SIZE	sizeof(struct paravirt_patch_site)
#define PARA_OFF(f)	offsetof(struct paravirt_patch_site, f)
#endif
#endif
#ifndef PARA_SIZE
#define PARA_SIZE	0
#define PARA_OFF(f)	0
#endif

#ifdef CONFIG_JUMP_LABEL
#define JUMP_SIZE	sizeof(struct jump_entry)
#else
#define JUMP_SIZE	0
#endif

/* 91a1d97ef482 ("jump_label,module: Don't alloc static_key_mod for __ro_after_init keys", v6.10): before, loading a module wrote there. */
#define SEALS_KEYS	(LINUX_VERSION_CODE >= KERNEL_VERSION(6, 10, 0))

#ifdef CONFIG_HAVE_STATIC_CALL
#define CALL_SIZE	sizeof(struct static_call_site)
#define CALL_FUNC_OFF	offsetof(struct static_call_key, func)
#else
#define CALL_SIZE	0
#define CALL_FUNC_OFF	0
#endif

#ifdef CONFIG_UNWINDER_ORC
#include <asm/orc_types.h>
#define ORC_SIZE	sizeof(struct orc_entry)
#else
#define ORC_SIZE	0
#endif

#ifdef CONFIG_GENERIC_BUG
#define BUG_SIZE	sizeof(struct bug_entry)
#else
#define BUG_SIZE	0
#endif

static const u32 layout[] __used __section(".ksplice_layout") = {
	LAYOUT_VERSION,
	ALT_SIZE, ALT_OFF(instr_offset), ALT_OFF(repl_offset), ALT_OFF(instrlen), ALT_OFF(replacementlen),
	PARA_SIZE, PARA_OFF(instr), PARA_OFF(type), PARA_OFF(len),
	BUG_SIZE,
	sizeof(struct exception_table_entry),
	JUMP_SIZE,
	CALL_SIZE,
	CALL_FUNC_OFF,
	ORC_SIZE,
	ALT_FLAGS_OFF, ALT_DIRECT,
	SEALS_KEYS,
};
