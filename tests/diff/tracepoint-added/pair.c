#include "kernel.h"

struct tracepoint { const char *name; struct static_key key; };
#define TRACE(name) \
	static const char __tpstrtab_##name[] section("__tracepoints_strings") = #name; \
	struct tracepoint __tracepoint_##name used section("__tracepoints") = { __tpstrtab_##name }; \
	asm(".pushsection __tracepoints_ptrs, \"a\"\n.balign 4\n.long __tracepoint_" #name " - .\n.popsection")
TRACE(old);
#ifdef POST
TRACE(added);
#endif
int f(int i)
{
	if (static_branch(&__tracepoint_old.key))
		consume(1);
#ifdef POST
	if (static_branch(&__tracepoint_added.key))
		consume(2);
#endif
	return i;
}
