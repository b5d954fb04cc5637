/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From strings to small numbers: 0, 1, 2, ... in the order in which they were first met. */
#ifndef KSPLICE_CREATE_STRMAP_H
#define KSPLICE_CREATE_STRMAP_H

#include <stdint.h>

#include "ksplice-create/util.h"

struct strmap {
	struct strv names;	/* by number */
	uint32_t *slots;	/* number + 1; 0: free */
	size_t nr_slots;
};
#define STRMAP_INIT {STRV_INIT, NULL, 0}
#define STRMAP_NONE SIZE_MAX

size_t strmap_add(struct strmap *m, const char *name);	/* its number; copies a name that is new */
size_t strmap_find(const struct strmap *m, const char *name); /* STRMAP_NONE: never added */
void strmap_free(struct strmap *m);

#endif
