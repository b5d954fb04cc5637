/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Makefiles and Kconfig files run programs while they are read: $(shell ...), $(call cc-option,...).  What the diff adds of that would run on
 * the desk, as whoever makes the update there, before anybody has seen what it is; an option that no configuration has can have it.
 */
#ifndef KSPLICE_CREATE_DESK_COMMANDS_H
#define KSPLICE_CREATE_DESK_COMMANDS_H

#include "ksplice-create/create.h"

/* The first line of @new that @old has not and that may run something; NULL: none. Owned by the caller. */
char *desk_command(const char *old, const char *new, bool kconfig);
/* Refuses them, in the files that the diff touches. Before the view has these. */
struct error *desk_commands_check(const struct create *c);

#endif
