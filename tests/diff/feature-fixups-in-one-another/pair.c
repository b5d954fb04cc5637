/* All that such code may come to is more than the forms that a site has. */
#include "ppc64le.h"

void f(void)
{
	asm volatile("81:\tnop\n91:\tisync\n92:\n.pushsection __ftr_alt_9,\"a\"\n93:\teieio\n94:\n.popsection\n" FTR_ENTRY("9") "\n"
		     "82:\n.pushsection __ftr_alt_8,\"a\"\n83:\tsync\n84:\n.popsection\n" FTR_ENTRY("8") : : "i" (1));
}
#ifdef POST
int g(void) { return 2; }
#else
int g(void) { return 1; }
#endif
