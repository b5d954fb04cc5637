/* As static-locals-exchanged, with variables of each CPU. */
#include "kernel.h"

#define PERCPU __attribute__((__section__(".data..percpu")))

#define REQUESTS do { static PERCPU ulong last; if (last + 10 < now) { last = now; seq_puts(m, "requests\n"); } } while (0)
#define ERRORS do { static PERCPU ulong last; if (last != now) { consume(now - last); last = now; } } while (0)

void f(void *m, ulong now)
{
#ifdef POST
	ERRORS;
	REQUESTS;
#else
	REQUESTS;
	ERRORS;
#endif
}
