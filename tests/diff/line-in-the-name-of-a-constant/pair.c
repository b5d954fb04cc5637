/* As UVERBS_OBJECT_METHODS() has it (include/rdma/uverbs_named_ioctl.h, 6.12): the line is in the name. */
#include "kernel.h"

struct object {
	const int *methods;
	int nr;
};

#define PASTE(x, y) x ## y
#define NAME(x, y) PASTE(x, y)
#define METHODS(of) NAME(_methods_##of, __LINE__)
#define OBJECT(of, ...) \
	static const int METHODS(of)[] = { __VA_ARGS__ }; \
	const struct object object_##of = { .methods = METHODS(of), .nr = sizeof(METHODS(of)) / sizeof(int) }

#if defined(POST) || defined(RENUMBERED)
#line 1000 "pair.c"
#endif
OBJECT(a, 1, 2, 3);
OBJECT(b, 1, 2, 3);

int f(int i)
{
	WARN_ON(i == 7);
#ifdef POST
	return object_a.methods[i] + 1;
#else
	return object_a.methods[i];
#endif
}

int g(int i)
{
	return object_b.methods[i] - object_b.nr;
}
