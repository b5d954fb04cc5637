/* Neither can put the kernel's object elsewhere. */
#include "kernel.h"
#include "author.h"

#ifdef POST
#define ALIGNED __attribute__((aligned(64)))
#else
#define ALIGNED
#endif

static char buffer[16] ALIGNED, other[16] ALIGNED, third[16] ALIGNED;
#ifdef POST
ksplice_data_ignore(buffer);
ksplice_data_in_place(other);
ksplice_data_new(third);
#endif

void f(int i)
{
	use(buffer);
	use(other);
	use(third);
}
