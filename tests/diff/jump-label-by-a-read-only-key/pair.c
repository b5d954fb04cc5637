/* DEFINE_STATIC_KEY_FALSE_RO(): bypass_usercopy_checks of mm/usercopy.c; and one that other files have, of init/main.c. */
#include "kernel.h"

static struct static_key bypass __ro_after_init, other;
extern struct static_key randomize_kstack_offset;

void set(void)
{
	use(&bypass);
	use(&other);
}

int f(int i)
{
	consume(i);
	if (static_branch(&bypass))
		consume(i + 1);
#ifdef POST
	return i * 3;
#else
	return i;
#endif
}

int g(int i)
{
	consume(i);
	if (static_branch(&randomize_kstack_offset))
		consume(i + 1);
#ifdef POST
	return i * 3;
#else
	return i;
#endif
}

int plain(int i)
{
	consume(i);
	if (static_branch(&other))
		consume(i + 1);
#ifdef POST
	return i * 3;
#else
	return i;
#endif
}

/* The kernel's own label is none of our business. */
int kept(int i)
{
	consume(i);
	if (static_branch(&bypass))
		consume(i + 2);
	return i;
}

#ifdef POST
static struct static_key fresh __ro_after_init;
#endif

/* A new one is the code module's own. */
int added(int i)
{
	consume(i);
#ifdef POST
	if (static_branch(&fresh))
		consume(i + 2);
#endif
	return i;
}
