/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Static keys that the kernel makes read-only when it has booted (DEFINE_STATIC_KEY_FALSE_RO).  A module with a jump label by one of
 * another's is linked to it when it is loaded: jump_label_add_module(), kernel/jump_label.c, writes into the key.  Until v6.10 it
 * does so whatever the key is, which is a page fault under locks: on 6.1, loading a new __check_object_size() was the machine's end.
 */
#ifndef OBJMANIP_STATIC_KEYS_H
#define OBJMANIP_STATIC_KEYS_H

#include "objmanip/elf.h"

/* The first jump label of code that, in a module, would have the kernel write into such a key; NULL: none. *@key: the key's name. */
const struct om_entry *om_read_only_key(const struct om_span *code, const char **key);

/* Whether the object is in memory that becomes read-only when the kernel, or the module, has been initialised. */
bool om_is_read_only_after_boot(const struct om_span *span);

#endif
