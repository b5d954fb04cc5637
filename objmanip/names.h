/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the names that the compiler and the kernel's macros make say about a span.  The numbers in them change when
 * anything before them in the source does, so they are never a witness for anything.
 */
#ifndef OBJMANIP_NAMES_H
#define OBJMANIP_NAMES_H

#include "objmanip/elf.h"

/*
 * The name without its numbers: "counter.0" -> "counter", "foo.isra.0.cold" -> "foo.isra.cold",
 * "__UNIQUE_ID_ddebug1597.36" -> "__UNIQUE_ID_ddebug.".  The caller frees it; NULL: out of memory.
 */
char *om_name_plain(const char *name);
bool om_name_numbered(const char *name);
/* Up to the first dot: the function that foo.isra.0 and foo.cold were made from. */
size_t om_name_root_len(const char *name);

/*
 * The span is what its bytes are, and nothing depends on its address: strings, literals, __func__, the tables of a
 * switch.  Such things are copied where carried code needs them, and compared by content wherever they are.
 */
bool om_by_content(const struct om_span *span);
/*
 * A static variable that a macro makes at each of its uses, whose state may start anew, since it only limits output:
 * __already_done of WARN_ONCE, _rs of printk_ratelimited.  ___done of DO_ONCE is none, though it lies in the same section:
 * net_get_random_once() would make a new secret while the old one is in use (include/linux/once.h).
 */
bool om_macro_static(const struct om_span *span);
/* Descriptors of pr_debug() and friends; they have the line number in them. */
bool om_debug_descriptor(const struct om_span *span);
/* "foo" or "foo+0x10" or "\"text\"", for messages; in a buffer that the caller owns; returns buf. */
const char *om_describe_target(const struct om_reloc *rel, char *buf, size_t size);

#endif
