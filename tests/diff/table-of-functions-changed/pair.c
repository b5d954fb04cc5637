/* An object that exists has a pointer to the old table; one that f makes would keep one to the new after an undo. */
#include "kernel.h"

struct ops { int (*run)(int i); int flags; };
struct object { const struct ops *ops; };

static int run(int i) { return i * 5; }
static int walk(int i) { return i * 3; }

#ifdef POST
static const struct ops other_function = { walk, 1 };
static const struct ops other_number = { run, 2 };
static const struct ops none_now = { 0, 1 };
#else
static const struct ops other_function = { run, 1 };
static const struct ops other_number = { run, 1 };
static const struct ops none_now = { walk, 1 };
#endif

void f(struct object *o) { o->ops = &other_function; }
void g(struct object *o) { o->ops = &other_number; }
void h(struct object *o) { o->ops = &none_now; }
