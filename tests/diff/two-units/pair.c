/* The first unit calls what is new and what changed in the second. */
#include "kernel.h"

extern int changed_there(int i), new_there(int i), same_there(int i);

int f(int i)
{
#ifdef POST
	i += new_there(i);
#endif
	use(changed_there);
	return changed_there(i) + same_there(i);
}
