#include "kernel.h"
#include "author.h"

#ifdef POST
static int sizes[4] = { 1, 2, 3, 4 };
static int *pointer = &sizes[1];
ksplice_data_new(sizes);
ksplice_data_new(pointer);
#else
static int sizes[3] = { 1, 2, 3 };
static int *pointer = &sizes[1];
#endif

int f(int i) { return sizes[i]; }
int g(int i) { return *pointer += i; }
void set(int *p) { pointer = p; }
int other(int i) { return i; }

int counter(int i)
{
#ifdef POST
	static long count = 1;
	ksplice_data_new(count);
#else
	static int count;
#endif
	return count += i;
}

#ifdef POST
static int __init at_boot(void) { sizes[0] = 5; return 0; }
ksplice_init_ignore(at_boot);
#else
static int __init at_boot(void) { sizes[0] = 4; return 0; }
#endif
static int (*used __initcall_at_boot)(void) section(".initcall6.init") = at_boot;
