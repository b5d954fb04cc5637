#include "kernel.h"

int setup(int i) { return i; }
