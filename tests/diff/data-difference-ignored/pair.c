#include "kernel.h"
#include "author.h"

#ifdef POST
static int limit = 20;
static int smaller[1] = { 2 };
static const int constant[3] = { 1, 2, 4 };
static int section(".data..percpu") each = 3;
ksplice_data_ignore(limit);
ksplice_data_ignore(smaller);
ksplice_data_ignore(constant);
ksplice_data_ignore(each);
#else
static int limit = 10;
static int smaller[2] = { 1, 2 };
static const int constant[3] = { 1, 2, 3 };
static int section(".data..percpu") each = 2;
#endif

int f(int i)
{
#ifdef POST
	consume(each);
#endif
	each += 4;
	return each + (limit += smaller[0] += i + constant[i]);
}
int g(int i) { return constant[i]; }
