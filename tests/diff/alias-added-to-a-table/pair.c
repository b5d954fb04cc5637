/* MODULE_DEVICE_TABLE() gives a static table a global name as well (include/linux/module.h). */
#include "kernel.h"

struct id { int a; };
static const struct id ids[] = { { 4 }, { 5 } };
static struct driver { const struct id *ids; } driver = { ids };

#ifdef POST
extern typeof(ids) __mod_pci__ids_device_table __attribute__((unused, alias("ids")));
#endif

const struct id *f(int i)
{
	use(&driver);
#ifdef POST
	consume(2);
#endif
	return ids + i;
}
