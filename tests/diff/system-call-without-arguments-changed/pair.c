/* SYSCALL_DEFINE0 of arch/x86/include/asm/syscall_wrapper.h: all names are one function's, whose own is static. */
#include "kernel.h"

struct pt_regs { ulong di, si; };

#define STUB(abi, name) \
	long __##abi##_sys_##name(const struct pt_regs *regs) __attribute__((alias("__do_sys_" #name))); \
	ALLOW_ERROR_INJECTION(__##abi##_sys_##name);
#define SYSCALL_DEFINE0(name) \
	static long __do_sys_##name(const struct pt_regs *__unused); \
	STUB(x64, name) \
	STUB(ia32, name) \
	static long __do_sys_##name(const struct pt_regs *__unused)

extern long current_number(void);

SYSCALL_DEFINE0(number)
{
#ifdef POST
	consume(1);
#endif
	return current_number();
}

SYSCALL_DEFINE0(other)
{
	return current_number() + 1;
}

/* sys_call_table[] of another unit, as it were. */
typedef long (*system_call)(const struct pt_regs *regs);
extern system_call table[];
int f(void)
{
#ifdef POST
	table[1] = __ia32_sys_number;
#endif
	table[0] = __x64_sys_number;
	table[2] = __x64_sys_other;
	return 0;
}
