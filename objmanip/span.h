/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The steps of om_obj_open(), for elf.c: span.c cuts sections into spans, resolve.c finds what relocations point to. */
#ifndef OBJMANIP_SPAN_H
#define OBJMANIP_SPAN_H

#include "objmanip/elf.h"

/* Cuts all sections; sets symbol->span and span->part_of. */
struct error *om_spans_make(struct om_obj *obj);
void om_spans_free(struct om_obj *obj);
/* The last span that starts at or before @off, whether or not it reaches it. */
struct om_span *om_span_before(struct om_section *sec, uint64_t off);
/* The function whose padding covers @off, or NULL. */
struct om_span *om_span_padded(struct om_section *sec, uint64_t off);
/*
 * With KASAN, strings have red zones and are not merged: all of a unit are in .rodata, without symbols, one span each.  Where something
 * else is in a section, too, or the compiler's list of globals does not begin with the section, it stays whole.
 */
bool om_holds_listed_strings(const struct om_section *sec);
/* Sets the span's relocations after those of its section have changed. */
void om_span_slice(struct om_span *span);
/*
 * The assembler resolves branches between functions of one section (.sched.text) without a relocation.  Gives them one, so
 * that functions can be taken one by one.  Needs instruction boundaries.
 */
struct error *om_branches_resolve(struct om_obj *obj);
/* Sets target, target_off and pc_bias of every relocation. Needs instruction boundaries. */
struct error *om_relocs_resolve(struct om_obj *obj);

#endif
