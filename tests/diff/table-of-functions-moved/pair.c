/* Objects that exist have the old table, and after an undo those made meanwhile would have one that is gone. */
#include "kernel.h"

struct ops { int (*open)(int i), (*close)(int i); };
extern int do_open(int i), do_close(int i);
#ifndef POST
static const struct ops table = { do_open, do_close };
int f(int i) { use((void *)&table); return i; }
#else
extern void *get_table(void);
int f(int i) { use(get_table()); return i; }
#endif
