/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Prototypes as text: "ssize_t ( struct file * , char * )", without the names of parameters and what callers do not see. */
#ifndef KSPLICE_CREATE_PROTOTYPE_TEXT_H
#define KSPLICE_CREATE_PROTOTYPE_TEXT_H

#include "ksplice-create/util.h"

/*
 * Of the functions that preprocessed C defines: a line each, "NAME\tPROTOTYPE", added to *@ret; and for each time that one of them
 * is declared, "NAME()\tPROTOTYPE".
 */
void prototypes_of(const char *text, struct str *ret);
/*
 * Of function @name as C that is not preprocessed declares or defines it, behind one another if it does so several times
 * (#ifdef); "" when it does not.  Owned by the caller.
 */
char *prototype_declared(const char *source, const char *name);

#endif
