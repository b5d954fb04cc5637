/*
 * lock_class_key without lockdep: with section anchors, all that a unit of ppc64le has lie at one place, and so which one is which, nobody can tell
 * there, nor need to.
 */
#include "kernel.h"

struct key { };

#define INIT(lock) do { static struct key __key; lock_init(lock, #lock, &__key); } while (0)

extern void lock_init(void *lock, const char *name, struct key *key);
static int other;

void f(void *a, void *b)
{
	INIT(a);
	INIT(b);
#ifdef POST
	other++;
#endif
	use(&other);
}

void g(void *c)
{
	INIT(c);
}
