/* inet_csk_prepare_for_destroy_sock(), 6.1.188: out of the header into a file. */
#include "kernel.h"

#ifndef POST
static noinline int setup(int i) { consume(i); return i * 3; }
#else
extern int setup(int i);
#endif
int caller(int i) { return setup(i) + 1; }
