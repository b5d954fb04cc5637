#include "kernel.h"
#include "author.h"

static noinline void old(void) { printk("old"); }
extern void elsewhere(void);
int f(int i) { old(); return i; }
#ifdef POST
static void __init at_boot(void) { printk("boot"); }
static void (*variable)(void);
ksplice_apply(old);
ksplice_apply(elsewhere);
ksplice_apply(at_boot);
#endif
