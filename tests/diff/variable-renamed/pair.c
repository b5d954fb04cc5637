/* A counter under another name. One function is otherwise the same; the other has changed as well. */
#include "kernel.h"

#ifdef POST
static int nr_calls;
#define counter nr_calls
#else
static int counter;
#endif

int f(int i)
{
	consume(counter);
	return counter += i;
}

int g(int i)
{
#ifdef POST
	consume(i);
#endif
	return counter -= i;
}
