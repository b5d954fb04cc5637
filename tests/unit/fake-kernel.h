/* SPDX-License-Identifier: GPL-2.0-or-later */
/* For the tests of applying and undoing: a kernel that is a directory and a few functions, and two updates for it. */
#ifndef TESTS_UNIT_FAKE_KERNEL_H
#define TESTS_UNIT_FAKE_KERNEL_H

#include <jansson.h>
#include <stdbool.h>

#include "ksplice-apply/change.h"
#include "ksplice-apply/exit-status.h"

/* It outlives the process that is killed in it. */
struct fake_kernel {
	char dir[64];
	struct kernel kernel;
	struct log log;
	struct update *update;	/* abc */
	struct update *other;	/* xyz */
	char params[1024];	/* of the last match module */
	char words[1024];	/* of the last write to in-one-stop */
	/* How it behaves. */
	int busy;		/* writes of a stage that find tasks in the way; -1: all */
	int fail_write;		/* errno of a write of a stage that changes nothing, not even reasons; 0: none */
	const char *stuck;	/* a module that cannot be unloaded, or NULL */
	bool no_waiting;	/* a core that cannot wait */
	int forget_busy;	/* writes of "forget" that find a module coming or going */
	const char *cause;	/* of a match module that does not match, or NULL */
	int fail_load;		/* load with this number (from 1) fails */
	int loads;
	int calls;		/* of any kind */
	int kill_at;		/* the call with this number is the process's last; 0: none */
	bool kill_after;	/* ... once it has been done */
	int signal;		/* comes while the tool sleeps; 0: none */
	long long clock;	/* microseconds */
};
extern struct fake_kernel t;

/* A path in the directory, in one of a few buffers that are used in turn. */
char *at(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
bool there(const char *path);
void put(const char *path, const char *text);
void remove_tree(const char *path);
/* Takes @manifest; the update is the caller's. */
struct update *read_fake(json_t *manifest);
void add_module(const char *name);
void add_update(const char *id);
int load_match(const char *id, const char *target);
int load_core(void);
enum core_stage stage(const char *id);
bool has_modules(const char *id);
int set_up(void **state);
int tear_down(void **state);
/* As the caller of change_apply() has filled in @c. */
struct error *apply_these(struct change *c, const struct update *first, const struct update *second);
struct error *apply(struct change *c);
struct error *apply_both(struct change *c);
/* t.other in the place of what @ids says, NULL: of all. */
struct error *replace(struct change *c, const char *ids);
struct error *replace_all(struct change *c);
struct error *undo(struct change *c, const char *id);
/* Not a module, not a directory, not a stored file is left. */
void is_clean(void);
void is_applied(void);
void ends(struct error *err, struct change *c, enum exit_status status, const char *text);
struct error *undo_it(struct change *c);
/* A child does @what and is killed at call @n; false: it came to its end before. */
bool killed_at(int n, bool after, struct error *(*what)(struct change *c));
/* What became of the last ones that were applied. */
extern struct change_update done[2];

#endif
