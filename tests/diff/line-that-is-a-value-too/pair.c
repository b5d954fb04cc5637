/* The number is printed with a file's name, but it is also what f returns. */
#include "kernel.h"

#ifdef POST
#define NUMBER 2000
#else
#define NUMBER 1000
#endif

int f(int i)
{
	int number = NUMBER;

	asm volatile("" : "+r" (number));
	__warn_printk("%s %d\n", "pair.c", number);
	return number;
}

int g(int i)
{
	__warn_printk("%s %d\n", "pair.c", NUMBER);
	return i;
}
