/* What BPF programs may call is one function more. */
#include "kernel.h"
#include "btf_ids.h"

BTF_KFUNCS_START(kfuncs);
BTF_ID_FLAGS(func, kfunc_one, 0);
#ifdef POST
BTF_ID_FLAGS(func, kfunc_two, 0);
#endif
BTF_ID_FLAGS(func, kfunc_three, 0);
BTF_KFUNCS_END(kfuncs);

int kfunc_one(int i) { return i; }
int kfunc_two(int i) { return i * 3; }
int kfunc_three(int i) { return i * 5; }
