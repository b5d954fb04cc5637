/* The function changes elsewhere, registers and distances with it: what is done with each variable tells which it is. */
#include "kernel.h"

#define REQUESTS do { static ulong last; if (last + 10 < now) { last = now; seq_puts(m, "requests\n"); } } while (0)
#define ERRORS do { static ulong last; if (last != now) { consume(now - last); last = now; } } while (0)

void f(void *m, ulong now, int i, int j)
{
#ifdef POST
	if (i > j && m) {
		consume(j);
		use(m);
		for (int k = 0; k < i; k++)
			printk("none of %d in %d: %lu %lu\n", k, j, now / 7, now / 9);
	}
#endif
	REQUESTS;
#ifdef POST
	consume(i);
#endif
	ERRORS;
}
