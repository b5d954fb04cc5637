/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The disassembler of match programs, for people and for tests. */
#ifndef OBJMANIP_MATCH_SHOW_H
#define OBJMANIP_MATCH_SHOW_H

#include <jansson.h>
#include <stddef.h>
#include <stdio.h>

#include "common/error.h"

/*
 * Prints the programs of match data to @out: of every span whose symbol is @span_name, or of all spans if that is
 * NULL.  @data is 8-aligned.
 * ERROR_BAD_FILE: not match data, with the offset of the offence; ERROR_USAGE: no such span; ERROR_OTHER: no spans at all.
 */
struct error *om_match_show(FILE *out, const void *data, size_t size, const char *span_name);
/* The same as an array with an object for each span; *@ret is the caller's. */
struct error *om_match_json(const void *data, size_t size, const char *span_name, json_t **ret);

/* "jmp", "je", "loop": the jump of a condition code of JUMP and JUMPSYM; never NULL. */
const char *om_match_cc_name(unsigned cc);

#endif
