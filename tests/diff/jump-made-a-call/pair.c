/* bl and b differ in a bit of the word that has the relocation. */
#include "kernel.h"

#ifdef POST
#define CALL "bl"
#else
#define CALL "b"
#endif

void changed(void) { asm volatile(CALL " printk\n\tnop"); }
void same(void) { asm volatile("bl printk\n\tnop"); }
