/* Both names are one address in the kernel: a hook there would redirect the calls of both. */
#include "kernel.h"

#ifdef POST
int foo(int i) { consume(i + 5); return i; }
int bar(int i) { consume(i + 3); return i; }
int one(int i) { consume(i); return i; }
int other(int i) { consume(i + 1); return i; }
#else
int foo(int i) { consume(i + 3); return i; }
int bar(int i) __attribute__((alias("foo")));
int one(int i) { consume(i); return i; }
int other(int i) __attribute__((alias("one")));
#endif
