/* The key is a variable, and the trampoline is the kernel's to write: both stay where they are. */
#include "kernel.h"
#include "static_call.h"

extern void target(void), other_target(void);
DEFINE_STATIC_CALL(own, target);
#ifdef POST
DEFINE_STATIC_CALL(added, other_target);
#endif

int f(int i)
{
	static_call(own);
#ifdef POST
	consume(i);
	static_call(added);
#endif
	return i;
}
int g(int i)
{
	static_call(own);
	return i + 1;
}
