/* gcc numbers clones in the order in which it makes them: these two have changed their names, and are what they were. */
#include "kernel.h"

extern void cold disaster(int i);

#ifdef POST
#define FIRST "helper.constprop.1"
#define SECOND "helper.constprop.0"
#else
#define FIRST "helper.constprop.0"
#define SECOND "helper.constprop.1"
#endif

static int first(int i) asm(FIRST);
static int second(int i) asm(SECOND);
static __attribute__((noipa)) int first(int i) { if (i == 77) disaster(i); consume(i); return i * 3; }
static __attribute__((noipa)) int second(int i) { if (i == 77) disaster(i); consume(i); return i * 5; }

int f(int i) { return first(i) + 1; }
int g(int i) { return second(i) + 2; }
int h(int i)
{
#ifdef POST
	consume(i);
#endif
	return second(i) + i;
}
