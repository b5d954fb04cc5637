/*
 * SYSCALL_DEFINEn of arch/x86/include/asm/syscall_wrapper.h.  gcc puts __se_sys_NAME into __x64_sys_NAME and __ia32_sys_NAME, and of
 * a small one the body, __do_sys_NAME, too.
 */
#include "kernel.h"

struct pt_regs { ulong bx, cx, di, si; };

#define __SC(abi, name, a, b) \
	long __##abi##_sys_##name(const struct pt_regs *regs); \
	ALLOW_ERROR_INJECTION(__##abi##_sys_##name); \
	long __##abi##_sys_##name(const struct pt_regs *regs) { return __se_sys_##name(a, b); }
#define SYSCALL_DEFINE2(name, type1, arg1, type2, arg2) \
	static long __se_sys_##name(long arg1, long arg2); \
	static inline long __do_sys_##name(type1 arg1, type2 arg2); \
	__SC(x64, name, regs->di, regs->si) \
	__SC(ia32, name, (unsigned int)regs->bx, (unsigned int)regs->cx) \
	static long __se_sys_##name(long arg1, long arg2) { return __do_sys_##name((type1)arg1, (type2)arg2); } \
	static inline long __do_sys_##name(type1 arg1, type2 arg2)

extern long look_up(int number, char *buffer);

SYSCALL_DEFINE2(small, int, number, char *, buffer)
{
#ifdef POST
	if (number < 0)
		return -22;
#endif
	return look_up(number, buffer);
}

/* As __do_sys_sysinfo of the stock kernel. */
#define FOUR(x) x x x x
SYSCALL_DEFINE2(large, int, number, char *, buffer)
{
	for (int i = 0; i < number; i++) {
		FOUR(FOUR(consume(look_up(number * 3, buffer)); number += i * 5;))
	}
#ifdef POST
	if (number < 0)
		return -22;
#endif
	return look_up(number, buffer);
}

SYSCALL_DEFINE2(other, int, number, char *, buffer)
{
	return look_up(number + 1, buffer);
}
