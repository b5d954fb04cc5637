// SPDX-License-Identifier: GPL-2.0-or-later
/* Reads a kernel, vmlinux or vmlinuz, or the memory in which it ran: its symbols, and the bytes at its addresses. */
#include "ksplice-create/image.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ksplice-create/elf-file.h"
#include "ksplice-create/image-symbols.h"
#include "ksplice-create/memory-dump.h"
#include "ksplice-create/regions.h"
#include "ksplice-create/seals.h"
#include "ksplice-create/vmlinuz.h"

struct image {
	char *path;
	struct elf_file elf;		/* of these two, one is empty */
	struct memory_dump dump;
	struct regions memory;
	struct image_symbols symbols;
	struct seals seals;
	char *banner, *build_id;
};

static struct error *bad(const struct image *img, const char *what)
{
	return error_new(ERROR_BAD_FILE, "%s: %s", img->path, what);
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
			return error_errno(ENOMEM, "%s", img->path);
	}
	return regions_sort(&img->memory) ? NULL : bad(img, "two sections lie at one address");
}

/* Of a per-CPU variable, kallsyms do not tell whether it is global; if it is exported, it is. */
static void take_export(void *ctx, const struct image_export *e)
{
	struct image *img = ctx;

	symbol_index_set_global(&img->symbols.index, e->name, e->addr);
}

/* They were found by their form alone: that they are this kernel's, its banner is where they say, must prove. */
static struct error *check_kallsyms(struct image *img)
{
	static const char begin[] = "Linux version ";
	char buf[sizeof(begin) - 1];
	const uint64_t *addrs;

	if (!img->symbols.kallsyms.nr)
		return NULL;
	if (image_find(img, "linux_banner", &addrs) != 1)
		return bad(img, "its kallsyms have functions alone (no CONFIG_KALLSYMS_ALL); give its vmlinux with symbols "
				"(Debian: linux-image-*-dbg)");
	if (image_read(img, addrs[0], buf, sizeof(buf)) != sizeof(buf) || memcmp(buf, begin, sizeof(buf)))
		return bad(img, "its kallsyms are another kernel's: its banner is not where they have it");
	return image_exports(img, take_export, img);
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
	return img->banner ? NULL : error_errno(ENOMEM, "%s", img->path);
}

static struct error *to_hex(struct image *img, const uint8_t *id, size_t len)
{
	img->build_id = calloc(2 * len + 1, 1);
	if (!img->build_id)
		return error_errno(ENOMEM, "%s", img->path);
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

/* Memory has no sections, but symbols where they were (NOTES, include/asm-generic/vmlinux.lds.h). */
static struct error *read_build_id_of_dump(struct image *img)
{
	const uint64_t *start, *stop;
	uint8_t notes[4096];

	if (image_find(img, "__start_notes", &start) != 1 || image_find(img, "__stop_notes", &stop) != 1 ||
	    *stop < *start || *stop - *start > sizeof(notes))
		return NULL;
	return find_build_id(img, notes, image_read(img, *start, notes, *stop - *start));
}

static struct error *read_seals(struct image *img)
{
	const uint64_t *start, *end;
	struct error *err;

	if (image_find(img, "__ibt_endbr_seal", &start) != 1 || image_find(img, "__ibt_endbr_seal_end", &end) != 1)
		return NULL;
	err = seals_read(&img->memory, *start, *end, &img->seals);
	return err ? error_prefix(err, "%s", img->path) : NULL;
}

/* What is in a vmlinuz replaces it. */
static struct error *open_elf(struct image *img)
{
	static const char wanted[] =
		"the kernel's vmlinuz (a bzImage of x86) is needed, or its vmlinux with symbols (Debian: linux-image-*-dbg)";
	struct error *err = elf_file_map(img->path, &img->elf);
	size_t size;
	void *data;

	if (!err && vmlinuz_is(img->elf.data, img->elf.size)) {
		err = vmlinuz_unpack(img->path, img->elf.data, img->elf.size, &data, &size);
		if (!err)
			elf_file_take(&img->elf, data, size);
	}
	err = err ?: elf_file_check(&img->elf, wanted);
	if (!err && img->elf.type != ET_EXEC && img->elf.type != ET_DYN)
		err = bad(img, "not a linked kernel image");
	return err;
}

static struct error *read_elf(struct image *img)
{
	struct error *err = open_elf(img);

	err = err ?: read_regions(img);
	err = err ?: image_symbols_read(&img->elf, &img->memory, &img->symbols);
	err = err ?: check_kallsyms(img);
	err = err ?: read_seals(img);
	err = err ?: read_banner(img);
	return err ?: read_build_id(img);
}

/* There, the kernel has put on its seals itself. */
static struct error *read_dump(struct image *img)
{
	struct memory_dump *d = &img->dump;
	struct error *err = memory_dump_read(img->path, d);

	if (!err && !regions_add(&img->memory, d->addr, d->size, d->memory))
		err = error_errno(ENOMEM, "%s", img->path);
	err = err ?: image_symbols_take(img->path, &d->kallsyms, &img->memory, &img->symbols);
	err = err ?: check_kallsyms(img);
	err = err ?: read_banner(img);
	return err ?: read_build_id_of_dump(img);
}

struct error *image_open(const char *path, struct image **ret)
{
	struct image *img = calloc(1, sizeof(*img));
	struct error *err;

	*ret = NULL;
	if (!img)
		return error_errno(ENOMEM, "%s", path);
	img->path = strdup(path);
	if (!img->path)
		err = error_errno(ENOMEM, "%s", path);
	else
		err = memory_dump_is(path) ? read_dump(img) : read_elf(img);
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
	free(img->path);
	elf_file_close(&img->elf);
	memory_dump_free(&img->dump);
	regions_free(&img->memory);
	image_symbols_free(&img->symbols);
	seals_free(&img->seals);
	free(img->banner);
	free(img->build_id);
	free(img);
}

size_t image_find(const struct image *img, const char *name, const uint64_t **addrs)
{
	return symbol_index_find(&img->symbols.index, name, addrs);
}

enum linkage image_linkage(const struct image *img, const char *name)
{
	return symbol_index_linkage(&img->symbols.index, name);
}

bool image_global(const struct image *img, const char *name, uint64_t *addr)
{
	return symbol_index_global(&img->symbols.index, name, addr);
}

size_t image_read(const struct image *img, uint64_t addr, void *buf, size_t len)
{
	size_t n = regions_read(&img->memory, addr, buf, len);

	seals_apply(&img->seals, addr, buf, n);
	return n;
}

const char *image_symbol_at(const struct image *img, uint64_t addr, uint64_t *off)
{
	return symbol_index_at(&img->symbols.index, addr, off);
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
	return img->path;
}
