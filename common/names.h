/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The names and limits of docs/formats.md, for whoever writes an update and whoever reads one. */
#ifndef COMMON_NAMES_H
#define COMMON_NAMES_H

#include <stdbool.h>

#define UPDATE_FORMAT		1
#define UPDATE_ID_MAX		24	/* characters */
#define UPDATE_MODULE_NAME_MAX	55	/* MODULE_NAME_LEN is 64 - sizeof(unsigned long), with the NUL */
#define UPDATE_FILE_NAME_MAX	255	/* NAME_MAX */
#define UPDATE_FILES_MAX	1024	/* two a target: a whole point release has 137 targets */
#define UPDATE_SIZE_MAX		(256u << 20)	/* bytes, unpacked */

/*
 * 1 to 24 of [a-z0-9_], the first a letter or digit; and not "abi" or "lock", which have a meaning of their own beside
 * ids in /sys/kernel/ksplice and in /run/ksplice.
 */
bool update_id_valid(const char *id);
/* 1 to 55 of [A-Za-z0-9_]: what the kernel makes of a module's name. */
bool module_name_valid(const char *name);
/* 1 to 255 of [A-Za-z0-9_.-], the first not a dot. */
bool update_file_name_valid(const char *name);

#endif
