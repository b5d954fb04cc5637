/* The new code may rely on the alignment (cmpxchg16b, a device's buffer); the kernel's object lies where it lies. */
#include "kernel.h"

#ifdef POST
#define ALIGNED __attribute__((aligned(64)))
#else
#define ALIGNED
#endif

static char buffer[16] ALIGNED;
char global[16] ALIGNED = "x";
static const int table[4] ALIGNED = { 1, 2, 3, 4 };
static ulong counter section(".data..percpu") ALIGNED;
static ulong mostly section(".data..read_mostly"), aligned_mostly section(".data..read_mostly") ALIGNED;

void f(int i)
{
	use(buffer);
	use(global);
	use(&counter);
	use(&mostly);
	use(&aligned_mostly);
}
int g(int i) { return table[i]; }
