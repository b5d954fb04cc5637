/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How many of the units that make has preprocessed are done, shown on a terminal. */
#ifndef KSPLICE_CREATE_PROGRESS_H
#define KSPLICE_CREATE_PROGRESS_H

#include <pthread.h>

#include "ksplice-create/create.h"

struct progress {
	struct create *c;
	size_t total;
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t wake;
	bool started, end;
};

/* Of @total units.  @p is to be ended, and stays where it is until then. */
void progress_begin(struct progress *p, struct create *c, size_t total);
void progress_end(struct progress *p);

/* In the process that has done one: the file is $KSPLICE_PROGRESS. */
void progress_tell(void);

#endif
