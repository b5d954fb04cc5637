/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Numbers that macros name, one below the other: bits of a member, states, commands.  To the compiler they are numbers; to an object that
 * was made before the update, 10 is what it was then.  6.1.192 takes CF_SHUTDOWN out of fs/dlm/lowcomms.c and counts those behind it
 * anew: a connection that is up would be one to be set up again.
 */
#ifndef KSPLICE_CREATE_NUMBER_MACROS_H
#define KSPLICE_CREATE_NUMBER_MACROS_H

#include "ksplice-create/util.h"

/*
 * Compares the texts of a source.  A list of macros counts as shifted when one has another number and another one of the list has
 * got its old number: mere limits and delays have no such.  Adds the first word of its names ("CF") to @lists, and to @what, at the same
 * index, what became of one.
 */
void number_macros_shifted(const char *pre, const char *post, struct strv *lists, struct strv *what);

#endif
