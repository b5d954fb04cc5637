// SPDX-License-Identifier: GPL-2.0-or-later
/* Line tables, by libdwfl, which applies the relocations that an object's own debug sections have. */
#include "ksplice-create/source-lines.h"

#include <elfutils/libdwfl.h>
#include <stdlib.h>

struct source_lines {
	Dwfl *dwfl;
	Dwfl_Module *module;
	Elf *elf;
	Dwarf_Addr bias;	/* of addresses in @elf */
};

static int no_elf(Dwfl_Module *mod, void **data, const char *name, Dwarf_Addr base, char **file, Elf **elf)
{
	return -1;
}

static int no_debuginfo(Dwfl_Module *mod, void **data, const char *name, Dwarf_Addr base, const char *file, const char *link,
			GElf_Word crc, char **ret)
{
	return -1;
}

/* Nothing is looked for elsewhere: no debuginfod, no /usr/lib/debug. */
static const Dwfl_Callbacks callbacks = {
	.find_elf = no_elf,
	.find_debuginfo = no_debuginfo,
	.section_address = dwfl_offline_section_address,
};

struct source_lines *source_lines_open(const char *object)
{
	struct source_lines *s = calloc(1, sizeof(*s));
	Dwarf_Addr ignored;

	if (!s)
		return NULL;
	s->dwfl = dwfl_begin(&callbacks);
	s->module = s->dwfl ? dwfl_report_offline(s->dwfl, object, object, -1) : NULL;
	if (s->module && !dwfl_report_end(s->dwfl, NULL, NULL) && dwfl_module_getdwarf(s->module, &ignored))
		s->elf = dwfl_module_getelf(s->module, &s->bias);
	if (s->elf)
		return s;
	source_lines_close(s);
	return NULL;
}

void source_lines_close(struct source_lines *s)
{
	if (!s)
		return;
	dwfl_end(s->dwfl);
	free(s);
}

bool source_lines_find(struct source_lines *s, uint32_t section, uint64_t off, const char **file, int *line)
{
	Elf_Scn *scn = s ? elf_getscn(s->elf, section) : NULL;
	GElf_Shdr mem, *sh = scn ? gelf_getshdr(scn, &mem) : NULL;
	Dwfl_Line *found;

	/* dwfl_report_offline() has given each section that is loaded an address of its own. */
	if (!sh || !(sh->sh_flags & SHF_ALLOC) || off >= sh->sh_size)
		return false;
	found = dwfl_module_getsrc(s->module, sh->sh_addr + s->bias + off);
	*file = found ? dwfl_lineinfo(found, NULL, line, NULL, NULL, NULL) : NULL;
	return *file && *line > 0;
}
