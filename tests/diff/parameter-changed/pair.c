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

static int limit = 5;
#ifdef POST
PARAM(limit, limit, 0644);
#else
PARAM(limit, limit, 0444);
#endif
int f(int i) { return i + *(volatile int *)&limit; }
