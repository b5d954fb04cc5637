// SPDX-License-Identifier: GPL-2.0-or-later
/* Reads the sizes of kernel structures from an object that kbuild compiled for the kernel. */
#include "objmanip/layout.h"

#include <errno.h>
#include <fcntl.h>
#include <libelf.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>

static const Elf64_Shdr *find(Elf *elf, Elf_Scn **ret)
{
	Elf_Scn *scn = NULL;
	size_t names;

	if (elf_getshdrstrndx(elf, &names))
		return NULL;
	while ((scn = elf_nextscn(elf, scn))) {
		const Elf64_Shdr *sh = elf64_getshdr(scn);
		const char *name = sh ? elf_strptr(elf, names, sh->sh_name) : NULL;

		if (name && !strcmp(name, ".ksplice_layout")) {
			*ret = scn;
			return sh;
		}
	}
	return NULL;
}

/* Alternatives are x86's; all 0: none. */
static bool alternatives_plausible(const struct om_layout *l)
{
	if (!l->alt_instr_size)
		return !l->alt_instr_instr_off && !l->alt_instr_repl_off && !l->alt_instr_instrlen_off && !l->alt_instr_repllen_off;
	return l->alt_instr_size >= 12 && l->alt_instr_size <= 64 && l->alt_instr_instr_off + 4 <= l->alt_instr_size &&
	       l->alt_instr_repl_off + 4 <= l->alt_instr_size && l->alt_instr_instrlen_off < l->alt_instr_size &&
	       l->alt_instr_repllen_off < l->alt_instr_size;
}

/* Offsets lie in their structures, structures have sizes that a special section may have. */
static bool plausible(const struct om_layout *l)
{
	return l->version == OM_LAYOUT_VERSION && alternatives_plausible(l) && l->para_site_size <= 64 &&
	       (!l->para_site_size || (l->para_site_instr_off + 8 <= l->para_site_size &&
				       l->para_site_type_off < l->para_site_size &&
				       l->para_site_len_off < l->para_site_size)) &&
	       l->bug_entry_size >= 4 && l->bug_entry_size <= 64 && l->ex_entry_size >= 8 && l->ex_entry_size <= 64 &&
	       l->jump_entry_size >= 16 && l->jump_entry_size <= 64 &&
	       (!l->static_call_site_size || l->static_call_site_size == 8) && l->static_call_key_func_off <= 64 &&
	       l->seals_keys <= 1 && (!l->orc_entry_size || (l->orc_entry_size >= 2 && l->orc_entry_size <= 64));
}

struct error *om_layout_read(const char *path, struct om_layout *ret)
{
	struct error *err = NULL;
	const Elf64_Shdr *sh;
	Elf_Data *data = NULL;
	Elf_Scn *scn = NULL;
	Elf *elf;
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return error_errno(errno, "%s", path);
	elf_version(EV_CURRENT);
	elf = elf_begin(fd, ELF_C_READ, NULL);
	sh = elf ? find(elf, &scn) : NULL;
	if (sh)
		data = elf_rawdata(scn, NULL);
	if (!data || !data->d_buf || data->d_size != sizeof(*ret))
		err = error_new(ERROR_BAD_FILE, "%s: no section .ksplice_layout of %zu bytes", path, sizeof(*ret));
	else
		memcpy(ret, data->d_buf, sizeof(*ret));
	if (elf)
		elf_end(elf);
	close(fd);
	if (!err && !plausible(ret))
		err = error_new(ERROR_BAD_FILE, "%s: structure sizes that no supported kernel has", path);
	return err;
}
