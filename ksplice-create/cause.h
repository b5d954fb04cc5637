/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Why code of the kernel is not that of the build: told only where something that is there says so. */
#ifndef KSPLICE_CREATE_CAUSE_H
#define KSPLICE_CREATE_CAUSE_H

#include "ksplice-create/create.h"
#include "ksplice-create/offline.h"

struct cause {
	char *text;	/* owned; NULL: nothing says why */
	bool foreign;	/* somebody wrote there once the kernel was running, so that it may be the one of this source all the same */
};

/* Of one place in function @pre. */
struct cause cause_of_place(const struct kernel_memory *km, const struct om_span *pre, const struct offline_place *place);
/* What is to be said of the whole: compiler and source version by the image's banner, and how much differs.  Adds to @ret. */
struct error *cause_of_all(const struct create *c, const struct offline_seen *seen, struct strv *ret);

#endif
