/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * An assembler between compiler and assembler, where carried code needs what no option of the compiler gives.  On ppc64le, that is a nop
 * behind each call: gcc leaves it out where it calls a function of the same unit, as both have one TOC pointer, but when only the
 * caller is carried they have two, and the module loader wants to put there what restores the caller's (restore_r2() of
 * arch/powerpc/kernel/module_64.c).
 */
#ifndef KSPLICE_CREATE_CARRIED_AS_H
#define KSPLICE_CREATE_CARRIED_AS_H

#include "ksplice-create/create.h"

/* Another text, when objects that an earlier ksplice-create has kept are not what the one that is here would make. */
#define CARRIED_AS "a nop behind each call, with -pipe as well"

/* Writes ws->assembler/as, for the compiler's -B. */
struct error *carried_as_write(struct create *c);
/* ksplice-create, called by that: argv is the assembler and its arguments. */
bool carried_as_is_main(const char *word);
int carried_as_main(int argc, char **argv);
/* What the compiler wrote, with nops behind calls; inline assembler statements are as they were. Owned by the caller. */
char *carried_as_filter(const char *text);

#endif
