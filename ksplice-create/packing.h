/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How closely the members of structures are packed at some place of a source: by #pragma pack before it. */
#ifndef KSPLICE_CREATE_PACKING_H
#define KSPLICE_CREATE_PACKING_H

#include "ksplice-create/c-tokens.h"
#include "ksplice-create/util.h"

struct packing {
	struct strv outer;	/* what "pop" brings back, the last first */
	char *now;		/* "1"; "": as the machine wants it */
};
#define PACKING_INIT {.outer = STRV_INIT}

/* What stands at the top level: "pragma pack(push, 1)"; what is not about this changes nothing. */
void packing_take(struct packing *p, const struct c_tokens *t);
/* Borrowed until the next one. */
const char *packing_now(const struct packing *p);
void packing_free(struct packing *p);

#endif
