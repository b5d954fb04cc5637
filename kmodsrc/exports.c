// SPDX-License-Identifier: GPL-2.0-only
/* What is exported, by the tables that the module loader goes by. */
#include <linux/string.h>

#include "core.h"
#include "symbols.h"

/* kernel/module/internal.h, 6.1 and 6.12 */
struct find_symbol_arg {
	const char *name;
	bool gplok;
	bool warn;
	struct module *owner;
	const s32 *crc;
	const struct kernel_symbol *sym;
	enum { NOT_GPL_ONLY, GPL_ONLY } license;
};
bool find_symbol(struct find_symbol_arg *fsa);

DEFINE_KERNEL_CALL(ksplice_find_symbol, find_symbol);

int ksplice_exports_init(void)
{
	unsigned long addr = kernel_call(ksplice_kallsyms_lookup_name)("find_symbol");

	if (!addr) {
		pr_err("the kernel's symbol table has no find_symbol\n");
		return -ENOENT;
	}
	return kernel_call_set(ksplice_find_symbol, addr);
}

#ifdef CONFIG_HAVE_ARCH_PREL32_RELOCATIONS
static const char *name_of(const struct kernel_symbol *sym)
{
	return offset_to_ptr(&sym->name_offset);
}

static unsigned long value_of(const struct kernel_symbol *sym)
{
	return (unsigned long)offset_to_ptr(&sym->value_offset);
}
#else
static const char *name_of(const struct kernel_symbol *sym)
{
	return sym->name;
}

static unsigned long value_of(const struct kernel_symbol *sym)
{
	return sym->value;
}
#endif

bool ksplice_export(const char *name, struct module **owner, u64 *addr)
{
	struct find_symbol_arg fsa = { .name = name, .gplok = true };

	if (!kernel_call(ksplice_find_symbol)(&fsa) || strcmp(name_of(fsa.sym), name))
		return false;
	*owner = fsa.owner;
	*addr = value_of(fsa.sym);
	return true;
}
