/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The review: a page that tells all about an update, or about why there is none, to who has to decide whether to sign it.  One HTML
 * file that needs no other, and in which nothing that came with the diff can be anything but text.
 */
#ifndef KSPLICE_CREATE_REVIEW_H
#define KSPLICE_CREATE_REVIEW_H

#include "ksplice-create/create.h"

/* Whether --report can be written, before hours are spent on it. */
struct error *review_check(const struct create *c);
/* Writes it; @why: why there is no update, or NULL.  What is not known by then is left out. */
struct error *review_write(const struct create *c, const struct error *why);

#endif
