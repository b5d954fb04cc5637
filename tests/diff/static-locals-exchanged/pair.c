/* Two blocks change places, and their variables with them: order would give each the value of the other. */
#include "kernel.h"

#define REQUESTS do { static ulong last; if (last + 10 < now) { last = now; seq_puts(m, "requests\n"); } } while (0)
#define ERRORS do { static ulong last; if (last != now) { consume(now - last); last = now; } } while (0)

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
