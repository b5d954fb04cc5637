#include "kernel.h"

/* include/linux/pci.h */
#define FIXUP(sec, vendor, hook) \
	asm(".pushsection " #sec ", \"a\"\n.balign 16\n.short " #vendor ", 1\n.long 0, 0\n.long " #hook " - .\n.popsection")

#ifdef POST
#define MOVED(x)
#define HERE(x) x
#else
#define MOVED(x) x
#define HERE(x)
#endif
void two(void *dev) { consume(2); }
MOVED(FIXUP(.pci_fixup_final, 0x11, two);)
void one(void *dev)
{
#ifdef POST
	consume(3);
#endif
	consume(1);
}
FIXUP(.pci_fixup_final, 0x10, one);
FIXUP(.pci_fixup_resume, 0x10, one);
FIXUP(.pci_fixup_resume, 0x12, one);
HERE(FIXUP(.pci_fixup_final, 0x11, two);)
