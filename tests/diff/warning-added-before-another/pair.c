/* Each WARN_ONCE has a variable __already_done; one is added in front of an old one. */
#include "kernel.h"

int f(int i)
{
#ifdef POST
	WARN_ONCE(i == 1, "one\n");
#endif
	WARN_ONCE(i == 2, "two\n");
	return i;
}

int g(int i)
{
	WARN_ONCE(i == 3, "three\n");
	return i;
}
