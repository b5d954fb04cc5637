#include "kernel.h"

extern int f(int i);

#ifdef POST
int new_there(int i) { return i * 7; }
#endif

int changed_there(int i)
{
#ifdef POST
	if (i > 7)
		return f(i - 1) * 2;
#endif
	return i * 5;
}

int same_there(int i) { return i * 9; }
