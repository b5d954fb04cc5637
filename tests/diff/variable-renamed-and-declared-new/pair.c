/* The author says that it is to begin anew. */
#include "kernel.h"
#include "author.h"

#ifdef POST
int nr_calls = 5;
ksplice_data_new(nr_calls);
#define counter nr_calls
#else
int counter = 5;
#endif

int f(int i) { return counter += i; }
