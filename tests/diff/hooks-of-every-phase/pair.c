#include "kernel.h"
#include "author.h"

#ifdef POST
static int may(void) { return printk("may"); }
static void must(void) { printk("must"); }
static void last(void) { printk("last"); }
ksplice_pre_apply(may);
ksplice_check_apply(may);
ksplice_apply(must);
ksplice_post_apply(must);
ksplice_fail_apply(must);
ksplice_pre_reverse(may);
ksplice_check_reverse(may);
ksplice_reverse(must);
ksplice_post_reverse(must);
ksplice_fail_reverse(must);
ksplice_post_reverse(last);
#endif

int f(int i) { return i; }
