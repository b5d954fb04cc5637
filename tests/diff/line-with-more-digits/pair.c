/* A line number that needs a longer instruction, and one that makes a string longer. */
#include "kernel.h"

#define STRING(x) #x
#define LINE(x) STRING(x)

extern int many(int a, int b, int c, int d, int e, int f, int line);
extern void fortify_panic(const char *where);

#if defined(POST) || defined(RENUMBERED)
#line 1000 "pair.c"
#endif
/* The seventh argument is pushed: a byte up to 127. */
int f(int i)
{
	return many(i, i, i, i, i, i, __LINE__) + 1;
}

int g(int i)
{
	if (i == 7)
		fortify_panic("field at pair.c:" LINE(__LINE__));
	return i;
}

#ifdef POST
int h(int i)
{
	return i * 5;
}
#else
int h(int i)
{
	return i * 7;
}
#endif
