/* Where a static call goes at first is data, which has lived since; the trampoline follows from that, and nobody hooks it. */
#include "kernel.h"
#include "static_call.h"

extern void target(void), other_target(void);
DEFINE_STATIC_CALL(own, target);
#ifdef POST
#include "author.h"
DEFINE_STATIC_CALL(changed, other_target);
DEFINE_STATIC_CALL(ignored, other_target);
ksplice_data_ignore(__SCK__ignored);
#else
DEFINE_STATIC_CALL(changed, target);
DEFINE_STATIC_CALL(ignored, target);
#endif

int f(int i)
{
	static_call(own);
	static_call(changed);
	static_call(ignored);
	return i;
}
