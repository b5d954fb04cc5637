/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The ladder by which spans of pre and post are paired, for the files that have its rungs; correlate.c tells which there are. */
#ifndef OBJMANIP_LADDER_H
#define OBJMANIP_LADDER_H

#include "objmanip/objmanip.h"
#include "objmanip/refs.h"

struct om_ladder {
	struct om_unit *unit;
	struct om_refs pre_refs, post_refs;
	bool progress;		/* something was paired since it was last cleared */
};

struct om_key {
	char *text;		/* owned; not NUL-terminated */
	size_t len;
	enum om_class class;
	struct om_span *span;
};

/* Makes the key of a span: sets *text (malloc'd) and *len; leaves *text NULL for a span that the rung does not concern. */
typedef struct error *(*om_key_fn)(struct om_span *span, char **text, size_t *len);
/* Pairs spans with equal keys. */
typedef struct error *(*om_group_fn)(struct om_ladder *l, struct om_key *pre, size_t nr_pre, struct om_key *post, size_t nr_post);

/* correlate-keys.c */
void om_pair(struct om_ladder *l, struct om_span *pre, struct om_span *post);
/* One rung: groups the unpaired spans of both objects by key, and lets @group pair each group. */
struct error *om_rung(struct om_ladder *l, om_key_fn key, om_group_fn group);
struct error *om_key_name(struct om_span *span, char **text, size_t *len);
struct error *om_key_plain_code(struct om_span *span, char **text, size_t *len);
struct error *om_key_plain_data(struct om_span *span, char **text, size_t *len);
struct error *om_key_numbered_constant(struct om_span *span, char **text, size_t *len);
struct error *om_key_section(struct om_span *span, char **text, size_t *len);
struct error *om_key_entry(struct om_span *span, char **text, size_t *len);
struct error *om_key_plain_other(struct om_span *span, char **text, size_t *len);
struct error *om_key_content(struct om_span *span, char **text, size_t *len);

/* correlate-slots.c: a rung without keys. */
struct error *om_rung_slots(struct om_ladder *l);

/* correlate-users.c */
struct error *om_group_referrer(struct om_ladder *l, struct om_key *pre, size_t nr_pre, struct om_key *post, size_t nr_post);
struct error *om_group_mentions(struct om_ladder *l, struct om_key *pre, size_t nr_pre, struct om_key *post, size_t nr_post);

#endif
