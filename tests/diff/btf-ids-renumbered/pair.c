/* The name of an entry of .BTF_ids has a counter and a line at its end. */
#include "kernel.h"

#ifdef POST
#define ID(name) __BTF_ID__struct__##name##__12347
#else
#define ID(name) __BTF_ID__struct__##name##__12
#endif
#define ENTRY_(id) asm(".pushsection .BTF_ids,\"a\"\n.local " #id "\n.type " #id ", @object\n.size " #id ", 4\n" \
		       #id ":\n.zero 4\n.popsection")
#define ENTRY(id) ENTRY_(id)
ENTRY(ID(one));
ENTRY(ID(other));

int f(int i)
{
#ifdef POST
	consume(i);
#endif
	return i;
}
