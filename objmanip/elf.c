// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Reads an object file, whole and validated, into the vocabulary of elf.h.  libelf checks the ELF structure; what it
 * does not check (indices, sizes against each other) is checked here before anything uses it.
 */
#include "objmanip/elf.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <libelf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "objmanip/arch.h"
#include "objmanip/runtime-const.h"
#include "objmanip/sections.h"
#include "objmanip/span.h"
#include "objmanip/special.h"

/* Objects of a kernel unit with debug information have some MiB; drivers/gpu has the largest, below 64 MiB. */
#define MAX_OBJECT_SIZE (512u << 20)	/* bytes; far more than a unit has */

static struct error *bad(const struct om_obj *obj, const char *what)
{
	return error_new(ERROR_BAD_FILE, "%s: %s", obj->path, what);
}

static struct error *read_fd(struct om_obj *obj, int fd)
{
	struct stat st;
	size_t done = 0;

	if (fstat(fd, &st))
		return error_errno(errno, "%s", obj->path);
	if (!S_ISREG(st.st_mode) || st.st_size < (off_t)sizeof(Elf64_Ehdr) || st.st_size > MAX_OBJECT_SIZE)
		return bad(obj, "not an object file: no regular file, or a size that no object has");
	obj->image_size = st.st_size;
	obj->image = malloc(obj->image_size);
	if (!obj->image)
		return error_errno(ENOMEM, "%s", obj->path);
	while (done < obj->image_size) {
		ssize_t n = read(fd, (char *)obj->image + done, obj->image_size - done);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return n ? error_errno(errno, "%s", obj->path) : bad(obj, "shrank while it was read");
		done += n;
	}
	return NULL;
}

static struct error *read_image(struct om_obj *obj)
{
	struct error *err;
	int fd = open(obj->path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return error_errno(errno, "%s", obj->path);
	err = read_fd(obj, fd);
	close(fd);
	return err;
}

static struct error *read_header(struct om_obj *obj)
{
	const Elf64_Ehdr *eh = obj->image;

	if (memcmp(eh->e_ident, ELFMAG, SELFMAG))
		return bad(obj, "not an ELF file");
	if (eh->e_ident[EI_CLASS] != ELFCLASS64 || eh->e_ident[EI_DATA] != ELFDATA2LSB)
		return error_new(ERROR_REFUSED, "%s: not a 64-bit little-endian object: no supported kernel has such",
				 obj->path);
	if (eh->e_type != ET_REL)
		return bad(obj, "not a relocatable object (ET_REL)");
	obj->arch = om_arch_of(eh->e_machine);
	if (!obj->arch)
		return error_new(ERROR_REFUSED, "%s: ELF machine %u: supported are x86_64 and ppc64le", obj->path,
				 eh->e_machine);
	/* libelf hands out pointers into the image; every assembler and linker aligns the table. */
	if (eh->e_shoff % sizeof(uint64_t))
		return bad(obj, "the section header table is not aligned");
	elf_version(EV_CURRENT);
	obj->elf = elf_memory(obj->image, obj->image_size);
	if (!obj->elf)
		return bad(obj, elf_errmsg(-1));
	return NULL;
}

/* A string of the string table in section @link that ends inside it, or NULL. */
static const char *string_at(struct om_obj *obj, uint32_t link, uint32_t off)
{
	return elf_strptr(obj->elf, link, off);
}

/* What names in match data are made of (check_strings() of runpre/check.c), as all names of C and of assemblers are. */
static bool is_name(const char *s)
{
	for (; *s; s++)
		if (*s <= ' ' || *s > '~')
			return false;
	return true;
}

static struct error *read_section(struct om_obj *obj, struct om_section *sec, Elf_Scn *scn, size_t shstrndx)
{
	const Elf64_Shdr *sh = elf64_getshdr(scn);

	if (!sh)
		return bad(obj, elf_errmsg(-1));
	sec->obj = obj;
	sec->index = elf_ndxscn(scn);
	sec->name = string_at(obj, shstrndx, sh->sh_name);
	if (!sec->name)
		return bad(obj, "a section's name lies outside of the string table");
	if (sh->sh_flags & SHF_ALLOC && !is_name(sec->name))
		return error_new(ERROR_BAD_FILE, "%s: section %u: its name has a blank, or a byte that is no ASCII", obj->path, sec->index);
	sec->type = sh->sh_type;
	sec->flags = sh->sh_flags;
	sec->size = sh->sh_size;
	sec->align = sh->sh_addralign ? sh->sh_addralign : 1;
	sec->entsize = sh->sh_entsize;
	if (sec->align & (sec->align - 1) || sec->align > (1u << 24))
		return error_new(ERROR_BAD_FILE, "%s: section %s: alignment %" PRIu64 " is no power of two", obj->path,
				 sec->name, sec->align);
	if (sh->sh_flags & SHF_COMPRESSED && sh->sh_flags & SHF_ALLOC)
		return error_new(ERROR_BAD_FILE, "%s: section %s: loaded and compressed", obj->path, sec->name);
	if (sh->sh_type == SHT_NOBITS) {
		if (sec->size > (1u << 30))
			return error_new(ERROR_BAD_FILE, "%s: section %s: larger than any kernel", obj->path, sec->name);
		return NULL;
	}
	if (sh->sh_offset > obj->image_size || sec->size > obj->image_size - sh->sh_offset)
		return error_new(ERROR_BAD_FILE, "%s: section %s: lies outside of the file", obj->path, sec->name);
	sec->data = (const uint8_t *)obj->image + sh->sh_offset;
	return NULL;
}

static struct error *read_sections(struct om_obj *obj)
{
	struct error *err;
	size_t nr, shstrndx;
	Elf_Scn *scn = NULL;

	if (elf_getshdrnum(obj->elf, &nr) || elf_getshdrstrndx(obj->elf, &shstrndx))
		return bad(obj, elf_errmsg(-1));
	if (nr < 2)
		return bad(obj, "has no sections");
	obj->sections = calloc(nr, sizeof(*obj->sections));
	if (!obj->sections)
		return error_errno(ENOMEM, "%s", obj->path);
	obj->nr_sections = nr;
	obj->sections[0].name = "";
	obj->sections[0].obj = obj;
	while ((scn = elf_nextscn(obj->elf, scn))) {
		size_t i = elf_ndxscn(scn);

		if (i >= nr)
			return bad(obj, "section index out of range");
		err = read_section(obj, &obj->sections[i], scn, shstrndx);
		if (err)
			return err;
	}
	om_for_each_section(sec, obj) {
		if (!sec->name)
			return bad(obj, "a section header is missing");
		sec->class = om_section_class(sec);
	}
	return NULL;
}

static struct error *read_symbol(struct om_obj *obj, struct om_symbol *sym, const Elf64_Sym *es, uint32_t strings)
{
	sym->name = string_at(obj, strings, es->st_name);
	if (!sym->name)
		return bad(obj, "a symbol's name lies outside of the string table");
	sym->value = es->st_value;
	sym->size = es->st_size;
	sym->bind = ELF64_ST_BIND(es->st_info);
	sym->type = ELF64_ST_TYPE(es->st_info);
	/* A file may be called anything. */
	if (sym->type != STT_FILE && !is_name(sym->name))
		return error_new(ERROR_BAD_FILE, "%s: symbol %u: its name has a blank, or a byte that is no ASCII", obj->path, sym->index);
	sym->visibility = ELF64_ST_VISIBILITY(es->st_other);
	sym->other = es->st_other;
	sym->shndx = es->st_shndx;
	if (es->st_shndx == SHN_XINDEX)
		return bad(obj, "has more than 65279 sections, which is not supported");
	if (es->st_shndx == SHN_UNDEF || es->st_shndx >= SHN_LORESERVE)
		return NULL;
	if (es->st_shndx >= obj->nr_sections)
		return error_new(ERROR_BAD_FILE, "%s: symbol %s: section index out of range", obj->path, sym->name);
	sym->section = &obj->sections[es->st_shndx];
	if (sym->value > sym->section->size || sym->size > sym->section->size - sym->value)
		return error_new(ERROR_BAD_FILE, "%s: symbol %s: lies outside of section %s", obj->path, sym->name,
				 sym->section->name);
	if (sym->type == STT_SECTION)
		sym->section->symbol = sym;
	return NULL;
}

/* The variables of runtime_ptr_NAME need not be symbols of the unit otherwise: they are only part of a section's name. */
static void add_runtime_variables(struct om_obj *obj)
{
	om_for_each_section(sec, obj) {
		const char *name = om_runtime_variable(sec);
		bool there = !name;

		for (size_t i = 1; i < obj->nr_symbols && !there; i++)
			there = obj->symbols[i].type != STT_SECTION && !strcmp(obj->symbols[i].name, name);
		if (there)
			continue;
		obj->symbols[obj->nr_symbols] = (struct om_symbol){ .index = obj->nr_symbols, .name = name, .bind = STB_GLOBAL };
		obj->nr_symbols++;
	}
}

static size_t nr_runtime_variables(struct om_obj *obj)
{
	size_t nr = 0;

	om_for_each_section(sec, obj)
		nr += om_runtime_variable(sec) != NULL;
	return nr;
}

static struct error *read_symbols(struct om_obj *obj)
{
	struct om_section *symtab = NULL;
	struct error *err;

	om_for_each_section(sec, obj) {
		if (sec->type != SHT_SYMTAB)
			continue;
		if (symtab)
			return bad(obj, "has two symbol tables");
		symtab = sec;
	}
	if (!symtab || symtab->size % sizeof(Elf64_Sym) || !symtab->size)
		return bad(obj, "has no symbol table");
	const Elf64_Shdr *sh = elf64_getshdr(elf_getscn(obj->elf, symtab->index));

	obj->nr_symbols = symtab->size / sizeof(Elf64_Sym);
	obj->symbols = calloc(obj->nr_symbols + nr_runtime_variables(obj), sizeof(*obj->symbols));
	if (!obj->symbols)
		return error_errno(ENOMEM, "%s", obj->path);
	for (size_t i = 0; i < obj->nr_symbols; i++) {
		Elf64_Sym es;

		memcpy(&es, symtab->data + i * sizeof(es), sizeof(es));
		obj->symbols[i].index = i;
		err = read_symbol(obj, &obj->symbols[i], &es, sh->sh_link);
		if (err)
			return err;
	}
	add_runtime_variables(obj);
	return NULL;
}

static int compare_relocs(const void *a, const void *b)
{
	const struct om_reloc *x = a, *y = b;

	return x->offset < y->offset ? -1 : x->offset > y->offset;
}

/* Sorted by their offsets.  What two of them together make of a field, no loader of a supported machine would say. */
static struct error *check_overlap(const struct om_obj *obj, const struct om_section *sec)
{
	for (size_t i = 1; i < sec->nr_relocs; i++) {
		const struct om_reloc *rel = &sec->relocs[i - 1];

		if (sec->relocs[i].offset - rel->offset < obj->arch->reloc_size(rel->type))
			return error_new(ERROR_BAD_FILE, "%s: %s+0x%" PRIx64 ": two relocations of the same bytes", obj->path, sec->name,
					 sec->relocs[i].offset);
	}
	return NULL;
}

static struct error *read_relocs_of(struct om_obj *obj, struct om_section *sec, const struct om_section *rela)
{
	size_t nr = rela->size / sizeof(Elf64_Rela), kept = 0;

	if (rela->size % sizeof(Elf64_Rela) || sec->relocs)
		return error_new(ERROR_BAD_FILE, "%s: section %s: malformed or repeated", obj->path, rela->name);
	sec->relocs = calloc(nr + 1, sizeof(*sec->relocs));
	if (!sec->relocs)
		return error_errno(ENOMEM, "%s", obj->path);
	for (size_t i = 0; i < nr; i++) {
		struct om_reloc *rel = &sec->relocs[kept];
		Elf64_Rela er;
		unsigned size;

		memcpy(&er, rela->data + i * sizeof(er), sizeof(er));
		rel->offset = er.r_offset;
		rel->type = ELF64_R_TYPE(er.r_info);
		rel->addend = er.r_addend;
		/* objtool turns the relocation of a jump label that it made a nop into type 0 (R_*_NONE). */
		if (!rel->type)
			continue;
		size = obj->arch->reloc_size(rel->type);
		/* Keeps all sums of offsets below far from overflow; a section has 1 GiB at most. */
		if (rel->addend > OM_ADDEND_MAX || rel->addend < -OM_ADDEND_MAX)
			return error_new(ERROR_BAD_FILE, "%s: %s+0x%" PRIx64 ": addend out of range", obj->path,
					 sec->name, rel->offset);
		/* What has a size and nothing else is what om_branches_resolve() makes, for a jump: emitters rely on that. */
		if (!size || obj->arch->reloc_runpre(rel->type) < 0)
			return error_new(ERROR_REFUSED, "%s: %s+0x%" PRIx64 ": relocation type %u is not known",
					 obj->path, sec->name, rel->offset, rel->type);
		if (rel->offset > sec->size || size > sec->size - rel->offset || ELF64_R_SYM(er.r_info) >= obj->nr_symbols)
			return error_new(ERROR_BAD_FILE, "%s: %s: relocation %zu is out of range", obj->path, rela->name, i);
		rel->sym = &obj->symbols[ELF64_R_SYM(er.r_info)];
		if (obj->arch->clear_field && sec->data)
			obj->arch->clear_field(rel->type, (uint8_t *)sec->data + rel->offset);
		kept++;
	}
	sec->nr_relocs = kept;
	qsort(sec->relocs, kept, sizeof(*sec->relocs), compare_relocs);
	return check_overlap(obj, sec);
}

static struct error *read_relocs(struct om_obj *obj)
{
	om_for_each_section(rela, obj) {
		const Elf64_Shdr *sh;
		struct om_section *sec;
		struct error *err;

		if (rela->type == SHT_REL)
			return bad(obj, "has SHT_REL relocations, which no supported architecture uses");
		if (rela->type != SHT_RELA)
			continue;
		sh = elf64_getshdr(elf_getscn(obj->elf, rela->index));
		if (!sh || !sh->sh_info || sh->sh_info >= obj->nr_sections)
			return error_new(ERROR_BAD_FILE, "%s: section %s: is for no section", obj->path, rela->name);
		sec = &obj->sections[sh->sh_info];
		if (sec->class == OM_CLASS_NONE)
			continue;
		err = read_relocs_of(obj, sec, rela);
		if (err)
			return err;
	}
	return NULL;
}

static struct error *decode(struct om_obj *obj)
{
	om_for_each_span(span, obj) {
		struct error *err;

		/* Replacements of ppc64le are in sections that are not executable (__ftr_alt_97). */
		if (!(span->section->flags & SHF_EXECINSTR || span->section->class == OM_CLASS_REPLACEMENT) || !span->size)
			continue;
		err = obj->arch->decode(span);
		if (err)
			return err;
	}
	return NULL;
}

/* gcc says what it compiled (a STT_FILE symbol); an assembler file says nothing. */
static bool is_assembly(const struct om_obj *obj)
{
	for (size_t i = 1; i < obj->nr_symbols; i++)
		if (obj->symbols[i].type == STT_FILE)
			return false;
	return true;
}

struct error *om_obj_open(const char *path, const char *unit, bool module, const struct om_layout *layout,
			  struct om_obj **ret)
{
	struct om_obj *obj = calloc(1, sizeof(*obj));
	struct error *err = NULL;

	if (!obj || !(obj->path = strdup(path)) || !(obj->unit = strdup(unit))) {
		om_obj_close(obj);
		return error_errno(ENOMEM, "%s", path);
	}
	obj->module = module;
	err = read_image(obj);
	err = err ?: read_header(obj);
	if (!err)
		obj->layout = layout ?: obj->arch->layout;
	err = err ?: read_sections(obj);
	err = err ?: read_symbols(obj);
	if (!err)
		obj->assembly = is_assembly(obj);
	err = err ?: read_relocs(obj);
	err = err ?: om_spans_make(obj);
	err = err ?: decode(obj);
	err = err ?: om_runtime_consts_read(obj);
	err = err ?: om_branches_resolve(obj);
	err = err ?: om_relocs_resolve(obj);
	err = err ?: om_special_read(obj);
	if (err) {
		om_obj_close(obj);
		return err;
	}
	*ret = obj;
	return NULL;
}

void om_obj_close(struct om_obj *obj)
{
	if (!obj)
		return;
	om_spans_free(obj);
	for (size_t i = 0; i < obj->nr_sections; i++) {
		free(obj->sections[i].relocs);
		free(obj->sections[i].made_symbol);
	}
	if (obj->elf)
		elf_end(obj->elf);
	for (size_t i = 0; i < obj->nr_names; i++)
		free(obj->names[i]);
	free(obj->names);
	free(obj->sections);
	free(obj->symbols);
	free(obj->image);
	free(obj->unit);
	free(obj->path);
	free(obj);
}

struct om_section *om_find_section(struct om_obj *obj, const char *name)
{
	om_for_each_section(sec, obj)
		if (!strcmp(sec->name, name))
			return sec;
	return NULL;
}

struct om_symbol *om_find_symbol(struct om_obj *obj, const char *name)
{
	for (size_t i = 1; i < obj->nr_symbols; i++)
		if (obj->symbols[i].section && !strcmp(obj->symbols[i].name, name))
			return &obj->symbols[i];
	return NULL;
}
