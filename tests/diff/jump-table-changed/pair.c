/* A switch with one case more: its table is a part of the function, and grows with it. The other one's is renumbered. */
#include "kernel.h"

void g(int i)
{
	switch (i) {
	case 0: consume(10); break;
	case 1: printk("1"); break;
	case 2: use(&i); break;
	case 3: seq_putc(&i, 'x'); break;
	case 4: seq_puts(&i, "x"); break;
#ifdef POST
	case 5: __warn_printk("x"); break;
#endif
	}
}

void f(int i)
{
	switch (i) {
	case 0: consume(20); break;
	case 1: printk("2"); break;
	case 2: use(&i); break;
	case 3: seq_putc(&i, 'x'); break;
	case 4: seq_puts(&i, "x"); break;
	}
}
