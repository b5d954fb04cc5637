/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Files and directories of the work directory. Every error names the file. */
#ifndef KSPLICE_CREATE_TREE_H
#define KSPLICE_CREATE_TREE_H

#include <stdbool.h>
#include <stddef.h>

#include "common/error.h"
#include "common/file.h"
#include "ksplice-create/util.h"

#define TEXT_MAX (64u << 20) /* bytes: no source file, diff or Module.symvers is as large */

bool path_exists(const char *path); /* a dangling symlink does not */
bool path_is_dir(const char *path);

/* As file_replace(), mode 0644, but makes missing directories. */
struct error *tree_write(const char *path, const void *data, size_t size);
/* A copy with mode and modification time of @from; replaces @to as a whole; makes missing directories. */
struct error *tree_copy(const char *from, const char *to);
/* rename(2), with missing directories of @to made. */
struct error *tree_move(const char *from, const char *to);
/* link(2) in place of what is there, with missing directories of @to made. */
struct error *tree_link(const char *from, const char *to);
/* Removes a file or symlink; one that is not there is no error. */
struct error *tree_unlink(const char *path);
struct error *tree_symlink(const char *target, const char *path);
/* Removes everything below, and the directory; follows no symlinks; may be absent. */
struct error *tree_remove(const char *path);
/* tree_remove(), then an empty directory. */
struct error *tree_empty(const char *path);
/* Names in a directory without . and .., sorted. */
struct error *tree_list(const char *path, struct strv *ret);
/* Paths of the regular files below @path, relative to it, sorted. */
struct error *tree_files(const char *path, struct strv *ret);

#endif
