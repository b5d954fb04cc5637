/* A second object is what the author wants. */
#include "kernel.h"
#include "author.h"

#ifdef POST
static const int sizes[] = { 1, 2, 4 };
ksplice_data_new(sizes);
#else
static int sizes[] = { 1, 2, 3 };
#endif

int f(int i) { return sizes[i]; }
#ifndef POST
void set(int i) { sizes[i] = i; }
#endif
