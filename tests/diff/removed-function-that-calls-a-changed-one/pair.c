/*
 * g ends with a jump to the removed one, so that a task which sleeps there is not on g's stack: to be in it is to be in what it
 * calls.  Of one to which there are pointers, that would be never to be out; its calls are still right here, as far as an object tells.
 */
#include "kernel.h"

#define noipa __attribute__((noipa))
extern void kthread_run(void *fn), sleep(void);

noipa static void work(int a)
{
	consume(a);
#ifdef POST
	consume(a);
#endif
}

#ifdef POST
static void other_thread(void *p) { for (;;) work(2); }
void start(void) { kthread_run(other_thread); }
void g(int i) { consume(i); sleep(); work(i); consume(3); }
#else
noipa static void removed(int i) { sleep(); work(i); consume(3); }
static void thread(void *p) { for (;;) work(1); }
void start(void) { kthread_run(thread); }
void g(int i) { consume(i); removed(i); }
#endif
