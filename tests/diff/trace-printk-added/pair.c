/* include/linux/kernel.h of 6.1: the loader keeps the formats of a module, for those who read the trace when it is gone. */
#include "kernel.h"

extern int __trace_bprintk(ulong ip, const char *fmt, ...);
#define trace_printk(fmt, ...) ({ \
	static const char *trace_printk_fmt used section("__trace_printk_fmt") = fmt; \
	__trace_bprintk((ulong)__builtin_return_address(0), trace_printk_fmt, ##__VA_ARGS__); })

int added(int i)
{
#ifdef POST
	trace_printk("added %d\n", i);
#endif
	return i;
}
int changed(int i)
{
#ifdef POST
	trace_printk("is %d\n", i);
#else
	trace_printk("was %d\n", i);
#endif
	return i;
}
int kept(int i)
{
	trace_printk("kept %d\n", i);
#ifdef POST
	return i + 1;
#else
	return i;
#endif
}
int unchanged(int i)
{
	trace_printk("unchanged %d\n", i);
	return i;
}
