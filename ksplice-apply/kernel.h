/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The running kernel as the tools reach it: files to read, and the few calls that change something.  Tests put a
 * directory and calls of their own here.
 */
#ifndef KSPLICE_APPLY_KERNEL_H
#define KSPLICE_APPLY_KERNEL_H

#include <stdbool.h>
#include <stddef.h>

#include "common/error.h"

struct kernel {
	/* Paths. */
	const char *core;		/* /sys/kernel/ksplice: docs/formats.md */
	const char *modules;		/* /sys/module */
	const char *version;		/* /proc/version */
	const char *notes;		/* /sys/kernel/notes */
	const char *kmsg;		/* /dev/kmsg */
	const char *modules_disabled;	/* /proc/sys/kernel/modules_disabled */
	const char *lockdown;		/* /sys/kernel/security/lockdown */
	const char *run;		/* /run/ksplice: what the tools keep */
	const char *self;		/* /proc/self/exe */
	const char *init_root;		/* /proc/1/root: put before an absolute path */

	/* Calls; 0 or an errno. */
	int (*load)(const struct kernel *k, const void *image, size_t size, const char *params);
	int (*unload)(const struct kernel *k, const char *module);
	int (*write)(const struct kernel *k, const char *path, const char *text);
	void (*sleep)(const struct kernel *k, unsigned int ms);	/* returns early when a signal comes */
	long long (*now)(const struct kernel *k);		/* microseconds of a clock that only goes on */
};

extern const struct kernel running_kernel;

#endif
