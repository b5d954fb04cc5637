/* Of a function to which nobody points the kernel overwrites ENDBR; its hook is behind that. */
#include "kernel.h"

void f(int i)
{
	consume(i);
#ifdef POST
	consume(i + 1);
#endif
}
