// SPDX-License-Identifier: GPL-2.0-or-later
#include "ksplice-create/image-symbols.h"

#include <ctype.h>
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>

static bool is_of_interest(const Elf64_Sym *s)
{
	unsigned type = ELF64_ST_TYPE(s->st_info);

	return s->st_shndx != SHN_UNDEF && type != STT_SECTION && type != STT_FILE && type != STT_TLS;
}

/* Below, a value is no address, but a per-CPU symbol's offset. */
static uint64_t lowest(const struct regions *memory)
{
	return memory->nr ? memory->r[0].addr : UINT64_MAX;
}

static struct error *take_symtab(const struct elf_file *elf, const struct elf_symbols *all, const struct regions *memory,
				 struct image_symbols *ret)
{
	struct indexed_symbol *found = calloc(all->nr + 1, sizeof(*found));
	size_t n = 0;

	if (!found)
		return error_errno(ENOMEM, "%s", elf->path);
	for (size_t i = 0; i < all->nr; i++) {
		const Elf64_Sym *s = &all->syms[i];

		if (is_of_interest(s) && all->strings[s->st_name])
			found[n++] = (struct indexed_symbol){ all->strings + s->st_name, s->st_value,
							      linkage_of_bind(ELF64_ST_BIND(s->st_info)) };
	}
	return symbol_index_make(&ret->index, found, n, lowest(memory)) ? NULL : error_errno(ENOMEM, "%s", elf->path);
}

/* Of a per-CPU symbol, scripts/kallsyms.c has written 'A' over the letter that would tell. */
static enum linkage linkage_of(char type)
{
	if (type == 'W' || type == 'V')
		return LINKAGE_WEAK;
	return type == 'A' ? LINKAGE_UNKNOWN : isupper((unsigned char)type) ? LINKAGE_GLOBAL : LINKAGE_LOCAL;
}

struct error *image_symbols_take(const char *path, struct kallsyms *kallsyms, const struct regions *memory,
				 struct image_symbols *ret)
{
	struct kallsyms *k = &ret->kallsyms;
	struct indexed_symbol *found;

	*ret = (struct image_symbols){ .kallsyms = *kallsyms };
	*kallsyms = (struct kallsyms){ 0 };
	found = calloc(k->nr + 1, sizeof(*found));
	if (!found)
		return error_errno(ENOMEM, "%s", path);
	for (size_t i = 0; i < k->nr; i++)
		found[i] = (struct indexed_symbol){ k->syms[i].name, k->syms[i].addr, linkage_of(k->syms[i].type) };
	return symbol_index_make(&ret->index, found, k->nr, lowest(memory)) ? NULL : error_errno(ENOMEM, "%s", path);
}

/* As the kernel does itself, from what is in its memory. */
static struct error *find_kallsyms(const struct regions *memory, struct kallsyms *ret)
{
	struct kallsyms_bytes *bytes = calloc(memory->nr + 1, sizeof(*bytes));
	struct error *err;
	size_t n = 0;

	*ret = (struct kallsyms){ 0 };
	if (!bytes)
		return error_errno(ENOMEM, "kallsyms");
	for (size_t i = 0; i < memory->nr; i++) {
		const struct region *r = &memory->r[i];
		uint64_t skip = -r->addr & 7;

		if (r->data && r->size > skip)
			bytes[n++] = (struct kallsyms_bytes){ r->data + skip, r->size - skip };
	}
	err = kallsyms_read(bytes, n, ret);
	free(bytes);
	return err;
}

/* Takes @err: why there are no kallsyms. */
static struct error *without_symbols(const struct elf_file *elf, struct error *err)
{
	struct error *ret;

	if (err->kind != ERROR_BAD_FILE)
		return err;
	ret = error_new(ERROR_BAD_FILE, "%s: has no symbol table, and the one that the kernel itself uses cannot be read: %s; "
			"give its vmlinux with symbols (Debian: linux-image-*-dbg)", elf->path, err->text);
	error_free(err);
	return ret;
}

struct error *image_symbols_read(const struct elf_file *elf, const struct regions *memory, struct image_symbols *ret)
{
	struct kallsyms kallsyms = { 0 };
	struct elf_symbols all;
	struct error *err = elf_file_symbols(elf, &all);

	*ret = (struct image_symbols){ 0 };
	if (!err && all.syms)
		return take_symtab(elf, &all, memory, ret);
	if (!err) {
		err = find_kallsyms(memory, &kallsyms);
		err = err ? without_symbols(elf, err) : image_symbols_take(elf->path, &kallsyms, memory, ret);
	}
	kallsyms_free(&kallsyms);
	return err;
}

void image_symbols_free(struct image_symbols *s)
{
	symbol_index_free(&s->index);
	kallsyms_free(&s->kallsyms);
}
