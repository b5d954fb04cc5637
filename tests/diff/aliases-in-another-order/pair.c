/* The symbol that comes first in the object names the function; which that is means nothing. */
#include "kernel.h"

asm(".pushsection .text.twice, \"ax\"\n"
#ifdef POST
    ".globl second, first\n"
#else
    ".globl first, second\n"
#endif
    ".type first, @function\n.type second, @function\n"
    "first: second: call __fentry__\n\tjmp __x86_return_thunk\n"
    ".size first, . - first\n.size second, . - second\n.popsection");
extern int first(int i), second(int i);

int f(int i)
{
#ifdef POST
	consume(i);
#endif
	return first(i) + second(i);
}
int g(int i) { return first(i) + second(i) + 1; }
