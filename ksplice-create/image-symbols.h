/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The symbols of a kernel image: of its symbol table, or, where it has none, of kallsyms. */
#ifndef KSPLICE_CREATE_IMAGE_SYMBOLS_H
#define KSPLICE_CREATE_IMAGE_SYMBOLS_H

#include "common/error.h"
#include "ksplice-create/elf-file.h"
#include "ksplice-create/kallsyms.h"
#include "ksplice-create/regions.h"
#include "ksplice-create/symbol-index.h"

struct image_symbols {
	struct symbol_index index;
	struct kallsyms kallsyms;	/* has the names; empty: they are in the file */
};

/*
 * @memory: what is in @elf at kernel addresses.  ERROR_BAD_FILE: a damaged symbol table; or none, and no kallsyms that can take
 * its place.  Call image_symbols_free() also after a failure.
 */
struct error *image_symbols_read(const struct elf_file *elf, const struct regions *memory, struct image_symbols *ret);
/* Those of @kallsyms, which is taken; @path is for messages. */
struct error *image_symbols_take(const char *path, struct kallsyms *kallsyms, const struct regions *memory,
				 struct image_symbols *ret);
void image_symbols_free(struct image_symbols *s);

#endif
