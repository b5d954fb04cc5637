/* As efivarfs_statfs() of 6.12.111: the author's limit takes the place of printk_ratelimited()'s, which has the same name. */
#include "kernel.h"

struct ratelimit_state {
	int interval, burst, printed;
};

extern int limited(struct ratelimit_state *rs);

#define printk_ratelimited(...) \
({ \
	static struct ratelimit_state _rs = { 1250, 10, 0 }; \
	\
	if (!limited(&_rs)) \
		printk(__VA_ARGS__); \
})

int f(int i)
{
#ifdef POST
	static struct ratelimit_state _rs = { 500, 5, 0 };

	if (!limited(&_rs))
		i++;
#else
	printk_ratelimited("f");
#endif
	return i;
}

int g(int i)
{
	printk_ratelimited("g");
#ifdef POST
	return i + 1;
#else
	return i;
#endif
}
