// SPDX-License-Identifier: GPL-2.0-only
/*
 * The whole C source of a match module: hands its match data to the core when it is loaded.
 *
 * Given by ksplice-create on the command line, each a string literal:
 *	KSPLICE_ID		the update's id
 *	KSPLICE_TARGET		the target, as in the match data
 *	KSPLICE_MATCH_BIN	path of the match data, which the assembler includes
 */
#include <linux/init.h>
#include <linux/linkage.h>
#include <linux/module.h>

#include "ksplice.h"

extern const u8 ksplice_match_data[], ksplice_match_data_end[];

/* .incbin and not a C array: match data has megabytes, and the compiler would spend its time on commas. */
asm(".pushsection .rodata.ksplice_match, \"a\", @progbits\n"
    ".balign 8\n"
    ".globl ksplice_match_data, ksplice_match_data_end\n"
    "ksplice_match_data:\n"
    ".incbin \"" KSPLICE_MATCH_BIN "\"\n"
    "ksplice_match_data_end:\n"
    ".byte 0\n"
    ".popsection\n");

static char *upon[KSPLICE_MAX_MOVES];
static unsigned int nr_upon;
module_param_array(upon, charp, &nr_upon, 0);
MODULE_PARM_DESC(upon, "ids of updates that are to be applied in one stop with this one, before it");

static char *instead[KSPLICE_MAX_MOVES];
static unsigned int nr_instead;
module_param_array(instead, charp, &nr_instead, 0);
MODULE_PARM_DESC(instead, "ids of updates that are to be reversed in one stop with this one");

static struct ksplice_match_module match_module = {
	.module = THIS_MODULE,
	.data = ksplice_match_data,
	.upon = upon,
	.instead = instead,
};

static int __init match_init(void)
{
	match_module.size = ksplice_match_data_end - ksplice_match_data;
	match_module.nr_upon = nr_upon;
	match_module.nr_instead = nr_instead;
	return ksplice_match_load(&match_module);
}

static void __exit match_exit(void)
{
	ksplice_match_unload(&match_module);
}

module_init(match_init);
module_exit(match_exit);
MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Ksplice update " KSPLICE_ID ": match data of " KSPLICE_TARGET);
MODULE_INFO(ksplice, KSPLICE_ID);
