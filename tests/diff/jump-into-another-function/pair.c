/* Assembly that goes on in the middle of another function: both are carried, and both replaced. */
#include "kernel.h"

#ifdef POST
#define EXTRA "nop\n\t"
#else
#define EXTRA
#endif
asm(".pushsection .text.whole, \"ax\"\n.globl whole\n.type whole, @function\n"
    "whole: movl $1, %eax\n\tjmp consume\ninside: movl $2, %eax\n\tjmp consume\n.size whole, . - whole\n.popsection\n"
    ".pushsection .text.jumper, \"ax\"\n.globl jumper\n.type jumper, @function\n"
    "jumper: movl $3, %edi\n\t" EXTRA "jmp inside\n.size jumper, . - jumper\n.popsection");
