/* Two clones change their names, and one of them changes; and two more that both do. Whoever calls one gets the right one. */
#include "kernel.h"

#ifdef POST
#define CLONE(name, pre, post) #name ".isra." #post
#define MORE consume(7);
#else
#define CLONE(name, pre, post) #name ".isra." #pre
#define MORE
#endif

static int a(int i) asm(CLONE(one, 0, 1));
static int b(int i) asm(CLONE(one, 1, 0));
static __attribute__((noipa)) int a(int i) { consume(i); MORE return i * 3; }
static __attribute__((noipa)) int b(int i) { consume(i); return i * 5; }
int call_a(int i) { return a(i) + 1; }
int call_b(int i) { return b(i) + 1; }

static int c(int i) asm(CLONE(two, 0, 1));
static int d(int i) asm(CLONE(two, 1, 0));
static __attribute__((noipa)) int c(int i) { consume(i); MORE return i * 7; }
static __attribute__((noipa)) int d(int i) { consume(i); MORE return i * 9; }
int call_c(int i) { return c(i) + 1; }
int call_d(int i) { return d(i) + 1; }
