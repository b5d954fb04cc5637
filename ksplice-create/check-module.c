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

#include "kmodsrc/ksplice-abi.h"
#include "ksplice-create/tree.h"

static int compare(const void *a, const void *b)
{
	const struct export *x = a, *y = b;

	return strcmp(x->name, y->name);
}

/* Lines "0xCRC<tab>NAME<tab>OWNER<tab>...", where OWNER is "vmlinux" or the path of a module. */
struct error *exports_read(const char *symvers, struct exports *ret)
{
	_cleanup_free_ char *text = NULL;
	struct error *err = file_read(symvers, TEXT_MAX, &text, NULL);
	char *save = NULL;

	if (err)
		return err;
	for (char *line = strtok_r(text, "\n", &save); line; line = strtok_r(NULL, "\n", &save)) {
		char *name = strchr(line, '\t'), *owner = name ? strchr(name + 1, '\t') : NULL;

		if (!owner || !starts_with(line, "0x"))
			return error_new(ERROR_BAD_FILE, "%s: not a Module.symvers: '%s'", symvers, line);
		name++;
		ret->v = xrealloc(ret->v, (ret->n + 1) * sizeof(*ret->v));
		ret->v[ret->n++] = (struct export){
			.name = xstrndup(name, owner - name),
			.owner = xstrndup(owner + 1, strcspn(owner + 1, "\t")),
		};
	}
	if (ret->n)
		qsort(ret->v, ret->n, sizeof(*ret->v), compare);
	return NULL;
}

void exports_free(struct exports *e)
{
	for (size_t i = 0; i < e->n; i++) {
		free(e->v[i].name);
		free(e->v[i].owner);
	}
	free(e->v);
	*e = (struct exports){};
}

/* What the core publishes (kmodsrc/ksplice.h and, for each update, objmanip/symbols.h). */
/* .TOC.: on ppc64le the loader gives each module its own (arch/powerpc/kernel/module_64.c). */
static bool is_published(const char *name)
{
	return !strcmp(name, ".TOC.") || starts_with(name, KSPLICE_ABI_PREFIX) || starts_with(name, "ks:");
}

const char *exports_owner(const struct exports *e, const char *name)
{
	const struct export key = {.name = (char *)name};
	const struct export *found = e->n ? bsearch(&key, e->v, e->n, sizeof(key), compare) : NULL;

	return found ? found->owner : NULL;
}

bool exports_has(const struct exports *e, const char *name)
{
	return exports_owner(e, name);
}

bool exports_has_vmlinux(const struct exports *e, const char *name)
{
	const char *owner = exports_owner(e, name);

	return owner && !strcmp(owner, "vmlinux");
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
