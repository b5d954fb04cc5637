/* ORC is x86's: by the layout of the kernel, entries of that table have no size. */
#include "kernel.h"

int f(void) { return 1; }
asm(".pushsection .orc_unwind_ip,\"a\"\n\t.long f - .\n\t.popsection\n.pushsection .orc_unwind,\"a\"\n\t.quad 0\n\t.popsection");
