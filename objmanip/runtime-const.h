/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Constants that the kernel writes into its code at boot (runtime_const_ptr(), Linux 6.11 and later).  Only in code of the
 * kernel itself: nobody would write them into a module.  There the same source reads the variable instead ("#ifdef MODULE" of
 * arch/x86/include/asm/uaccess_64.h), and so does carried code.
 */
#ifndef OBJMANIP_RUNTIME_CONST_H
#define OBJMANIP_RUNTIME_CONST_H

#include "objmanip/elf.h"

/* Behind these stands the name of the variable. */
#define OM_RUNTIME_PTR "runtime_ptr_"
#define OM_RUNTIME_SHIFT "runtime_shift_"

/* The variable's name if the section is a table of such places, else NULL. */
const char *om_runtime_variable(const struct om_section *sec);
/*
 * Makes each load of such a constant in @obj a read of its variable, with the relocation that this takes; the entry of the table
 * still tells matching what it was.  Needs instruction boundaries, and comes before om_relocs_resolve().  The symbols must
 * have the variables: read_symbols() of elf.c adds those that no other code of the unit mentions.
 */
struct error *om_runtime_consts_read(struct om_obj *obj);

#endif
