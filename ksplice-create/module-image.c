// SPDX-License-Identifier: GPL-2.0-or-later
#include "ksplice-create/module-image.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "kmodsrc/runpre/runpre.h"
#include "ksplice-create/elf-file.h"
#include "ksplice-create/module-ppc64le.h"
#include "ksplice-create/regions.h"
#include "ksplice-create/symbol-index.h"
#include "objmanip/arch.h"

#define PAGE 4096u
#define SIZE_MAX_ALLOWED (1u << 30)	/* x86_64 has less room for all modules (MODULES_LEN) */

/*
 * x86_64: in reach of vmlinux's 32-bit relocations, as MODULES_VADDR is (arch/x86/include/asm/pgtable_64_types.h: behind the
 * kernel's own 512 MiB, or 1 GiB with KASLR).  ppc64le: vmalloc space as it is with the radix MMU (RADIX_KERN_VIRT_START).
 */
#define X86_64_START	0xffffffffc0000000ull
#define PPC64LE_START	0xc008000000000000ull

/* What the loader does with a section. */
enum fate {
	FATE_DROPPED,	/* not in memory */
	FATE_CORE,	/* stays */
	FATE_INIT,	/* gone when init is over: others may refer to it, nobody finds anything there */
	FATE_PERCPU,	/* copied for each CPU */
};

struct place {
	enum fate fate;
	uint64_t off;		/* in the core, the init part or the per-CPU area */
};

struct module_image {
	struct elf_file elf;
	struct elf_symbols syms;
	const struct om_arch *arch;
	struct place *places;		/* of each section */
	size_t stubs, toc;		/* sections of ppc64le, else 0 */
	uint64_t stubs_size;
	struct module_stubs made;	/* what is in .stubs */
	uint64_t size[FATE_PERCPU + 1];	/* by fate */
	uint64_t base[FATE_PERCPU + 1];
	uint8_t *memory;		/* core, then init */
	struct regions regions;
	struct symbol_index index;
};

static struct error *bad(const struct module_image *m, const char *what)
{
	return elf_file_bad(&m->elf, what);
}

static uint64_t round_up(uint64_t n, uint64_t to)
{
	return (n + to - 1) / to * to;
}

static bool is_ppc64le(const struct module_image *m)
{
	return m->arch == &om_arch_ppc64le;
}

/*
 * rewrite_section_headers() takes SHF_ALLOC from two; module_init_section() and find_pcpusec() go by names, too.  On ppc64le,
 * init sections stay (arch/powerpc/kernel/module_64.c).
 */
static enum fate fate_of(const struct module_image *m, const Elf64_Shdr *s, const char *name)
{
	if (!(s->sh_flags & SHF_ALLOC) || !strcmp(name, ".modinfo") || !strcmp(name, "__versions"))
		return FATE_DROPPED;
	if (!strcmp(name, ".data..percpu"))
		return FATE_PERCPU;
	return strncmp(name, ".init", 5) || is_ppc64le(m) ? FATE_CORE : FATE_INIT;
}

static size_t nr_relocs(const Elf64_Shdr *s)
{
	return s->sh_type == SHT_RELA ? s->sh_size / sizeof(Elf64_Rela) : 0;
}

/* NULL: damaged. */
static const Elf64_Rela *relocs_of(const struct module_image *m, const Elf64_Shdr *s)
{
	return elf_file_at(&m->elf, s->sh_offset, nr_relocs(s), sizeof(Elf64_Rela), 8);
}

/* What module_frob_arch_sections() of ppc64le looks for. */
static struct error *find_stubs(struct module_image *m)
{
	size_t nr_calls = 0;

	for (size_t i = 1; i < m->elf.nr_sections; i++) {
		const Elf64_Shdr *s = &m->elf.sections[i];
		const char *name = elf_file_section_name(&m->elf, i);
		const Elf64_Rela *relas = nr_relocs(s) ? relocs_of(m, s) : NULL;

		if (!name || (nr_relocs(s) && !relas))
			return bad(m, "its section names, or its relocations, are damaged");
		if (!strcmp(name, ".stubs"))
			m->stubs = i;
		else if (!strcmp(name, ".toc"))
			m->toc = i;
		for (size_t k = 0; k < nr_relocs(s); k++)
			nr_calls += ELF64_R_TYPE(relas[k].r_info) == R_PPC64_REL24;
	}
	if (!m->stubs)
		return bad(m, "has no section .stubs, without which its kernel does not load it");
	m->toc = m->toc ?: m->stubs;
	m->stubs_size = module_ppc64le_stubs_size(nr_calls);
	if (!(m->elf.sections[m->stubs].sh_flags & m->elf.sections[m->toc].sh_flags & SHF_ALLOC) ||
	    m->elf.sections[m->stubs].sh_size > m->stubs_size)
		return bad(m, "its section .stubs or .toc is not as modules have it");
	return NULL;
}

/* In memory. */
static uint64_t size_of(const struct module_image *m, size_t i)
{
	return m->stubs && i == m->stubs ? m->stubs_size : m->elf.sections[i].sh_size;
}

static uint64_t align_of(const struct module_image *m, size_t i)
{
	uint64_t align = m->elf.sections[i].sh_addralign ?: 1;

	return m->stubs && (i == m->stubs || i == m->toc) && align < 8 ? 8 : align;
}

static struct error *lay_out(struct module_image *m)
{
	m->places = calloc(m->elf.nr_sections, sizeof(*m->places));
	if (!m->places)
		return error_errno(ENOMEM, "%s", m->elf.path);
	for (size_t i = 0; i < m->elf.nr_sections; i++) {
		const Elf64_Shdr *s = &m->elf.sections[i];
		const char *name = elf_file_section_name(&m->elf, i);
		uint64_t align = align_of(m, i), bytes = size_of(m, i), *size;

		if (!name)
			return bad(m, "its section names are damaged");
		m->places[i].fate = fate_of(m, s, name);
		if (m->places[i].fate == FATE_DROPPED)
			continue;
		if (align > PAGE || (align & (align - 1)) || bytes > SIZE_MAX_ALLOWED)
			return bad(m, "a section with a size or an alignment that no module has");
		size = &m->size[m->places[i].fate];
		m->places[i].off = round_up(*size, align);
		*size = m->places[i].off + bytes;
		if (*size > SIZE_MAX_ALLOWED)
			return bad(m, "larger than any module can be");
	}
	m->size[FATE_CORE] = round_up(m->size[FATE_CORE], PAGE);
	m->size[FATE_INIT] = round_up(m->size[FATE_INIT], PAGE);
	return NULL;
}

static struct error *load(struct module_image *m)
{
	m->memory = calloc(m->size[FATE_CORE] + m->size[FATE_INIT] + 1, 1);
	if (!m->memory)
		return error_errno(ENOMEM, "%s", m->elf.path);
	for (size_t i = 0; i < m->elf.nr_sections; i++) {
		const Elf64_Shdr *s = &m->elf.sections[i];
		const struct place *p = &m->places[i];
		uint64_t off = p->off + (p->fate == FATE_INIT ? m->size[FATE_CORE] : 0);

		if ((p->fate == FATE_CORE || p->fate == FATE_INIT) && s->sh_type != SHT_NOBITS)
			memcpy(m->memory + off, m->elf.data + s->sh_offset, s->sh_size);
	}
	return NULL;
}

static struct error *read_file(struct module_image *m, const char *path)
{
	struct error *err = elf_file_open(path, "a kernel module is needed", &m->elf);

	if (!err && m->elf.type != ET_REL)
		err = bad(m, "not a kernel module");
	err = err ?: elf_file_symbols(&m->elf, &m->syms);
	if (err)
		return err;
	if (!m->syms.syms)
		return bad(m, "has no symbol table");
	m->arch = om_arch_of(((const Elf64_Ehdr *)m->elf.data)->e_machine);
	if (!m->arch)
		return bad(m, "made for a machine that is not supported");
	err = is_ppc64le(m) ? find_stubs(m) : NULL;
	err = err ?: lay_out(m);
	return err ?: load(m);
}

struct error *module_image_open(const char *path, struct module_image **ret)
{
	struct module_image *m = calloc(1, sizeof(*m));
	struct error *err;

	*ret = NULL;
	if (!m)
		return error_errno(ENOMEM, "%s", path);
	err = read_file(m, path);
	if (err)
		module_image_close(m);
	else
		*ret = m;
	return err;
}

void module_image_close(struct module_image *m)
{
	if (!m)
		return;
	elf_file_close(&m->elf);
	regions_free(&m->regions);
	symbol_index_free(&m->index);
	free(m->places);
	free(m->memory);
	free(m);
}

/* NUL-terminated strings, one behind the other, perhaps with NULs between. */
const char *module_image_info(const struct module_image *m, const char *tag)
{
	size_t len = strlen(tag);

	for (size_t i = 0; i < m->elf.nr_sections; i++) {
		const Elf64_Shdr *s = &m->elf.sections[i];
		const char *p, *end, *nul;

		if (s->sh_type == SHT_NOBITS || strcmp(elf_file_section_name(&m->elf, i), ".modinfo"))
			continue;
		p = (const char *)m->elf.data + s->sh_offset;
		for (end = p + s->sh_size; p < end && (nul = memchr(p, '\0', end - p)); p = nul + 1)
			if (!strncmp(p, tag, len) && p[len] == '=')
				return p + len + 1;
	}
	return NULL;
}

uint64_t module_image_size(const struct module_image *m)
{
	return m->size[FATE_CORE] + m->size[FATE_INIT];
}

uint64_t module_image_start(const struct module_image *m)
{
	return is_ppc64le(m) ? PPC64LE_START : X86_64_START;
}

uint64_t module_image_percpu_size(const struct module_image *m)
{
	return m->size[FATE_PERCPU];
}

/* Where section @i is, or false: not in memory. */
static bool address_of(const struct module_image *m, size_t i, uint64_t *addr)
{
	const struct place *p = i < m->elf.nr_sections ? &m->places[i] : NULL;

	if (!p || p->fate == FATE_DROPPED)
		return false;
	*addr = m->base[p->fate] + p->off;
	return true;
}

/* The value of symbol @i, as simplify_symbols() gives it. */
static struct error *value_of(const struct module_image *m, uint32_t i, const struct module_linker *linker, uint64_t *ret)
{
	const Elf64_Sym *s = i < m->syms.nr ? &m->syms.syms[i] : NULL;
	const char *name;

	*ret = 0;
	if (!s)
		return bad(m, "a relocation has no symbol");
	name = m->syms.strings + s->st_name;
	if (s->st_shndx == SHN_ABS || !i) {
		*ret = s->st_value;
		return NULL;
	}
	if (s->st_shndx == SHN_UNDEF && is_ppc64le(m) && !strcmp(name, ".TOC.")) {
		*ret = m->made.toc;
		return NULL;
	}
	if (s->st_shndx == SHN_UNDEF) {
		if (linker->resolve(linker->ctx, name, ret))
			return NULL;
		*ret = 0;
		if (ELF64_ST_BIND(s->st_info) == STB_WEAK)
			return NULL;
		return error_new(ERROR_NO_MATCH, "%s: needs %s, which neither the kernel's image nor a module that it names "
				 "has: is it a module of this kernel?", m->elf.path, name);
	}
	if (!address_of(m, s->st_shndx, ret))
		return bad(m, "a relocation refers to something that is not in memory");
	*ret += s->st_value;
	return NULL;
}

/* Puts @value into the field at @where, whose address is @addr; false if it does not fit, or the type is not known. */
static bool put_field(int type, uint8_t *where, uint64_t value, uint64_t addr)
{
	uint64_t rel = value - addr;

	switch (type) {
	case RUNPRE_REL_ABS64:
		memcpy(where, &value, 8);
		return true;
	case RUNPRE_REL_PC64:
		memcpy(where, &rel, 8);
		return true;
	case RUNPRE_REL_ABS32:
		memcpy(where, &value, 4);
		return value == (uint32_t)value;
	case RUNPRE_REL_ABS32S:
		memcpy(where, &value, 4);
		return value == (uint64_t)(int32_t)value;
	case RUNPRE_REL_PC32:
		memcpy(where, &rel, 4);
		return rel == (uint64_t)(int32_t)rel;
	}
	return false;
}

/* The field that @r is about, of symbol + addend = @value, in the section. */
static bool apply_fixup(struct module_image *m, size_t section, const Elf64_Rela *r, uint8_t *where, uint64_t value)
{
	const struct place *p = &m->places[section];
	const Elf64_Sym *s = &m->syms.syms[ELF64_R_SYM(r->r_info)];
	const struct module_fixup f = {
		.type = ELF64_R_TYPE(r->r_info),
		.where = where,
		.room = m->elf.sections[section].sh_size - r->r_offset,
		.addr = m->base[p->fate] + p->off + r->r_offset,
		.value = value,
		.name = m->syms.strings + s->st_name,
		.undefined = s->st_shndx == SHN_UNDEF,
		.other = s->st_other,
	};

	if (is_ppc64le(m))
		return module_ppc64le_relocate(&m->made, &f);
	return put_field(m->arch->reloc_runpre(f.type), where, value, f.addr);
}

static struct error *apply_reloc(struct module_image *m, size_t section, const Elf64_Rela *r,
				 const struct module_linker *linker)
{
	const struct place *p = &m->places[section];
	uint64_t in_memory = p->off + (p->fate == FATE_INIT ? m->size[FATE_CORE] : 0), value;
	uint32_t type = ELF64_R_TYPE(r->r_info);
	unsigned size = m->arch->reloc_size(type);
	struct error *err;

	/* R_*_NONE is 0 on every machine. */
	if (!type)
		return NULL;
	if (!size || r->r_offset > m->elf.sections[section].sh_size || m->elf.sections[section].sh_size - r->r_offset < size)
		return bad(m, "a relocation of a type that is not known, or outside of its section");
	err = value_of(m, ELF64_R_SYM(r->r_info), linker, &value);
	if (err)
		return err;
	if (!apply_fixup(m, section, r, m->memory + in_memory + r->r_offset, value + (uint64_t)r->r_addend))
		return error_new(ERROR_BAD_FILE, "%s: %s+0x%llx: a relocation of a type that is not known, or whose value does "
				 "not fit", m->elf.path, elf_file_section_name(&m->elf, section),
				 (unsigned long long)r->r_offset);
	return NULL;
}

/* The template of per-CPU data is nowhere to be seen, so its relocations do not matter. */
static struct error *relocate(struct module_image *m, const struct module_linker *linker)
{
	struct error *err = NULL;

	for (size_t i = 0; i < m->elf.nr_sections && !err; i++) {
		const Elf64_Shdr *s = &m->elf.sections[i];
		const Elf64_Rela *relas;
		enum fate fate;

		if (s->sh_type != SHT_RELA || s->sh_info >= m->elf.nr_sections)
			continue;
		fate = m->places[s->sh_info].fate;
		if ((fate != FATE_CORE && fate != FATE_INIT) || m->elf.sections[s->sh_info].sh_type == SHT_NOBITS)
			continue;
		relas = relocs_of(m, s);
		if (!relas)
			return bad(m, "its relocations are damaged");
		for (size_t k = 0; k < nr_relocs(s) && !err; k++)
			err = apply_reloc(m, s->sh_info, &relas[k], linker);
	}
	return err;
}

/* Those that kallsyms has of a loaded module: is_core_symbol(), kernel/module/kallsyms.c, 6.1, with CONFIG_KALLSYMS_ALL. */
static struct error *index_symbols(struct module_image *m)
{
	struct indexed_symbol *found = calloc(m->syms.nr + 1, sizeof(*found));
	size_t n = 0;

	if (!found)
		return error_errno(ENOMEM, "%s", m->elf.path);
	for (size_t i = 1; i < m->syms.nr; i++) {
		const Elf64_Sym *s = &m->syms.syms[i];
		const char *name = m->syms.strings + s->st_name;
		uint64_t addr;

		if (!*name || s->st_shndx == SHN_UNDEF || !address_of(m, s->st_shndx, &addr) ||
		    m->places[s->st_shndx].fate == FATE_INIT)
			continue;
		found[n++] = (struct indexed_symbol){ name, addr + s->st_value,
						      linkage_of_bind(ELF64_ST_BIND(s->st_info)) };
	}
	return symbol_index_make(&m->index, found, n, m->base[FATE_CORE]) ? NULL : error_errno(ENOMEM, "%s", m->elf.path);
}

struct error *module_image_place(struct module_image *m, uint64_t base, uint64_t percpu, const struct module_linker *linker)
{
	struct error *err;

	m->base[FATE_CORE] = base;
	m->base[FATE_INIT] = base + m->size[FATE_CORE];
	m->base[FATE_PERCPU] = percpu;
	if (m->stubs)
		m->made = (struct module_stubs){ m->memory + m->places[m->stubs].off, base + m->places[m->stubs].off,
						 module_ppc64le_toc_pointer(base + m->places[m->toc].off), 0 };
	if (!regions_add(&m->regions, base, m->size[FATE_CORE], m->memory))
		return error_errno(ENOMEM, "%s", m->elf.path);
	err = index_symbols(m);
	return err ?: relocate(m, linker);
}

size_t module_image_find(const struct module_image *m, const char *name, const uint64_t **addrs)
{
	return symbol_index_find(&m->index, name, addrs);
}

bool module_image_global(const struct module_image *m, const char *name, uint64_t *addr)
{
	return symbol_index_global(&m->index, name, addr);
}

enum linkage module_image_linkage(const struct module_image *m, const char *name)
{
	return symbol_index_linkage(&m->index, name);
}

size_t module_image_read(const struct module_image *m, uint64_t addr, void *buf, size_t len)
{
	return regions_read(&m->regions, addr, buf, len);
}

const char *module_image_symbol_at(const struct module_image *m, uint64_t addr, uint64_t *off)
{
	if (addr - m->base[FATE_CORE] >= m->size[FATE_CORE])
		return NULL;
	return symbol_index_at(&m->index, addr, off);
}
