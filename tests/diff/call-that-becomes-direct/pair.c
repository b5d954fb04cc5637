/* ALT_CALL() of arch/x86/include/asm/paravirt_types.h (6.12): at boot the call goes where the pointer points, or away. */
#include "kernel.h"

extern struct { void (*one)(void), (*two)(void); } pv_ops;

#define CALL_TWO() ALTERNATIVE("call *pv_ops+8(%rip)", "call BUG_func", (2 << 16 | 21))

int f(int i)
{
	consume(i);
	CALL_TWO();
#ifdef POST
	consume(i + 1);
#endif
	return i;
}
