// SPDX-License-Identifier: GPL-2.0-or-later
/* Reads a linked kernel, vmlinux: its symbols, and the bytes at its addresses. */
#include "ksplice-create/image.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

/* A stretch of kernel memory that the file has. */
struct region {
	uint64_t addr, size;
	const uint8_t *data;	/* NULL: zeros */
};

struct symbol {
	const char *name;	/* in the file; NUL-terminated inside the string table */
	uint64_t addr;
	bool global;		/* or weak: units other than its own can link to it */
};

struct image {
	char *path;
	const uint8_t *file;
	size_t size;
	const Elf64_Shdr *sections;
	size_t nr_sections;
	struct region *regions;		/* by address */
	size_t nr_regions;
	struct symbol *by_name;		/* by name, then address */
	uint64_t *addrs;		/* of by_name, index by index */
	struct symbol *by_addr;		/* without per-CPU symbols */
	size_t nr_symbols, nr_by_addr;
	char *banner, *build_id;
};

static struct error *bad(const struct image *img, const char *what)
{
	return error_new(ERROR_BAD_FILE, "%s: %s", img->path, what);
}

static struct error *map_file(struct image *img)
{
	int fd = open(img->path, O_RDONLY | O_CLOEXEC);
	struct error *err = NULL;
	struct stat st;
	void *p;

	if (fd < 0)
		return error_errno(errno, "%s", img->path);
	if (fstat(fd, &st)) {
		err = error_errno(errno, "%s", img->path);
	} else if (!S_ISREG(st.st_mode) || (size_t)st.st_size < sizeof(Elf64_Ehdr)) {
		err = bad(img, "not an ELF file");
	} else {
		p = mmap(NULL, st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
		if (p == MAP_FAILED) {
			err = error_errno(errno, "%s", img->path);
		} else {
			img->file = p;
			img->size = st.st_size;
		}
	}
	close(fd);
	return err;
}

/* @count records of @size at @off, or NULL if they are not all in the file, or not aligned as records must be. */
static const void *in_file(const struct image *img, uint64_t off, uint64_t count, uint64_t size, uint64_t align)
{
	if (off > img->size || off % align || (size && count > (img->size - off) / size))
		return NULL;
	return img->file + off;
}

static struct error *read_header(struct image *img)
{
	const Elf64_Ehdr *e = (const Elf64_Ehdr *)img->file;

	if (memcmp(e->e_ident, ELFMAG, SELFMAG))
		return bad(img, "not an ELF file; a vmlinux with symbols is needed (Debian: linux-image-*-dbg), not a vmlinuz");
	if (e->e_ident[EI_CLASS] != ELFCLASS64 || e->e_ident[EI_DATA] != ELFDATA2LSB)
		return bad(img, "not a 64-bit little-endian ELF file");
	if (e->e_type != ET_EXEC && e->e_type != ET_DYN)
		return bad(img, "not a linked kernel image");
	if (e->e_machine != EM_X86_64 && e->e_machine != EM_PPC64)
		return bad(img, "an image of a machine that is not supported");
	if (e->e_shentsize != sizeof(Elf64_Shdr))
		return bad(img, "has no section table");
	img->sections = in_file(img, e->e_shoff, e->e_shnum, sizeof(Elf64_Shdr), 8);
	img->nr_sections = e->e_shnum;
	if (!img->sections || !img->nr_sections)
		return bad(img, "its section table is not inside the file");
	for (size_t i = 0; i < img->nr_sections; i++) {
		const Elf64_Shdr *s = &img->sections[i];

		if (s->sh_type != SHT_NOBITS && !in_file(img, s->sh_offset, s->sh_size, 1, 1))
			return bad(img, "a section reaches beyond the end of the file");
		if (s->sh_addr + s->sh_size < s->sh_addr)
			return bad(img, "a section wraps around the address space");
	}
	return NULL;
}

static int compare_regions(const void *a, const void *b)
{
	const struct region *x = a, *y = b;

	return x->addr < y->addr ? -1 : x->addr > y->addr;
}

/* All that is in memory at its address; .data..percpu, at 0, is not. */
static struct error *read_regions(struct image *img)
{
	img->regions = calloc(img->nr_sections, sizeof(*img->regions));
	if (!img->regions)
		return error_errno(ENOMEM, "%s", img->path);
	for (size_t i = 0; i < img->nr_sections; i++) {
		const Elf64_Shdr *s = &img->sections[i];
		struct region r = { .addr = s->sh_addr, .size = s->sh_size };

		if (!(s->sh_flags & SHF_ALLOC) || !s->sh_addr || !s->sh_size)
			continue;
		if (s->sh_type != SHT_NOBITS)
			r.data = img->file + s->sh_offset;
		img->regions[img->nr_regions++] = r;
	}
	qsort(img->regions, img->nr_regions, sizeof(*img->regions), compare_regions);
	for (size_t i = 1; i < img->nr_regions; i++)
		if (img->regions[i].addr - img->regions[i - 1].addr < img->regions[i - 1].size)
			return bad(img, "two sections lie at one address");
	return NULL;
}

static int compare_names(const void *a, const void *b)
{
	const struct symbol *x = a, *y = b;
	int d = strcmp(x->name, y->name);

	return d ? d : x->addr < y->addr ? -1 : x->addr > y->addr;
}

static int compare_addrs(const void *a, const void *b)
{
	const struct symbol *x = a, *y = b;

	return x->addr < y->addr ? -1 : x->addr > y->addr ? 1 : strcmp(x->name, y->name);
}

static bool is_of_interest(const Elf64_Sym *s)
{
	unsigned type = ELF64_ST_TYPE(s->st_info);

	return s->st_shndx != SHN_UNDEF && type != STT_SECTION && type != STT_FILE && type != STT_TLS;
}

/* Sorts both ways and drops what is there twice. */
static struct error *index_symbols(struct image *img)
{
	size_t n = 0;

	qsort(img->by_name, img->nr_symbols, sizeof(*img->by_name), compare_names);
	for (size_t i = 0; i < img->nr_symbols; i++) {
		if (!n || compare_names(&img->by_name[i], &img->by_name[n - 1]))
			img->by_name[n++] = img->by_name[i];
		else
			img->by_name[n - 1].global |= img->by_name[i].global;
	}
	img->nr_symbols = n;
	img->addrs = calloc(n + 1, sizeof(*img->addrs));
	img->by_addr = calloc(n + 1, sizeof(*img->by_addr));
	if (!img->addrs || !img->by_addr)
		return error_errno(ENOMEM, "%s", img->path);
	for (size_t i = 0; i < n; i++) {
		img->addrs[i] = img->by_name[i].addr;
		if (img->nr_regions && img->by_name[i].addr >= img->regions[0].addr)
			img->by_addr[img->nr_by_addr++] = img->by_name[i];
	}
	qsort(img->by_addr, img->nr_by_addr, sizeof(*img->by_addr), compare_addrs);
	return NULL;
}

static struct error *read_symbols(struct image *img)
{
	const Elf64_Shdr *tab = NULL, *str;
	const Elf64_Sym *syms;
	const char *strings;
	size_t nr;

	for (size_t i = 0; i < img->nr_sections; i++)
		if (img->sections[i].sh_type == SHT_SYMTAB)
			tab = &img->sections[i];
	if (!tab)
		return bad(img, "has no symbol table; a vmlinux with symbols is needed (Debian: linux-image-*-dbg)");
	if (tab->sh_link >= img->nr_sections || tab->sh_entsize != sizeof(*syms))
		return bad(img, "its symbol table is damaged");
	str = &img->sections[tab->sh_link];
	nr = tab->sh_size / sizeof(*syms);
	syms = in_file(img, tab->sh_offset, nr, sizeof(*syms), 8);
	strings = (const char *)img->file + str->sh_offset;
	if (!syms || str->sh_type != SHT_STRTAB || !str->sh_size || strings[str->sh_size - 1])
		return bad(img, "its symbol table is damaged");
	img->by_name = calloc(nr + 1, sizeof(*img->by_name));
	if (!img->by_name)
		return error_errno(ENOMEM, "%s", img->path);
	for (size_t i = 0; i < nr; i++) {
		if (syms[i].st_name >= str->sh_size)
			return bad(img, "its symbol table is damaged");
		if (!is_of_interest(&syms[i]) || !strings[syms[i].st_name])
			continue;
		img->by_name[img->nr_symbols++] =
			(struct symbol){ .name = strings + syms[i].st_name, .addr = syms[i].st_value,
					 .global = ELF64_ST_BIND(syms[i].st_info) != STB_LOCAL };
	}
	return index_symbols(img);
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

	for (size_t i = 0; i < img->nr_sections && !err && !img->build_id; i++)
		if (img->sections[i].sh_type == SHT_NOTE)
			err = find_build_id(img, img->file + img->sections[i].sh_offset, img->sections[i].sh_size);
	return err;
}

struct error *image_open(const char *path, struct image **ret)
{
	struct image *img = calloc(1, sizeof(*img));
	struct error *err;

	*ret = NULL;
	if (!img)
		return error_errno(ENOMEM, "%s", path);
	img->path = strdup(path);
	err = img->path ? map_file(img) : error_errno(ENOMEM, "%s", path);
	err = err ?: read_header(img);
	err = err ?: read_regions(img);
	err = err ?: read_symbols(img);
	err = err ?: read_banner(img);
	err = err ?: read_build_id(img);
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
	if (img->file)
		munmap((void *)img->file, img->size);
	free(img->regions);
	free(img->by_name);
	free(img->by_addr);
	free(img->addrs);
	free(img->banner);
	free(img->build_id);
	free(img->path);
	free(img);
}

size_t image_find(const struct image *img, const char *name, const uint64_t **addrs)
{
	size_t lo = 0, hi = img->nr_symbols, n = 0;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (strcmp(img->by_name[mid].name, name) < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	while (lo + n < img->nr_symbols && !strcmp(img->by_name[lo + n].name, name))
		n++;
	*addrs = img->addrs + lo;
	return n;
}

bool image_has_global(const struct image *img, const char *name)
{
	const uint64_t *addrs;
	size_t n = image_find(img, name, &addrs);

	for (size_t i = 0; i < n; i++)
		if (img->by_name[addrs - img->addrs + i].global)
			return true;
	return false;
}

/* The region that has @addr, or NULL. */
static const struct region *region_at(const struct image *img, uint64_t addr)
{
	size_t lo = 0, hi = img->nr_regions;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;
		const struct region *r = &img->regions[mid];

		if (addr < r->addr)
			hi = mid;
		else if (addr - r->addr >= r->size)
			lo = mid + 1;
		else
			return r;
	}
	return NULL;
}

size_t image_read(const struct image *img, uint64_t addr, void *buf, size_t len)
{
	size_t done = 0;

	while (done < len) {
		const struct region *r = region_at(img, addr + done);
		size_t n;

		if (!r)
			break;
		n = r->size - (addr + done - r->addr);
		n = n < len - done ? n : len - done;
		if (r->data)
			memcpy((char *)buf + done, r->data + (addr + done - r->addr), n);
		else
			memset((char *)buf + done, 0, n);
		done += n;
	}
	return done;
}

const char *image_symbol_at(const struct image *img, uint64_t addr, uint64_t *off)
{
	size_t lo = 0, hi = img->nr_by_addr;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (img->by_addr[mid].addr <= addr)
			lo = mid + 1;
		else
			hi = mid;
	}
	if (!lo)
		return NULL;
	/* The first of those at that address, so that the answer does not depend on how many there are. */
	while (lo > 1 && img->by_addr[lo - 2].addr == img->by_addr[lo - 1].addr)
		lo--;
	*off = addr - img->by_addr[lo - 1].addr;
	return img->by_addr[lo - 1].name;
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
