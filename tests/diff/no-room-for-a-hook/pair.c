#include "kernel.h"

#ifdef POST
#define CODE "inc %edi; ret"
#else
#define CODE "dec %edi; ret"
#endif
asm(".pushsection .text.tiny, \"ax\"\n.globl tiny\n.type tiny, @function\n"
    "tiny: " CODE "\n.size tiny, . - tiny\n.popsection");
