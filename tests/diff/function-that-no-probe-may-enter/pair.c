#include "kernel.h"

/* include/asm-generic/kprobes.h, error-injection.h */
#define NOKPROBE(fn) static used section("_kprobe_blacklist") ulong _kbl_addr_##fn = (ulong)fn
#define INJECTION(fn) static used section("_error_injection_whitelist") struct { ulong addr; int etype; } \
	_eil_addr_##fn = { (ulong)fn, 1 }

int other(int i) { return i; }
NOKPROBE(other);
INJECTION(other);
#ifdef POST
static noinline int helper(int i) { return i * 3; }
NOKPROBE(helper);
#endif
int f(int i)
{
#ifdef POST
	return helper(i);
#endif
	return i;
}
NOKPROBE(f);
INJECTION(f);
