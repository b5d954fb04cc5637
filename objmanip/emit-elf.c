// SPDX-License-Identifier: GPL-2.0-or-later
/* Writes an object file out of sections, symbols and relocations in memory. */
#include "objmanip/emit.h"

#include <errno.h>
#include <fcntl.h>
#include <libelf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

void om_out_init(struct om_out *out, const struct om_arch *arch)
{
	*out = (struct om_out){ .arch = arch };
	out->sections = calloc(1, sizeof(*out->sections));
	out->symbols = calloc(1, sizeof(*out->symbols));
	out->nr_sections = out->nr_symbols = 1;
	out->failed = !out->sections || !out->symbols;
}

void om_out_free(struct om_out *out)
{
	for (size_t i = 1; i < out->nr_sections && out->sections; i++) {
		free(out->sections[i].name);
		om_buf_free(&out->sections[i].data);
		free(out->sections[i].relocs);
	}
	for (size_t i = 1; i < out->nr_symbols && out->symbols; i++)
		free(out->symbols[i].name);
	free(out->sections);
	free(out->symbols);
	*out = (struct om_out){ 0 };
}

/* Room for one more of @size bytes behind @nr; power-of-two steps. */
static void *grow(struct om_out *out, void *list, size_t nr, size_t size)
{
	void *grown = list;

	if (out->failed)
		return NULL;
	if (!(nr & (nr - 1)))
		grown = reallocarray(list, nr ? nr * 2 : 1, size);
	if (!grown)
		out->failed = true;
	return grown;
}

uint32_t om_out_section(struct om_out *out, const char *name, uint32_t type, uint64_t flags, uint64_t align)
{
	struct om_out_section *grown = grow(out, out->sections, out->nr_sections, sizeof(*grown));

	if (!grown)
		return 0;
	out->sections = grown;
	grown[out->nr_sections] = (struct om_out_section){ .name = strdup(name), .type = type, .flags = flags,
							  .align = align };
	if (!grown[out->nr_sections].name)
		out->failed = true;
	return out->nr_sections++;
}

uint32_t om_out_section_named(struct om_out *out, const char *name, uint32_t type, uint64_t flags, uint64_t align)
{
	for (size_t i = 1; i < out->nr_sections && !out->failed; i++)
		if (!strcmp(out->sections[i].name, name))
			return i;
	return om_out_section(out, name, type, flags, align);
}

uint32_t om_out_symbol(struct om_out *out, const char *name, uint8_t bind, uint8_t type, uint32_t section,
		       uint64_t value, uint64_t size)
{
	struct om_out_symbol *grown = grow(out, out->symbols, out->nr_symbols, sizeof(*grown));

	if (!grown)
		return 0;
	out->symbols = grown;
	grown[out->nr_symbols] = (struct om_out_symbol){ .name = strdup(name), .bind = bind, .type = type,
							 .section = section, .value = value, .size = size };
	if (!grown[out->nr_symbols].name)
		out->failed = true;
	return out->nr_symbols++;
}

uint32_t om_out_section_symbol(struct om_out *out, uint32_t section)
{
	if (out->failed)
		return 0;
	if (!out->sections[section].symbol)
		out->sections[section].symbol = om_out_symbol(out, "", STB_LOCAL, STT_SECTION, section, 0, 0);
	return out->sections[section].symbol;
}

void om_out_reloc(struct om_out *out, uint32_t section, struct om_out_reloc rel)
{
	struct om_out_section *sec;
	struct om_out_reloc *grown;

	if (out->failed)
		return;
	sec = &out->sections[section];
	grown = grow(out, sec->relocs, sec->nr_relocs, sizeof(*grown));
	if (!grown)
		return;
	sec->relocs = grown;
	sec->relocs[sec->nr_relocs++] = rel;
}

/* The file's tables that are made when everything is known. */
struct file {
	struct om_out *out;
	Elf *elf;
	struct om_buf symtab, strtab, shstrtab;
	struct om_buf *relas;		/* by section */
	uint32_t nr_local;		/* symbols before the first that is not local */
	uint32_t nr_headers, symtab_index;
};

static uint32_t add_name(struct om_buf *strings, const char *name)
{
	uint32_t off = strings->len;

	if (!name[0])
		return 0;
	om_buf_add(strings, name, strlen(name) + 1);
	return off;
}

/* Local symbols come first (ELF gABI, sh_info of SHT_SYMTAB). */
static void make_symtab(struct file *f)
{
	static const Elf64_Sym null;
	uint32_t index = 1;

	om_buf_add(&f->symtab, &null, sizeof(null));
	om_buf_u8(&f->strtab, 0);
	for (int global = 0; global < 2; global++) {
		if (global)
			f->nr_local = index;
		for (size_t i = 1; i < f->out->nr_symbols; i++) {
			struct om_out_symbol *s = &f->out->symbols[i];
			Elf64_Sym es = { .st_value = s->value, .st_size = s->size, .st_other = s->other,
					 .st_info = ELF64_ST_INFO(s->bind, s->type),
					 .st_shndx = s->absolute ? SHN_ABS : s->section };

			if ((s->bind != STB_LOCAL) != global)
				continue;
			es.st_name = add_name(&f->strtab, s->name);
			s->index = index++;
			om_buf_add(&f->symtab, &es, sizeof(es));
		}
	}
}

static int compare_relocs(const void *a, const void *b)
{
	const struct om_out_reloc *x = a, *y = b;

	return x->offset < y->offset ? -1 : x->offset > y->offset;
}

static void make_rela(struct file *f, size_t i)
{
	struct om_out_section *sec = &f->out->sections[i];

	if (sec->nr_relocs)
		qsort(sec->relocs, sec->nr_relocs, sizeof(*sec->relocs), compare_relocs);
	for (size_t j = 0; j < sec->nr_relocs; j++) {
		const struct om_out_reloc *rel = &sec->relocs[j];
		Elf64_Rela er = { .r_offset = rel->offset, .r_addend = rel->addend,
				  .r_info = ELF64_R_INFO(f->out->symbols[rel->sym].index, rel->type) };

		om_buf_add(&f->relas[i], &er, sizeof(er));
	}
}

static struct error *elf_failed(const char *path)
{
	return error_new(ERROR_SYSTEM, "%s: %s", path, elf_errmsg(-1));
}

/* Adds a section to the file; @data stays the caller's until the file is written. */
static struct error *put(struct file *f, const char *path, const char *name, Elf64_Shdr header, Elf_Type type,
			 const struct om_buf *data)
{
	Elf_Scn *scn = elf_newscn(f->elf);
	Elf64_Shdr *sh = scn ? elf64_getshdr(scn) : NULL;
	Elf_Data *d = sh ? elf_newdata(scn) : NULL;

	if (!d)
		return elf_failed(path);
	header.sh_name = add_name(&f->shstrtab, name);
	*sh = header;
	d->d_buf = data ? data->data : NULL;
	d->d_size = data ? data->len : header.sh_size;
	d->d_type = type;
	d->d_align = header.sh_addralign;
	d->d_version = EV_CURRENT;
	return NULL;
}

static struct error *put_section(struct file *f, const char *path, const struct om_out_section *sec)
{
	Elf64_Shdr header = { .sh_type = sec->type, .sh_flags = sec->flags, .sh_addralign = sec->align,
			      .sh_entsize = sec->entsize, .sh_size = sec->nobits };

	return put(f, path, sec->name, header, ELF_T_BYTE, sec->type == SHT_NOBITS ? NULL : &sec->data);
}

static struct error *put_rela(struct file *f, const char *path, size_t i)
{
	Elf64_Shdr header = { .sh_type = SHT_RELA, .sh_flags = SHF_INFO_LINK, .sh_addralign = 8,
			      .sh_entsize = sizeof(Elf64_Rela), .sh_link = f->symtab_index, .sh_info = i };
	struct error *err;
	char *name;

	if (!f->relas[i].len)
		return NULL;
	if (asprintf(&name, ".rela%s", f->out->sections[i].name) < 0)
		return error_errno(ENOMEM, "%s", path);
	err = put(f, path, name, header, ELF_T_RELA, &f->relas[i]);
	free(name);
	return err;
}

static struct error *put_all(struct file *f, const char *path)
{
	Elf64_Shdr symtab = { .sh_type = SHT_SYMTAB, .sh_addralign = 8, .sh_entsize = sizeof(Elf64_Sym),
			      .sh_info = f->nr_local };
	Elf64_Shdr strings = { .sh_type = SHT_STRTAB, .sh_addralign = 1 };
	Elf64_Ehdr *eh = elf64_newehdr(f->elf);
	struct error *err = eh ? NULL : elf_failed(path);

	for (size_t i = 1; i < f->out->nr_sections && !err; i++)
		err = put_section(f, path, &f->out->sections[i]);
	for (size_t i = 1; i < f->out->nr_sections && !err; i++)
		err = put_rela(f, path, i);
	symtab.sh_link = f->symtab_index + 1;
	err = err ?: put(f, path, ".symtab", symtab, ELF_T_SYM, &f->symtab);
	err = err ?: put(f, path, ".strtab", strings, ELF_T_BYTE, &f->strtab);
	if (err)
		return err;
	eh->e_ident[EI_DATA] = ELFDATA2LSB;
	eh->e_type = ET_REL;
	eh->e_machine = f->out->arch->machine;
	eh->e_flags = f->out->arch->elf_flags;
	eh->e_version = EV_CURRENT;
	eh->e_shstrndx = f->symtab_index + 2;
	/* Its own name must be in it before its data is taken: put() adds the name first. */
	err = put(f, path, ".shstrtab", strings, ELF_T_BYTE, &f->shstrtab);
	if (err || !f->shstrtab.failed)
		return err;
	return error_errno(ENOMEM, "%s", path);
}

static bool any_failed(const struct file *f)
{
	bool failed = f->out->failed || f->symtab.failed || f->strtab.failed || !f->relas;

	for (size_t i = 1; i < f->out->nr_sections && !failed; i++)
		failed = f->relas[i].failed || f->out->sections[i].data.failed;
	return failed;
}

static struct error *make_tables(struct file *f, const char *path)
{
	f->symtab_index = f->out->nr_sections;
	f->relas = f->out->failed ? NULL : calloc(f->out->nr_sections, sizeof(*f->relas));
	if (f->relas) {
		make_symtab(f);
		for (size_t i = 1; i < f->out->nr_sections; i++) {
			make_rela(f, i);
			f->symtab_index += f->relas[i].len != 0;
		}
		om_buf_u8(&f->shstrtab, 0);
	}
	return any_failed(f) ? error_errno(ENOMEM, "%s", path) : NULL;
}

static struct error *write_to(struct file *f, const char *path, int fd)
{
	struct error *err;

	elf_version(EV_CURRENT);
	f->elf = elf_begin(fd, ELF_C_WRITE, NULL);
	if (!f->elf)
		return elf_failed(path);
	err = put_all(f, path);
	if (!err && elf_update(f->elf, ELF_C_WRITE) < 0)
		err = elf_failed(path);
	elf_end(f->elf);
	return err;
}

struct error *om_out_write(struct om_out *out, const char *path)
{
	struct file f = { .out = out };
	struct error *err = make_tables(&f, path);
	int fd = err ? -1 : open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);

	if (!err && fd < 0)
		err = error_errno(errno, "%s", path);
	err = err ?: write_to(&f, path, fd);
	if (fd >= 0 && close(fd) && !err)
		err = error_errno(errno, "%s", path);
	for (size_t i = 1; i < out->nr_sections && f.relas; i++)
		om_buf_free(&f.relas[i]);
	free(f.relas);
	om_buf_free(&f.symtab);
	om_buf_free(&f.strtab);
	om_buf_free(&f.shstrtab);
	return err;
}
