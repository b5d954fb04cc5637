/* A kfunc that may sleep (KF_SLEEPABLE); and one that may no longer. */
#include "kernel.h"
#include "btf_ids.h"

BTF_KFUNCS_START(kfuncs);
#ifdef POST
BTF_ID_FLAGS(func, kfunc_one, (1 << 5));
BTF_ID_FLAGS(func, kfunc_two, 0);
#else
BTF_ID_FLAGS(func, kfunc_one, 0);
BTF_ID_FLAGS(func, kfunc_two, (1 << 5));
#endif
BTF_ID_FLAGS(func, kfunc_three, 1);
BTF_KFUNCS_END(kfuncs);

int kfunc_one(int i) { return i; }
int kfunc_two(int i) { return i * 3; }
int kfunc_three(int i) { return i * 5; }
