// SPDX-License-Identifier: GPL-2.0-or-later
/* Reads a linked kernel, vmlinux: its symbols, and the bytes at its addresses. */
#include "ksplice-create/image.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ksplice-create/elf-file.h"
#include "ksplice-create/regions.h"
#include "ksplice-create/seals.h"
#include "ksplice-create/symbol-index.h"

struct image {
	struct elf_file elf;
	struct regions memory;
	struct symbol_index symbols;
	struct seals seals;
	char *banner, *build_id;
};

static struct error *bad(const struct image *img, const char *what)
{
	return elf_file_bad(&img->elf, what);
}

/* All that is in memory at its address; .data..percpu, at 0, is not. */
static struct error *read_regions(struct image *img)
{
	for (size_t i = 0; i < img->elf.nr_sections; i++) {
		const Elf64_Shdr *s = &img->elf.sections[i];
		const uint8_t *data = s->sh_type == SHT_NOBITS ? NULL : img->elf.data + s->sh_offset;

		if (!(s->sh_flags & SHF_ALLOC) || !s->sh_addr || !s->sh_size)
			continue;
		if (!regions_add(&img->memory, s->sh_addr, s->sh_size, data))
			return error_errno(ENOMEM, "%s", img->elf.path);
	}
	return regions_sort(&img->memory) ? NULL : bad(img, "two sections lie at one address");
}

static bool is_of_interest(const Elf64_Sym *s)
{
	unsigned type = ELF64_ST_TYPE(s->st_info);

	return s->st_shndx != SHN_UNDEF && type != STT_SECTION && type != STT_FILE && type != STT_TLS;
}

static struct error *read_symbols(struct image *img)
{
	uint64_t lowest = img->memory.nr ? img->memory.r[0].addr : UINT64_MAX;
	struct indexed_symbol *found;
	struct elf_symbols all;
	size_t n = 0;
	struct error *err = elf_file_symbols(&img->elf, &all);

	if (err)
		return err;
	if (!all.syms)
		return bad(img, "has no symbol table; a vmlinux with symbols is needed (Debian: linux-image-*-dbg)");
	found = calloc(all.nr + 1, sizeof(*found));
	if (!found)
		return error_errno(ENOMEM, "%s", img->elf.path);
	for (size_t i = 0; i < all.nr; i++) {
		const Elf64_Sym *s = &all.syms[i];

		if (is_of_interest(s) && all.strings[s->st_name])
			found[n++] = (struct indexed_symbol){ all.strings + s->st_name, s->st_value,
							      ELF64_ST_BIND(s->st_info) != STB_LOCAL };
	}
	return symbol_index_make(&img->symbols, found, n, lowest) ? NULL : error_errno(ENOMEM, "%s", img->elf.path);
}

/* Up to the end of the line. */
static struct error *read_banner(struct image *img)
{
	const uint64_t *addr;
	char buf[1024];
	size_t n;

	if (image_find(img, "linux_banner", &addr) != 1)
		return NULL;
	n = image_read(img, addr[0], buf, sizeof(buf) - 1);
	buf[n] = '\0';
	buf[strcspn(buf, "\n")] = '\0';
	if (!*buf)
		return NULL;
	img->banner = strdup(buf);
	return img->banner ? NULL : error_errno(ENOMEM, "%s", img->elf.path);
}

static struct error *to_hex(struct image *img, const uint8_t *id, size_t len)
{
	img->build_id = calloc(2 * len + 1, 1);
	if (!img->build_id)
		return error_errno(ENOMEM, "%s", img->elf.path);
	for (size_t i = 0; i < len; i++)
		sprintf(img->build_id + 2 * i, "%02x", id[i]);
	return NULL;
}

static size_t align4(size_t n)
{
	return (n + 3) & ~(size_t)3;
}

/* The GNU build id among the notes of one section; fields of a note are padded to 4 bytes. */
static struct error *find_build_id(struct image *img, const uint8_t *p, size_t left)
{
	Elf64_Nhdr n;

	while (left >= sizeof(n)) {
		memcpy(&n, p, sizeof(n));
		p += sizeof(n);
		left -= sizeof(n);
		if (n.n_namesz > left || align4(n.n_namesz) > left || n.n_descsz > left - align4(n.n_namesz))
			break;
		if (n.n_type == NT_GNU_BUILD_ID && n.n_namesz == 4 && !memcmp(p, "GNU", 4) && !img->build_id)
			return to_hex(img, p + 4, n.n_descsz);
		p += align4(n.n_namesz);
		left -= align4(n.n_namesz);
		if (align4(n.n_descsz) > left)
			break;
		p += align4(n.n_descsz);
		left -= align4(n.n_descsz);
	}
	return NULL;
}

static struct error *read_build_id(struct image *img)
{
	struct error *err = NULL;

	for (size_t i = 0; i < img->elf.nr_sections && !err && !img->build_id; i++)
		if (img->elf.sections[i].sh_type == SHT_NOTE)
			err = find_build_id(img, img->elf.data + img->elf.sections[i].sh_offset, img->elf.sections[i].sh_size);
	return err;
}

static struct error *read_seals(struct image *img)
{
	const uint64_t *start, *end;
	struct error *err;

	if (image_find(img, "__ibt_endbr_seal", &start) != 1 || image_find(img, "__ibt_endbr_seal_end", &end) != 1)
		return NULL;
	err = seals_read(&img->memory, *start, *end, &img->seals);
	return err ? error_prefix(err, "%s", img->elf.path) : NULL;
}

static struct error *read_all(struct image *img, const char *path)
{
	static const char wanted[] =
		"a vmlinux with symbols is needed (Debian: linux-image-*-dbg), not a vmlinuz";
	struct error *err = elf_file_open(path, wanted, &img->elf);

	if (!err && img->elf.type != ET_EXEC && img->elf.type != ET_DYN)
		err = bad(img, "not a linked kernel image");
	err = err ?: read_regions(img);
	err = err ?: read_symbols(img);
	err = err ?: read_seals(img);
	err = err ?: read_banner(img);
	return err ?: read_build_id(img);
}

struct error *image_open(const char *path, struct image **ret)
{
	struct image *img = calloc(1, sizeof(*img));
	struct error *err;

	*ret = NULL;
	if (!img)
		return error_errno(ENOMEM, "%s", path);
	err = read_all(img, path);
	if (err)
		image_close(img);
	else
		*ret = img;
	return err;
}

void image_close(struct image *img)
{
	if (!img)
		return;
	elf_file_close(&img->elf);
	regions_free(&img->memory);
	symbol_index_free(&img->symbols);
	seals_free(&img->seals);
	free(img->banner);
	free(img->build_id);
	free(img);
}

size_t image_find(const struct image *img, const char *name, const uint64_t **addrs)
{
	return symbol_index_find(&img->symbols, name, addrs);
}

bool image_has_global(const struct image *img, const char *name)
{
	return symbol_index_global(&img->symbols, name, NULL);
}

bool image_global(const struct image *img, const char *name, uint64_t *addr)
{
	return symbol_index_global(&img->symbols, name, addr);
}

size_t image_read(const struct image *img, uint64_t addr, void *buf, size_t len)
{
	size_t n = regions_read(&img->memory, addr, buf, len);

	seals_apply(&img->seals, addr, buf, n);
	return n;
}

const char *image_symbol_at(const struct image *img, uint64_t addr, uint64_t *off)
{
	return symbol_index_at(&img->symbols, addr, off);
}

const char *image_banner(const struct image *img)
{
	return img->banner;
}

const char *image_build_id(const struct image *img)
{
	return img->build_id;
}

const char *image_path(const struct image *img)
{
	return img->elf.path;
}
