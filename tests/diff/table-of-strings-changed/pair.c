#include "kernel.h"

static const char *const names[] = {
	"one", "two",
#ifdef POST
	"several",
#else
	"many",
#endif
};

int f(void *m, int i) { return seq_puts(m, names[i]); }
