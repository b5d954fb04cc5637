// SPDX-License-Identifier: GPL-2.0-or-later
/* Reads .modinfo of an update's modules, and checks their names and the kernel that they are for. */
#include "ksplice-apply/modinfo.h"

#include <errno.h>
#include <gelf.h>
#include <stdlib.h>
#include <string.h>

/* In "key=value\0key=value\0"; a last one without NUL does not count. */
static const char *find_key(const char *p, size_t size, const char *key)
{
	size_t klen = strlen(key);

	while (size) {
		size_t len = strnlen(p, size);

		if (len == size)
			break;
		if (len > klen && !strncmp(p, key, klen) && p[klen] == '=')
			return p + klen + 1;
		p += len + 1;
		size -= len + 1;
	}
	return NULL;
}

static struct error *find_section(Elf *elf, const char *name, Elf_Data **data)
{
	Elf_Scn *scn = NULL;
	size_t names;

	*data = NULL;
	if (elf_kind(elf) != ELF_K_ELF || elf_getshdrstrndx(elf, &names))
		return error_new(ERROR_BAD_FILE, "not an ELF file");
	while ((scn = elf_nextscn(elf, scn))) {
		const char *n;
		GElf_Shdr sh;

		if (!gelf_getshdr(scn, &sh) || !(n = elf_strptr(elf, names, sh.sh_name)))
			return error_new(ERROR_BAD_FILE, "not a whole ELF file: %s", elf_errmsg(-1));
		if (strcmp(n, name))
			continue;
		*data = elf_rawdata(scn, NULL);
		return *data ? NULL : error_new(ERROR_BAD_FILE, "section %s: %s", name, elf_errmsg(-1));
	}
	return NULL;
}

struct error *modinfo_value(const void *image, size_t size, const char *key, char **value)
{
	const char *found;
	struct error *err;
	Elf_Data *data;
	Elf *elf;

	*value = NULL;
	elf_version(EV_CURRENT);
	/* Reading only: libelf takes a char * for writers. */
	elf = elf_memory((char *)image, size);
	if (!elf)
		return error_new(ERROR_BAD_FILE, "not an ELF file: %s", elf_errmsg(-1));
	err = find_section(elf, ".modinfo", &data);
	if (!err && data && data->d_buf) {
		found = find_key(data->d_buf, data->d_size, key);
		if (found && !(*value = strdup(found)))
			err = error_errno(ENOMEM, ".modinfo");
	}
	elf_end(elf);
	return err;
}

static struct error *check_name(const struct update_file *f, const char *name)
{
	struct error *err;
	char *value;

	err = modinfo_value(f->data, f->size, "name", &value);
	if (!err && (!value || strcmp(value, name)))
		err = error_new(ERROR_BAD_FILE, "the module's own name is not %s", name);
	free(value);
	return err;
}

/* "6.1.0-56-cloud-amd64 SMP preempt mod_unload modversions " */
static struct error *check_vermagic(const struct update_file *f, const char *release)
{
	struct error *err;
	char *value;

	err = modinfo_value(f->data, f->size, "vermagic", &value);
	if (!err && !value)
		err = error_new(ERROR_BAD_FILE, "not a kernel module: it has no vermagic");
	if (err)
		return err;
	value[strcspn(value, " ")] = 0;
	if (strcmp(value, release))
		err = error_new(ERROR_WRONG_KERNEL, "the module was built for another kernel: its release differs\n"
				"  module: %s\n  update: %s", value, release);
	free(value);
	return err;
}

static struct error *check_module(const struct update *u, const struct manifest_module *mod)
{
	const struct update_file *f = update_find(u, mod->file);
	struct error *err;

	err = check_name(f, mod->module);
	if (!err)
		err = check_vermagic(f, u->manifest->release);
	return err ? error_prefix(err, "%s", mod->file) : NULL;
}

struct error *modinfo_check_update(const struct update *u)
{
	const struct manifest *m = u->manifest;
	struct error *err;

	err = check_module(u, &m->core);
	for (size_t i = 0; !err && i < m->nr_targets; i++) {
		err = check_module(u, &m->targets[i].match);
		if (!err)
			err = check_module(u, &m->targets[i].code);
	}
	return err;
}
