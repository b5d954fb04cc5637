/* The message goes to a function that gets no descriptor (_dynamic_func_call_no_desc()): code does not tell where that is. */
#include "kernel.h"

#define own_debug(fmt, ...) own_debug_(UNIQUE(__UNIQUE_ID_ddebug, __COUNTER__), fmt, ##__VA_ARGS__)
#define own_debug_(id, fmt, ...) do { \
	DEBUG_DESCRIPTOR(id, fmt); \
	if (static_branch(&id.key)) \
		consume_debug(fmt, ##__VA_ARGS__); \
} while (0)
int consume_debug(const char *fmt, ...);

int first(int i)
{
	own_debug("in first %d\n", i);
#ifdef POST
	return i * 3;
#else
	return i;
#endif
}

int second(int i)
{
	own_debug("in second %d\n", i);
	return i;
}
