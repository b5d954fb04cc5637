/* Only const is new, but open files have the old table's address. */
#include "kernel.h"

#ifdef POST
#define CONST const
#else
#define CONST
#endif

struct fops { int (*read)(int i); };
struct file { const struct fops *f_op; };

static int foo_read(int i) { return i + 1; }
static CONST struct fops foo_fops = { foo_read };

int is_foo(struct file *f) { return f->f_op == &foo_fops; }
void open_foo(struct file *f) { f->f_op = &foo_fops; }
