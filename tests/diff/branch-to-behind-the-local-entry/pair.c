/* To a function's symbol, the module loader adds the distance of the local entry: the part would come back two instructions too late. */
#include "kernel.h"

extern int variable;
extern cold void seldom(void);

#ifdef POST
#define N 2
#else
#define N 1
#endif

int f(int i)
{
	if (i == 3) {
		seldom();
		variable = i;
		seldom();
	}
	consume(i);
	return variable + i + N;
}
