/* Of what is defined elsewhere we do not know that it is no function. */
#include "kernel.h"

struct ops { int (*put)(void *m, char c); int flags; };
struct object { const struct ops *ops; };

#ifdef POST
static const struct ops ops = { seq_putc, 2 };
#else
static const struct ops ops = { seq_putc, 1 };
#endif

void f(struct object *o) { o->ops = &ops; }
