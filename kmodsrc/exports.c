// SPDX-License-Identifier: GPL-2.0-only
/* Exported data, by the tables that the module loader goes by: for kernels whose symbol tables have functions alone. */
#include <linux/string.h>

#include "core.h"
#include "symbols.h"

#ifndef CONFIG_KALLSYMS_ALL
/* kernel/module/internal.h, 6.1 */
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

	BUILD_BUG_ON(IS_ENABLED(CONFIG_HAVE_ARCH_PREL32_RELOCATIONS));
	if (!addr) {
		pr_err("the kernel's symbol table has no find_symbol\n");
		return -ENOENT;
	}
	return kernel_call_set(ksplice_find_symbol, addr);
}

bool ksplice_export(const char *name, struct module **owner, u64 *addr)
{
	struct find_symbol_arg fsa = { .name = name, .gplok = true };

	if (!kernel_call(ksplice_find_symbol)(&fsa) || strcmp(fsa.sym->name, name))
		return false;
	*owner = fsa.owner;
	*addr = fsa.sym->value;
	return true;
}
#else
int ksplice_exports_init(void)
{
	return 0;
}

bool ksplice_export(const char *name, struct module **owner, u64 *addr)
{
	return false;
}
#endif
