/* gcc's .LC0, .LC1 ... for strings and floating point constants count through the unit: what is added first moves all. */
#include "kernel.h"

#ifdef POST
void added(void *m, double *d)
{
	seq_puts(m, "added\n");
	seq_puts(m, "second\n");
	*d *= 1.1;
}
#endif

void f(void *m, double *d)
{
	seq_puts(m, "first\n");
	seq_puts(m, "second\n");
	*d *= 2.2;
}

void g(void *m, double *d)
{
#ifdef POST
	added(m, d);
#endif
	seq_puts(m, "third\n");
	*d *= 3.3;
}
