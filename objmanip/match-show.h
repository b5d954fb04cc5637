/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The disassembler of match programs, for people and for tests. */
#ifndef OBJMANIP_MATCH_SHOW_H
#define OBJMANIP_MATCH_SHOW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "common/error.h"

/*
 * Prints the programs of match data to @out: of every span whose symbol is @span_name, or of all spans if that is
 * NULL; as one JSON value with @json.  @data is 8-aligned.
 * ERROR_BAD_FILE: not match data, with the offset of the offence; ERROR_USAGE: no such span.
 */
struct error *om_match_show(FILE *out, const void *data, size_t size, const char *span_name, bool json);

/* "jmp", "je", "loop": the jump of a condition code of JUMP and JUMPSYM; never NULL. */
const char *om_match_cc_name(unsigned cc);

#endif
