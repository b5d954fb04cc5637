/* Functions that use sets and lists of BTF ids change, and so does a kfunc; the sets stay, but for their lines. */
#include "kernel.h"
#include "btf_ids.h"

BTF_ID_LIST(list);
BTF_ID(struct, task_struct);
BTF_ID(struct, file);

#ifdef POST
/* The number of each line is another now, and that of the counter. */
static int added = __COUNTER__;

#endif
BTF_KFUNCS_START(kfuncs);
BTF_ID_FLAGS(func, kfunc_one, 0);
BTF_ID_FLAGS(func, kfunc_two, 5);
BTF_KFUNCS_END(kfuncs);

BTF_SET_START(set);
BTF_ID(func, kfunc_one);
BTF_ID(func, other);
BTF_SET_END(set);

struct kfunc_id_set { void *owner, *set; };
static const struct kfunc_id_set registered = { (void *)0, kfuncs };
extern int register_set(const struct kfunc_id_set *set), contains(const void *set, unsigned int id);
int __init init(void) { return register_set(&registered); }

int kfunc_one(int i)
{
#ifdef POST
	consume(i);
#endif
	return i;
}
int kfunc_two(int i) { return i * 3; }

int f(unsigned int id)
{
#ifdef POST
	consume(id);
#endif
	return contains(set, id) || id == list[1];
}
int g(unsigned int id) { return contains(set, id) + contains(kfuncs, id) + list[0]; }
