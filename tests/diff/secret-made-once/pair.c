/* net_get_random_once(): a guard that starts anew makes a new secret while the kernel works with the old one. */
#include "kernel.h"

extern void get_random_bytes(void *p, ulong n);

#define get_random_once(p, n) do { \
	static _Bool section(".data.once") ___done; \
	static struct static_key ___once_key; \
	if (static_branch(&___once_key) && !___done) { \
		get_random_bytes(p, n); \
		___done = 1; \
	} \
} while (0)

static long secret, other;

long f(long i)
{
	consume(i);
	get_random_once(&secret, sizeof(secret));
#ifdef POST
	get_random_once(&other, sizeof(other));
	i ^= other;
#endif
	return i ^ secret;
}
