/*
 * A thread may be running it for ever: it goes on in the kernel's code, and would call the new clone, which the compiler made for the
 * callers that are left.
 */
#include "kernel.h"

extern void kthread_run(void *fn);

#ifdef POST
static noinline void work(int a, int b) { consume(a); consume(b); }
static void other_thread(void *p) { for (;;) work(1, (long)p); }
void start(void) { kthread_run(other_thread); }
#else
static noinline void work(int a, int b) { consume(a); }
static noinline void once(int b) { for (int i = 0; i < b; i++) work(1, b); }
static void thread(void *p) { for (;;) once((long)p); }
void start(void) { kthread_run(thread); }
#endif
