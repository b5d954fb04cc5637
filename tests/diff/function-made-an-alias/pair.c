/* Who knows bar by its address would go on with the old bar: nothing of it is changed. */
#include "kernel.h"

int foo(int i) { consume(i + 3); return i; }
#ifdef POST
int bar(int i) __attribute__((alias("foo")));
#else
int bar(int i) { consume(i + 4); return i; }
#endif
