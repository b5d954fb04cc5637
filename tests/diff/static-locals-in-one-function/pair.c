/* Two variables of one name in one function: the first mentioned is the first mentioned, the second the second. */
#include "kernel.h"

int f(int i)
{
	int sum = 0;

#ifdef POST
	consume(i);
#endif
	if (i) {
		static int last = 3;

		sum += last;
		last = i;
	} else {
		static int last = 4;

		sum += last * 2;
		last = i + 1;
	}
	return sum;
}
