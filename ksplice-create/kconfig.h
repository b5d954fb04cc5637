/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A kernel's configuration as a set of options, and whether another one is the same. */
#ifndef KSPLICE_CREATE_KCONFIG_H
#define KSPLICE_CREATE_KCONFIG_H

#include "common/error.h"
#include "ksplice-create/util.h"

struct kconfig_option {
	char *name;	/* "CONFIG_SMP" */
	char *value;	/* "y", "m", "1000", "\"text\"", as in the file */
};

/* Sorted by name. An option that is not set has no entry. */
struct kconfig {
	struct kconfig_option *options;
	size_t nr;
};

/* @name is for messages. ERROR_BAD_FILE when the text has no options at all. */
struct error *kconfig_parse(const char *text, const char *name, struct kconfig *ret);
void kconfig_free(struct kconfig *k);
/* NULL: not set. */
const char *kconfig_get(const struct kconfig *k, const char *name);
/* Whether the first lines of --version of the kernel's compiler and of ours tell of the same. NULL: none. @cross: ours is one for another machine. */
bool kconfig_same_compiler(const char *kernel, const char *ours, bool cross);
/*
 * After kconfig has been over the configuration: did it keep it?  An error that names every option that differs and what
 * usually makes it differ.  A few options cannot change object code and may differ: see the table in kconfig.c.
 */
struct error *kconfig_check_drift(const struct kconfig *kernel, const struct kconfig *ours);
/* Every option in which two configurations differ, a line each with "\n" before it, added to @ret; of a hundred, the first twenty. */
void kconfig_differences(const struct kconfig *pre, const struct kconfig *post, struct str *ret);

#endif
