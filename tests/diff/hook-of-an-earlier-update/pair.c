#include "kernel.h"
#include "author.h"

#ifdef POST
#define CHANGED consume(1)
static void now(void) { printk("now"); }
ksplice_apply(now);
#else
#define CHANGED
#endif

static void then(void) { printk("then"); CHANGED; }
ksplice_apply(then);
static int value = 3;
ksplice_data_ignore(value);
int f(int i) { return value += i; }
