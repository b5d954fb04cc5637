#include "kernel.h"

#ifdef POST
#define CHANGE consume(1);
#else
#define CHANGE
#endif

int multi_cpu_stop(void *data) { CHANGE return 0; }
void schedule(void) { CHANGE consume(0); }
void unwind_next_frame(void *state) { CHANGE consume(0); }
section(".noinstr.text") void enter(int i) { CHANGE consume(i); }
void exc_nmi(void *regs) { CHANGE use(regs); }
/* Not what it looks like. */
void scheduled(int i) { CHANGE consume(i); }
