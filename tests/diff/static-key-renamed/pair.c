/* Only a jump label's entry mentions it. */
#include "kernel.h"

#ifdef POST
#define key feature
#endif
static struct static_key key;

int f(int i)
{
	if (static_branch(&key))
		consume(i);
	return i;
}
void set(void) { key.enabled = 1; }
