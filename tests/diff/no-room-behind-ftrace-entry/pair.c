#include "kernel.h"

#ifdef POST
#define CODE "inc %edi; ret"
#else
#define CODE "dec %edi; ret"
#endif
asm(".pushsection .text.tiny, \"ax\"\n.globl tiny\n.type tiny, @function\n"
    "tiny: .byte 0x0f, 0x1f, 0x44, 0, 0; " CODE "\n.size tiny, . - tiny\n.popsection\n"
    ".pushsection __mcount_loc, \"a\"\n.quad tiny\n.popsection");
