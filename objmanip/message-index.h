/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The index of messages (CONFIG_PRINTK_INDEX): each printk() leaves a struct pi_entry, and in .printk_index a pointer to that.  No
 * code refers to either, so these entries hang on no function; what they say tells whose they are.
 */
#ifndef OBJMANIP_MESSAGE_INDEX_H
#define OBJMANIP_MESSAGE_INDEX_H

#include "objmanip/elf.h"

/* Whether @entry, of a section of OM_FATE_INDEX, is about a message of a function that is carried. */
bool om_message_carried(const struct om_span *entry);
/* @span is such an entry, or a struct pi_entry. */
bool om_in_index(const struct om_span *span);
/* A struct pi_entry: sections of OM_FATE_INDEX refer to it, and nothing else does. */
bool om_indexed_message(const struct om_span *span);

#endif
