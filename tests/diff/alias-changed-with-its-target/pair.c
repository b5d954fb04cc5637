/* Two names of one function, both known elsewhere; and one of a static function. */
#include "kernel.h"

__attribute__((noipa)) int target(int i)
{
#ifdef POST
	consume(i);
#endif
	return i * 3;
}
extern int other_name(int i) __attribute__((alias("target")));

static __attribute__((noipa)) int hidden(int i)
{
#ifdef POST
	consume(i);
#endif
	return i * 5;
}
extern int seen(int i) __attribute__((alias("hidden")));

int f(int i) { return other_name(i) + target(i + 1) + seen(i); }
int g(int i)
{
#ifdef POST
	consume(i);
#endif
	use(other_name);
	use(target);
	return other_name(i) + target(i + 1) + seen(i);
}
