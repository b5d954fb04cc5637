/* What init code found out is gone with the kernel's variable; a new one would not know it. */
#include "kernel.h"

#ifdef POST
#undef __initdata
#define __initdata
#include "author.h"
#endif
int limit __initdata = 3;
/* Taken as new: the author says that its first value will do. */
static int fresh __initdata = 3;
#ifdef POST
ksplice_data_new(fresh);
#endif

extern int ask(void);
int __init init(int i) { limit = ask(); return i; }

int f(int i) { return limit + i; }
int g(int i)
{
	fresh++;
	return fresh + i;
}
