/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whole files at once. Texts of errors name the path. */
#ifndef COMMON_FILE_H
#define COMMON_FILE_H

#include <stddef.h>
#include <sys/types.h>

#include "common/error.h"

/*
 * Reads the whole of a file, at most @max bytes (more is ERROR_BAD_FILE), also one in proc or sysfs, which does
 * not tell its size.  *@data is to be freed and has a NUL behind its last byte; @size may be NULL.
 */
struct error *file_read(const char *path, size_t max, char **data, size_t *size);
struct error *file_read_fd(int fd, const char *path, size_t max, char **data, size_t *size);

/* Writes all of it, however many write()s it takes. */
struct error *file_write_fd(int fd, const char *path, const void *data, size_t size);

/*
 * Replaces the file @path as a whole: whoever opens it sees the old bytes or the new ones.  Writes to a new file
 * beside it first; a left-over of a killed run is overwritten by the next.
 */
struct error *file_replace(const char *path, mode_t mode, const void *data, size_t size);

/* mkdir -p; new directories get @mode. */
struct error *file_mkdirs(const char *path, mode_t mode);

#endif
