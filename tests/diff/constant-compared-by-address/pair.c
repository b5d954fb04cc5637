/* Devices that exist point to the kernel's constants; the new code would take none of these for its own. */
#include "kernel.h"

struct info { int a, b; };
struct device { const struct info *info; };

#ifdef POST
#define LAST 5
#else
#define LAST 4
#endif

static const struct info infos[] = { { 1, 2 }, { 3, LAST } };
static const struct info only = { 7, LAST };
static const struct info counted[] = { { 7, LAST }, { 1, 2 }, { 3, 4 } };
static const struct info ordered[] = { { 7, LAST }, { 1, 2 } };
static const struct info unchanged = { 8, 9 };

void probe(struct device *d, int i) { d->info = i > 1 ? &only : i < -9 ? ordered : i < 0 ? &counted[-i] : &infos[i]; }
int is_newer(struct device *d) { return d->info == &infos[1]; }
int is_only(const struct info *info) { return info == &only; }
long number(struct device *d) { return d->info - counted; }
int is_before(struct device *d) { return d->info < &ordered[1]; }
int is_unchanged(struct device *d) { return d->info == &unchanged; }
