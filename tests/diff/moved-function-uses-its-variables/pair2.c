#include "kernel.h"

#ifdef POST
#include "moved.h"
#endif

int g(int i) { return i * 3; }
