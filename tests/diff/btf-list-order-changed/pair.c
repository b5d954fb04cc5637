/* Code counts through a list: what is where matters. */
#include "kernel.h"
#include "btf_ids.h"

BTF_ID_LIST(list);
#ifdef POST
BTF_ID(struct, file);
BTF_ID(struct, task_struct);
#else
BTF_ID(struct, task_struct);
BTF_ID(struct, file);
#endif
BTF_ID(struct, inode);

int f(int i) { return list[i]; }
int g(int i) { return i; }
