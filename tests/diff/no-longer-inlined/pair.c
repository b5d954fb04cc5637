/* helper was inlined everywhere; it grows, and becomes a function. And other, which was one, is inlined now. */
#include "kernel.h"

#ifdef POST
#define SIZE(...) __VA_ARGS__
#else
#define SIZE(...)
#endif

static int helper(int i)
{
	SIZE(consume(i); consume(i * 3); consume(i * 5); consume(i * 7); consume(i * 9); consume(i * 11);
	     consume(i * 13); consume(i * 17); consume(i * 19); consume(i * 23); consume(i * 29);)
	return i * 3;
}

#ifndef POST
noinline
#endif
static int other(int i)
{
	return i * 77;
}

int f(int i) { return helper(i) + 1; }
int g(int i) { consume(i); return helper(i) + helper(i + 1); }
int h(int i) { return other(i) + 2; }
int untouched(int i) { return i + 4; }
