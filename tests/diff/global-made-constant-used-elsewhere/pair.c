/* Nothing here refers to it, so nothing would bring the new value. */
#include "kernel.h"

#ifdef POST
const int limit = 7;
#else
int limit = 5;
#endif
