/* The kernel read its list of these at boot: a probe on the old function, changed or not, is not kept away. */
#include "kernel.h"

#define NOKPROBE(fn) static used section("_kprobe_blacklist") ulong _kbl_addr_##fn = (ulong)fn

#ifdef POST
#define KPROBES section(".kprobes.text")
#else
#define KPROBES
#endif

int same(int i) { consume(i); return i; }
KPROBES int moved(int i) { consume(i); return i; }
int was_marked(int i) { consume(i); return i; }
int changed(int i)
{
	consume(i);
#ifdef POST
	consume(2);
#endif
	return i;
}
#ifdef POST
NOKPROBE(same);
NOKPROBE(changed);
#else
NOKPROBE(was_marked);
#endif
