#include "kernel.h"

/* include/linux/moduleparam.h */
struct kernel_param {
	const char *name;
	void *mod;
	const void *ops;
	unsigned short perm;
	signed char level;
	unsigned char flags;
	void *arg;
};
#define PARAM(var, name_, permission) \
	static const char __param_str_##name_[] = "module." #name_; \
	static const struct kernel_param used section("__param") __attribute__((aligned(8))) __param_##name_ = { \
		__param_str_##name_, 0, &param_ops_int, permission, -1, 0, &var }
extern const int param_ops_int;

static int old = 3;
#ifdef POST
static int limit = 5, unused;
PARAM(limit, limit, 0644);
PARAM(unused, unused, 0644);
PARAM(old, old, 0444);
#endif

int f(int i)
{
#ifdef POST
	if (i > *(volatile int *)&limit)
		return 0;
#endif
	old++;
	return i;
}
