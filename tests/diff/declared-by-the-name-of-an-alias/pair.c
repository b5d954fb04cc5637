/* The table's symbol is the global one of MODULE_DEVICE_TABLE(); who writes the diff knows it by its own name. */
#include "kernel.h"
#include "author.h"

struct id { int a; };
static const struct id ids[] = { { 4 },
#ifdef POST
	{ 6 }
#else
	{ 5 }
#endif
};
extern typeof(ids) __mod_pci__ids_device_table __attribute__((unused, alias("ids")));
static struct driver { const struct id *ids; } driver = { ids };
#ifdef POST
ksplice_data_in_place(ids);
#endif

void f(void) { use(&driver); }
