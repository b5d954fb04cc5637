/* Its section is what tells the kernel that no probe may enter it: the new functions stay there. */
#include "kernel.h"

#ifdef POST
section(".noinstr.text") noinline static int helper(int i) { return i * 3; }
#endif

section(".kprobes.text") int f(int i)
{
#ifdef POST
	return helper(i);
#endif
	return i;
}

section(".kprobes.text") int g(int i)
{
#ifdef POST
	i++;
#endif
	return i;
}
