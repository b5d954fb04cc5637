// SPDX-License-Identifier: GPL-2.0-or-later
/* Reads a linked kernel, vmlinux or vmlinuz: its symbols, and the bytes at its addresses. */
#include "ksplice-create/image.h"

#include <ctype.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ksplice-create/elf-file.h"
#include "ksplice-create/kallsyms.h"
#include "ksplice-create/regions.h"
#include "ksplice-create/seals.h"
#include "ksplice-create/vmlinuz.h"

struct image {
	struct elf_file elf;
	struct regions memory;
	struct symbol_index symbols;
	struct kallsyms kallsyms;	/* has the names, if there is no symbol table */
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

/* Below, a value is no address, but a per-CPU symbol's offset. */
static uint64_t lowest(const struct image *img)
{
	return img->memory.nr ? img->memory.r[0].addr : UINT64_MAX;
}

static struct error *take_symtab(struct image *img, const struct elf_symbols *all)
{
	struct indexed_symbol *found = calloc(all->nr + 1, sizeof(*found));
	size_t n = 0;

	if (!found)
		return error_errno(ENOMEM, "%s", img->elf.path);
	for (size_t i = 0; i < all->nr; i++) {
		const Elf64_Sym *s = &all->syms[i];

		if (is_of_interest(s) && all->strings[s->st_name])
			found[n++] = (struct indexed_symbol){ all->strings + s->st_name, s->st_value,
							      ELF64_ST_BIND(s->st_info) == STB_LOCAL ? LINKAGE_LOCAL :
												       LINKAGE_GLOBAL };
	}
	return symbol_index_make(&img->symbols, found, n, lowest(img)) ? NULL : error_errno(ENOMEM, "%s", img->elf.path);
}

/* Of a per-CPU symbol, scripts/kallsyms.c has written 'A' over the letter that would tell. */
static enum linkage linkage_of(char type)
{
	return type == 'A' ? LINKAGE_UNKNOWN : isupper((unsigned char)type) ? LINKAGE_GLOBAL : LINKAGE_LOCAL;
}

static void take_export(void *ctx, const struct image_export *e)
{
	struct image *img = ctx;

	symbol_index_set_global(&img->symbols, e->name, e->addr);
}

static struct error *take_kallsyms(struct image *img)
{
	struct kallsyms *k = &img->kallsyms;
	struct indexed_symbol *found = calloc(k->nr + 1, sizeof(*found));

	if (!found)
		return error_errno(ENOMEM, "%s", img->elf.path);
	for (size_t i = 0; i < k->nr; i++)
		found[i] = (struct indexed_symbol){ k->syms[i].name, k->syms[i].addr, linkage_of(k->syms[i].type) };
	if (!symbol_index_make(&img->symbols, found, k->nr, lowest(img)))
		return error_errno(ENOMEM, "%s", img->elf.path);
	return NULL;
}

/* They were found by their form alone: that they are this kernel's, its banner is where they say, must prove. */
static struct error *check_kallsyms(const struct image *img)
{
	static const char begin[] = "Linux version ";
	char buf[sizeof(begin) - 1];
	const uint64_t *addrs;

	if (image_find(img, "linux_banner", &addrs) != 1)
		return error_new(ERROR_BAD_FILE, "they have functions alone (no CONFIG_KALLSYMS_ALL)");
	if (image_read(img, addrs[0], buf, sizeof(buf)) == sizeof(buf) && !memcmp(buf, begin, sizeof(buf)))
		return NULL;
	return error_new(ERROR_BAD_FILE, "they are not this kernel's: its banner is not where they have it");
}

/* As the kernel does itself, from what is in its memory. */
static struct error *read_kallsyms(struct image *img)
{
	struct kallsyms_bytes *bytes = calloc(img->memory.nr + 1, sizeof(*bytes));
	struct error *err;
	size_t n = 0;

	if (!bytes)
		return error_errno(ENOMEM, "%s", img->elf.path);
	for (size_t i = 0; i < img->memory.nr; i++) {
		const struct region *r = &img->memory.r[i];
		uint64_t skip = -r->addr & 7;

		if (r->data && r->size > skip)
			bytes[n++] = (struct kallsyms_bytes){ r->data + skip, r->size - skip };
	}
	err = kallsyms_read(bytes, n, &img->kallsyms);
	free(bytes);
	err = err ?: take_kallsyms(img);
	err = err ?: check_kallsyms(img);
	return err ?: image_exports(img, take_export, img);
}

/* Takes @err: why there are no kallsyms. */
static struct error *without_symbols(const struct image *img, struct error *err)
{
	struct error *ret = error_new(ERROR_BAD_FILE, "%s: has no symbol table, and the one that the kernel itself uses cannot "
				      "be read: %s; give its vmlinux with symbols (Debian: linux-image-*-dbg)", img->elf.path,
				      err->text);

	error_free(err);
	return ret;
}

static struct error *read_symbols(struct image *img)
{
	struct elf_symbols all;
	struct error *err = elf_file_symbols(&img->elf, &all);

	if (err)
		return err;
	if (all.syms)
		return take_symtab(img, &all);
	err = read_kallsyms(img);
	return err && err->kind == ERROR_BAD_FILE ? without_symbols(img, err) : err;
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

/* What is in a vmlinuz replaces it. */
static struct error *open_file(struct image *img, const char *path)
{
	static const char wanted[] =
		"the kernel's vmlinuz (a bzImage of x86) is needed, or its vmlinux with symbols (Debian: linux-image-*-dbg)";
	struct error *err = elf_file_map(path, &img->elf);
	size_t size;
	void *data;

	if (!err && vmlinuz_is(img->elf.data, img->elf.size)) {
		err = vmlinuz_unpack(path, img->elf.data, img->elf.size, &data, &size);
		if (!err)
			elf_file_take(&img->elf, data, size);
	}
	return err ?: elf_file_check(&img->elf, wanted);
}

static struct error *read_all(struct image *img, const char *path)
{
	struct error *err = open_file(img, path);

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
	kallsyms_free(&img->kallsyms);
	seals_free(&img->seals);
	free(img->banner);
	free(img->build_id);
	free(img);
}

size_t image_find(const struct image *img, const char *name, const uint64_t **addrs)
{
	return symbol_index_find(&img->symbols, name, addrs);
}

enum linkage image_linkage(const struct image *img, const char *name)
{
	return symbol_index_linkage(&img->symbols, name);
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
