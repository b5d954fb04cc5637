#include "kernel.h"
#include "author.h"

#ifdef POST
static int grows[4] = { 1 }, also_grows[4] = { 1 };
static int section(".data..percpu") each = 3, new_each = 3;
int global = 2;
static int twice = 2;
static const int distance = 1;
static int unused_but_by_data = 2;
static int brand_new = 3;
ksplice_data_in_place(grows);
ksplice_data_ignore(also_grows);
ksplice_data_in_place(each);
ksplice_data_new(new_each);
ksplice_data_new(global);
ksplice_data_new(twice);
ksplice_data_ignore(twice);
ksplice_data_new(unused_but_by_data);
ksplice_data_in_place(brand_new);
static int folded = 4;
ksplice_data_in_place(folded);
static int __init boot(void) { return 2; }
ksplice_data_ignore(boot);
#else
static int grows[3] = { 1 }, also_grows[3] = { 1 };
static int section(".data..percpu") each = 2, new_each = 2;
int global = 1;
static int twice = 1;
static int unused_but_by_data = 1;
static int folded = 3;
static int __init boot(void) { return 1; }
#define brand_new twice
#endif
int *points = &unused_but_by_data;

int f(int i)
{
	each += i;
	new_each += each;
	global += new_each;
	brand_new += global;
	twice += i;
	return grows[i] += also_grows[i] += i;
}
int reads(void) { return each + new_each + brand_new + twice; }
int g(int i) { return folded; }
int ambiguous(int i)
{
	if (i) {
#ifdef POST
		static int count = 3;
		ksplice_data_in_place(count);
#else
		static int count = 2;
#endif
		return count += i;
	} else {
#ifdef POST
		static int count = 2;
#else
		static int count = 1;
#endif
		return count += 2;
	}
}
static int (*used __initcall_boot)(void) section(".initcall6.init") = boot;
