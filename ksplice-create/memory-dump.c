// SPDX-License-Identifier: GPL-2.0-or-later
#include "ksplice-create/memory-dump.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PAGE 4096u
#define SEGMENTS_MAX (1u << 20)
#define NOTES_MAX (1u << 24)		/* one of some hundred bytes for each processor, and VMCOREINFO: a page */
#define IMAGE_MAX (1u << 30)		/* KERNEL_IMAGE_SIZE */
#define PIECES_MAX (1u << 15)		/* in which the image lies; single pages would be enough for 128 MiB */

/* Where x86_64 maps the kernel's image; it lies at the physical address that is so far behind phys_base. */
#define START_KERNEL_MAP 0xffffffff80000000ull

#define INDEX_SIZE 512			/* of kallsyms_token_index */
#define KALLSYMS_MAX (1u << 26)		/* all tables; Debian's 6.12 has 3 MB */

/* The file while it is read. */
struct reader {
	const char *path;
	int fd;
	Elf64_Phdr *segments;
	uint32_t nr;
	char *info;			/* the text of VMCOREINFO */
	int64_t phys_base;
};

static struct error *bad(const struct reader *r, const char *what)
{
	return error_new(ERROR_BAD_FILE, "%s: a dump %s", r->path, what);
}

/* All of it; /proc/kcore cannot be mapped, and gives as much at a time as it likes. */
static struct error *read_at(const struct reader *r, uint64_t off, void *buf, size_t size)
{
	for (size_t done = 0; done < size;) {
		ssize_t n = off > INT64_MAX - size ? 0 : pread(r->fd, (char *)buf + done, size - done, off + done);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return error_errno(errno, "%s", r->path);
		if (!n)
			return bad(r, "that is cut off");
		done += n;
	}
	return NULL;
}

/* *@ret (a pointer to a pointer) is to be freed, also after a failure. */
static struct error *read_new(const struct reader *r, uint64_t off, size_t size, void *ret)
{
	void *p = malloc(size);

	*(void **)ret = p;
	return p ? read_at(r, off, p, size) : error_errno(ENOMEM, "%s", r->path);
}

static bool is_core(const Elf64_Ehdr *e)
{
	return !memcmp(e->e_ident, ELFMAG, SELFMAG) && e->e_ident[EI_CLASS] == ELFCLASS64 &&
	       e->e_ident[EI_DATA] == ELFDATA2LSB && e->e_type == ET_CORE;
}

bool memory_dump_is(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	Elf64_Ehdr e;
	bool ret = fd >= 0 && pread(fd, &e, sizeof(e), 0) == sizeof(e) && is_core(&e);

	if (fd >= 0)
		close(fd);
	return ret;
}

/* More than fit into e_phnum are counted in section 0. */
static struct error *read_segments(struct reader *r)
{
	struct error *err;
	Elf64_Ehdr e;
	Elf64_Shdr s;

	err = read_at(r, 0, &e, sizeof(e));
	if (err)
		return err;
	if (!is_core(&e) || e.e_machine != EM_X86_64 || e.e_phentsize != sizeof(Elf64_Phdr))
		return bad(r, "that is not one of x86_64");
	r->nr = e.e_phnum;
	if (e.e_phnum == PN_XNUM) {
		err = read_at(r, e.e_shoff, &s, sizeof(s));
		r->nr = s.sh_info;
	}
	if (!err && (!r->nr || r->nr > SEGMENTS_MAX))
		err = bad(r, "without segments, or with more than any can have");
	return err ?: read_new(r, e.e_phoff, r->nr * sizeof(Elf64_Phdr), &r->segments);
}

/* The note VMCOREINFO among the @size bytes at @p, as text. */
static void find_info(struct reader *r, const uint8_t *p, size_t left)
{
	static const char name[] = "VMCOREINFO";
	Elf64_Nhdr n;

	while (left >= sizeof(n)) {
		uint64_t name_size, size;

		memcpy(&n, p, sizeof(n));
		p += sizeof(n);
		left -= sizeof(n);
		name_size = ((uint64_t)n.n_namesz + 3) & ~3ull;
		size = name_size + (((uint64_t)n.n_descsz + 3) & ~3ull);
		if (size > left)
			return;
		if (n.n_namesz == sizeof(name) && !memcmp(p, name, sizeof(name))) {
			r->info = strndup((const char *)p + name_size, n.n_descsz);
			return;
		}
		p += size;
		left -= size;
	}
}

static struct error *read_info(struct reader *r)
{
	for (uint32_t i = 0; i < r->nr && !r->info; i++) {
		const Elf64_Phdr *s = &r->segments[i];
		struct error *err;
		void *notes;

		if (s->p_type != PT_NOTE || !s->p_filesz)
			continue;
		if (s->p_filesz > NOTES_MAX)
			return bad(r, "with more notes than any can have");
		err = read_new(r, s->p_offset, s->p_filesz, &notes);
		if (!err)
			find_info(r, notes, s->p_filesz);
		free(notes);
		if (err)
			return err;
	}
	if (r->info)
		return NULL;
	return bad(r, "without the note VMCOREINFO, so where the kernel is in it is not known; QEMU has it of a guest with "
		   "\"-device vmcoreinfo\" whose kernel has loaded qemu_fw_cfg");
}

/* The number behind "KEY=" in a line; false: there is none. */
static bool info_number(const struct reader *r, const char *key, int base, int64_t *ret)
{
	size_t len = strlen(key);

	for (const char *line = r->info; line; line = strchr(line, '\n') ? strchr(line, '\n') + 1 : NULL) {
		const char *number = line + len + 1;
		char *end;

		if (strncmp(line, key, len) || line[len] != '=')
			continue;
		errno = 0;
		*ret = base == 16 ? (int64_t)strtoull(number, &end, base) : strtoll(number, &end, base);
		return end != number && (*end == '\n' || !*end) && !errno;
	}
	return false;
}

/* An address in the kernel's image. */
static bool info_symbol(const struct reader *r, const char *name, uint64_t *ret)
{
	char key[64];
	int64_t value;

	snprintf(key, sizeof(key), "SYMBOL(%s)", name);
	if (!info_number(r, key, 16, &value))
		return false;
	*ret = value;
	return *ret >= START_KERNEL_MAP && *ret < START_KERNEL_MAP + IMAGE_MAX;
}

/* Memory at a physical address; in a dump with paging, several segments may have it, each the same. */
static const Elf64_Phdr *segment_at(const struct reader *r, uint64_t phys)
{
	for (uint32_t i = 0; i < r->nr; i++) {
		const Elf64_Phdr *s = &r->segments[i];

		/* /proc/kcore says ~0 of what has none. */
		if (s->p_type == PT_LOAD && s->p_paddr != ~0ull && phys >= s->p_paddr && phys - s->p_paddr < s->p_filesz)
			return s;
	}
	return NULL;
}

/* @size bytes at @addr, an address in the kernel's image. */
static struct error *read_image(const struct reader *r, uint64_t addr, void *buf, size_t size)
{
	struct error *err = NULL;
	unsigned pieces = 0;

	for (size_t done = 0; done < size && !err;) {
		uint64_t phys = addr + done - START_KERNEL_MAP + (uint64_t)r->phys_base;
		const Elf64_Phdr *s = segment_at(r, phys);
		uint64_t n;

		if (!s || ++pieces > PIECES_MAX)
			return bad(r, s ? "in which the kernel's image is in too many pieces" :
					  "in which the kernel's image is not all there");
		n = s->p_filesz - (phys - s->p_paddr);
		n = n < size - done ? n : size - done;
		if (s->p_offset > INT64_MAX || phys - s->p_paddr > INT64_MAX)
			return bad(r, "with a damaged segment");
		err = read_at(r, s->p_offset + (phys - s->p_paddr), (char *)buf + done, n);
		done += n;
	}
	return err;
}

enum { OFFSETS, BASE, NUM_SYMS, NAMES, TOKEN_TABLE, TOKEN_INDEX, NR_TABLES };

/* Between which addresses all tables are: kallsyms_seqs_of_names, which is not told, may be the last, behind relative_base. */
static struct error *find_kallsyms(const struct reader *r, uint64_t *start, uint64_t *end)
{
	static const char *const names[NR_TABLES] = {
		"kallsyms_offsets", "kallsyms_relative_base", "kallsyms_num_syms", "kallsyms_names", "kallsyms_token_table",
		"kallsyms_token_index",
	};
	uint64_t addrs[NR_TABLES];
	struct error *err;
	uint32_t nr;

	*start = UINT64_MAX;
	for (size_t i = 0; i < NR_TABLES; i++) {
		if (!info_symbol(r, names[i], &addrs[i]))
			return bad(r, "of a kernel that does not tell where its symbols are (kallsyms in VMCOREINFO, since 6.0)");
		*start = addrs[i] < *start ? addrs[i] : *start;
	}
	err = read_image(r, addrs[NUM_SYMS], &nr, sizeof(nr));
	*start &= ~7ull;
	*end = addrs[BASE] + sizeof(uint64_t) + 3ull * nr;
	if (*end < addrs[TOKEN_INDEX] + INDEX_SIZE)
		*end = addrs[TOKEN_INDEX] + INDEX_SIZE;
	return err ?: *end - *start > KALLSYMS_MAX ? bad(r, "with more symbols than any kernel has") : NULL;
}

/* VMCOREINFO only tells where to look: that it is they, and which belongs to which, the tables prove themselves. */
static struct error *read_kallsyms(const struct reader *r, struct kallsyms *ret)
{
	uint64_t start = 0, end = 0;
	struct error *err = find_kallsyms(r, &start, &end);
	uint8_t *p;

	if (err)
		return err;
	p = malloc(end - start);
	if (!p)
		return error_errno(ENOMEM, "%s", r->path);
	err = read_image(r, start, p, end - start);
	if (!err) {
		err = kallsyms_read(&(struct kallsyms_bytes){ p, end - start }, 1, ret);
		err = err ? error_prefix(err, "%s", r->path) : NULL;
	}
	free(p);
	return err;
}

static bool find_symbol(const struct kallsyms *k, const char *name, uint64_t *addr)
{
	for (size_t i = 0; i < k->nr; i++) {
		if (strcmp(k->syms[i].name, name))
			continue;
		*addr = k->syms[i].addr;
		return true;
	}
	return false;
}

static struct error *read_memory(const struct reader *r, struct memory_dump *d)
{
	uint64_t told, stext, end;

	if (!info_symbol(r, "_stext", &told) || !find_symbol(&d->kallsyms, "_stext", &stext) || told != stext ||
	    !find_symbol(&d->kallsyms, "_text", &d->addr) || !find_symbol(&d->kallsyms, "_end", &end))
		return bad(r, "whose kernel's symbols are not where its VMCOREINFO says");
	if (d->addr < START_KERNEL_MAP || d->addr % PAGE || end <= d->addr || end - d->addr > IMAGE_MAX)
		return bad(r, "whose kernel is larger than any can be");
	d->size = end - d->addr;
	d->memory = malloc(d->size);
	return d->memory ? read_image(r, d->addr, d->memory, d->size) : error_errno(ENOMEM, "%s", r->path);
}

struct error *memory_dump_read(const char *path, struct memory_dump *ret)
{
	struct reader r = { .path = path, .fd = open(path, O_RDONLY | O_CLOEXEC) };
	struct error *err = r.fd < 0 ? error_errno(errno, "%s", path) : NULL;

	*ret = (struct memory_dump){ 0 };
	err = err ?: read_segments(&r);
	err = err ?: read_info(&r);
	if (!err && !info_number(&r, "NUMBER(phys_base)", 10, &r.phys_base))
		err = bad(&r, "whose VMCOREINFO has no phys_base");
	err = err ?: read_kallsyms(&r, &ret->kallsyms);
	err = err ?: read_memory(&r, ret);
	if (r.fd >= 0)
		close(r.fd);
	free(r.segments);
	free(r.info);
	return err;
}

void memory_dump_free(struct memory_dump *d)
{
	kallsyms_free(&d->kallsyms);
	free(d->memory);
	*d = (struct memory_dump){ 0 };
}
