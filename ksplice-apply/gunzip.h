/* SPDX-License-Identifier: GPL-2.0-or-later */
/* libarchive's own gzip filter checks neither checksum nor what follows; so this is done with zlib. */
#ifndef KSPLICE_APPLY_GUNZIP_H
#define KSPLICE_APPLY_GUNZIP_H

#include <stddef.h>

#include "common/error.h"

/*
 * Unpacks one gzip member that takes exactly @size bytes to at most @max bytes.  Whatever else it is, is
 * ERROR_BAD_FILE.  *@out is to be freed.
 */
struct error *gunzip(const void *data, size_t size, size_t max, void **out, size_t *out_size);

#endif
