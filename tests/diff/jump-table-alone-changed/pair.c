/* Two cases of a switch exchange what they do: not an instruction changes, but the table. */
#include "kernel.h"

void f(int i)
{
	switch (i) {
#ifdef POST
	case 1: consume(10); break;
	case 0: printk("1"); break;
#else
	case 0: consume(10); break;
	case 1: printk("1"); break;
#endif
	case 2: use(&i); break;
	case 3: seq_putc(&i, 'x'); break;
	case 4: seq_puts(&i, "x"); break;
	}
}
