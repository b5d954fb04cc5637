#include "kernel.h"
#include "author.h"

#ifdef POST
static int __init added(void) { return 2; }
static int (*used __initcall_added)(void) section(".initcall6.init") = added;
static int section(".init.data") boot_table[2] = { 1, 3 };
ksplice_init_ignore(added);
ksplice_init_ignore(boot_table);
#else
static int section(".init.data") boot_table[2] = { 1, 2 };
#endif

static int __init old(void)
{
#ifdef POST
	use(0);
#endif
	return boot_table[0]++;
}
static int (*used __initcall_old)(void) section(".initcall6.init") = old;
#ifdef POST
ksplice_init_ignore(old);
#endif

void quirk(void)
{
#ifdef POST
	use((void *)1);
#endif
	use((void *)2);
}
#ifdef POST
/* include/linux/pci.h, DECLARE_PCI_FIXUP_SECTION() */
asm(".section .pci_fixup_final, \"a\"\n.balign 16\n.short 1, 2\n.long 3, 4\n.long quirk - .\n.previous");
ksplice_init_ignore(quirk);
#endif

int f(int i)
{
#ifdef POST
	consume(i);
#endif
	return i;
}
