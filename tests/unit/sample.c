/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What test-objmanip-elf.c looks at: compiled at test time with function and data sections, never linked or run. */
int counter = 7;
static int hidden;
const char *const names[] = { "alpha", "beta" };
extern int elsewhere(const char *text, int n);

static __attribute__((noinline)) int helper(int n)
{
	return elsewhere("helper text", n) + hidden++;
}

int entry(int n)
{
	return helper(n) + counter;
}

static __attribute__((noinline, section(".shared.text"))) int first(int n)
{
	return elsewhere("first", n) * 3;
}

/* In one section with first(): the assembler resolves the call without a relocation. */
__attribute__((section(".shared.text"))) int second(int n)
{
	return first(n) + first(n + 1);
}

__attribute__((weak)) int replaceable(int n)
{
	return n + 1;
}
