#include "kernel.h"

#ifdef POST
section("__odd") used int parameter = 2;
section("__strange") used int added = 1;
#else
section("__odd") used int parameter = 1;
#endif
int f(int i) { return i; }
