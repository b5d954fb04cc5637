/* With KASAN, strings have red zones and so they cannot be merged: all of a unit are in one section. */
#include "kernel.h"

int first(int i) { return printk("first %d\n", i); }
int changed(int i)
{
#ifdef POST
	printk("a new string, longer than 32 bytes, before one that was there: %d\n", i);
#endif
	return printk("changed %d\n", i);
}
int last(int i) { return printk("last %d\n", i); }
