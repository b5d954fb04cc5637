/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Are the names of macros that a diff brings new to all sources? */
#ifndef KSPLICE_CREATE_NEW_MACROS_H
#define KSPLICE_CREATE_NEW_MACROS_H

#include "ksplice-create/includes.h"

/*
 * Has @text none of @names as a word, be it as a macro's name or in a condition, and no ## that has a word of its own at an end which one of them
 * has there, too?  IS_ENABLED() of include/linux/kconfig.h pastes option##_MODULE, which leaves no trace but 0 or 1, in conditions as well.
 */
bool new_macros_in_text(const char *text, const struct strv *names);
/* The same of all files that units might include, as they are before the diff. */
struct error *new_macros(const struct includes *in, const struct strv *names, bool *ret);

#endif
