/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A directory is for one run of ksplice-create at a time. */
#ifndef KSPLICE_CREATE_DIR_LOCK_H
#define KSPLICE_CREATE_DIR_LOCK_H

#include "common/error.h"

/*
 * Locks @dir by its file "lock", with flock(2), until *@fd is closed.  The programs that we start inherit it; should we be
 * killed, they go on writing for a moment, and we wait for that long.  ERROR_OTHER: another run is there; ERROR_REFUSED: "lock"
 * is somebody else's file.
 */
struct error *dir_lock(const char *dir, int *fd);

#endif
