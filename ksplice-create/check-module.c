// SPDX-License-Identifier: GPL-2.0-or-later
/* Whether the kernel would load a module that was just built: what it needs, and what it calls itself. */
#include "ksplice-create/check-module.h"

#include <errno.h>
#include <fcntl.h>
#include <gelf.h>
#include <libelf.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ksplice-create/tree.h"

/* Lines "0xCRC<tab>NAME<tab>OWNER<tab>...", where OWNER is "vmlinux" or the path of a module. */
struct error *exports_read(const char *symvers, struct exports *ret)
{
	_cleanup_free_ char *text = NULL;
	struct error *err = file_read(symvers, TEXT_MAX, &text, NULL);
	char *save = NULL;

	if (err)
		return err;
	for (char *line = strtok_r(text, "\n", &save); line; line = strtok_r(NULL, "\n", &save)) {
		char *name = strchr(line, '\t');

		if (!name || !starts_with(line, "0x"))
			return error_new(ERROR_BAD_FILE, "%s: not a Module.symvers: '%s'", symvers, line);
		name++;
		strv_addf(&ret->names, "%.*s", (int)strcspn(name, "\t"), name);
		if (starts_with(name + strcspn(name, "\t"), "\tvmlinux\t"))
			strv_add(&ret->vmlinux, ret->names.v[ret->names.n - 1]);
	}
	strv_sort(&ret->names);
	strv_sort(&ret->vmlinux);
	return NULL;
}

void exports_free(struct exports *e)
{
	strv_free(&e->names);
	strv_free(&e->vmlinux);
}

static int compare(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* What the core publishes (kmodsrc/ksplice.h and, for each update, objmanip/symbols.h). */
static bool is_published(const char *name)
{
	return starts_with(name, "ksplice_abi") || starts_with(name, "ks:");
}

static bool has(const struct strv *sorted, const char *name)
{
	return sorted->n && bsearch(&name, sorted->v, sorted->n, sizeof(name), compare);
}

bool exports_has(const struct exports *e, const char *name)
{
	return has(&e->names, name);
}

bool exports_has_vmlinux(const struct exports *e, const char *name)
{
	return has(&e->vmlinux, name);
}

static void check_symbol(const GElf_Sym *sym, const char *name, const struct exports *exports, struct str *missing)
{
	if (sym->st_shndx != SHN_UNDEF || !*name || GELF_ST_BIND(sym->st_info) == STB_WEAK)
		return;
	if (!is_published(name) && !exports_has(exports, name))
		str_addf(missing, "%s%s", missing->len ? ", " : "", name);
}

static struct error *check_symbols(Elf *elf, const char *path, const struct exports *exports)
{
	_cleanup_str_ struct str missing = STR_INIT;
	Elf_Scn *scn = NULL;
	GElf_Shdr sh;

	while ((scn = elf_nextscn(elf, scn))) {
		Elf_Data *data;
		GElf_Sym sym;

		if (!gelf_getshdr(scn, &sh) || sh.sh_type != SHT_SYMTAB || !(data = elf_getdata(scn, NULL)))
			continue;
		for (int i = 1; gelf_getsym(data, i, &sym); i++)
			check_symbol(&sym, elf_strptr(elf, sh.sh_link, sym.st_name) ?: "", exports, &missing);
	}
	if (!missing.len)
		return NULL;
	return error_new(ERROR_OTHER, "%s: needs symbols that the kernel does not export: %s\nis Module.symvers that of the "
			 "kernel?", path, missing.s);
}

/* "NAME=VALUE" strings; the one with @name, or NULL. Borrowed. */
static const char *modinfo(Elf *elf, const char *name)
{
	size_t names, len = strlen(name);
	Elf_Scn *scn = NULL;
	GElf_Shdr sh;

	if (elf_getshdrstrndx(elf, &names))
		return NULL;
	while ((scn = elf_nextscn(elf, scn))) {
		Elf_Data *data;
		const char *p, *end;

		if (!gelf_getshdr(scn, &sh) || strcmp(elf_strptr(elf, names, sh.sh_name) ?: "", ".modinfo"))
			continue;
		data = elf_getdata(scn, NULL);
		if (!data || !data->d_size || ((char *)data->d_buf)[data->d_size - 1])
			return NULL;
		end = (char *)data->d_buf + data->d_size;
		for (p = data->d_buf; p < end; p += strlen(p) + 1)
			if (!strncmp(p, name, len) && p[len] == '=')
				return p + len + 1;
	}
	return NULL;
}

static struct error *check_vermagic(Elf *elf, const char *path, const char *release)
{
	const char *magic = modinfo(elf, "vermagic");
	size_t len = strlen(release);

	if (!magic)
		return error_new(ERROR_BAD_FILE, "%s: not a kernel module", path);
	if (strncmp(magic, release, len) || magic[len] != ' ')
		return error_new(ERROR_OTHER, "%s: came out for kernel '%s', not for %s", path, magic, release);
	return NULL;
}

struct error *check_module(const char *path, const char *release, const struct exports *exports)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct error *err;
	Elf *elf;

	if (fd < 0)
		return error_errno(errno, "%s", path);
	elf_version(EV_CURRENT);
	elf = elf_begin(fd, ELF_C_READ_MMAP, NULL);
	if (elf && elf_kind(elf) == ELF_K_ELF)
		err = check_vermagic(elf, path, release) ?: check_symbols(elf, path, exports);
	else
		err = error_new(ERROR_BAD_FILE, "%s: not an ELF file", path);
	elf_end(elf);
	close(fd);
	return err;
}
