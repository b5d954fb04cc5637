/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Prototypes as text. */
#ifndef KSPLICE_CREATE_PROTOTYPE_TEXT_H
#define KSPLICE_CREATE_PROTOTYPE_TEXT_H

/*
 * What @source, C that is not preprocessed, has of function @name's types: "ssize_t ( struct file * , char * )", without the
 * names of parameters, and of each definition, should it have several (#ifdef).  "" when it defines none by that name.  Owned by the
 * caller.
 */
char *prototype_text(const char *source, const char *name);

#endif
