// SPDX-License-Identifier: GPL-2.0-only
/*
 * The C source of a code module, beside the carried code itself: tells the core which functions and data this module
 * replaces, and which author's hooks it has.  The carried object (objmanip, om_target_emit_code()) defines the three tables and how
 * long each is.
 *
 * Given by ksplice-create on the command line, each a string literal:
 *	KSPLICE_ID	the update's id
 *	KSPLICE_TARGET	the target, as in the match data
 */
#include <linux/init.h>
#include <linux/module.h>

#include "ksplice.h"

extern const struct ksplice_replacement ksplice_replacements[];
extern const size_t ksplice_nr_replacements;
extern const struct ksplice_author_hook ksplice_author_hooks[];
extern const size_t ksplice_nr_author_hooks;
extern const struct ksplice_data ksplice_data[];
extern const size_t ksplice_nr_data;

static struct ksplice_code_module code_module = {
	.module = THIS_MODULE,
	.id = KSPLICE_ID,
	.target = KSPLICE_TARGET,
	.replacements = ksplice_replacements,
	.author_hooks = ksplice_author_hooks,
	.data = ksplice_data,
};

static int __init code_init(void)
{
	code_module.nr_replacements = ksplice_nr_replacements;
	code_module.nr_author_hooks = ksplice_nr_author_hooks;
	code_module.nr_data = ksplice_nr_data;
	return ksplice_code_load(&code_module);
}

static void __exit code_exit(void)
{
	ksplice_code_unload(&code_module);
}

module_init(code_init);
module_exit(code_exit);
MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Ksplice update " KSPLICE_ID ": replaced code of " KSPLICE_TARGET);
MODULE_INFO(ksplice, KSPLICE_ID);
