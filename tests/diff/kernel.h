/* SPDX-License-Identifier: GPL-2.0-or-later */
/* As much of the kernel's headers as the pairs need; after include/linux/{jump_label,bug,rtnetlink}.h of 6.1. */
#define noinline __attribute__((noinline))
#define cold __attribute__((cold))
#define section(name) __attribute__((section(name)))
#define used __attribute__((used))
#define __init section(".init.text") cold
#define __initdata section(".init.data")
#define __ro_after_init section(".data..ro_after_init")
#define EXPORT_SYMBOL(sym) \
	asm(".pushsection \"___ksymtab+" #sym "\", \"a\"\n\t.long " #sym " - .\n\t.long 0\n\t.popsection")

typedef unsigned long ulong;

extern int printk(const char *fmt, ...);
extern void __warn_printk(const char *fmt, ...);
extern void __dynamic_pr_debug(void *descriptor, const char *fmt, ...);
extern int seq_puts(void *m, const char *s), seq_putc(void *m, char c);
extern void use(void *p), consume(long v);

/* ud2 and a nop of 5 bytes; twi 31,0,0 and nop (arch/powerpc/include/asm/bug.h, jump_label.h). */
#ifdef __powerpc64__
#define TRAP ".long 0x0fe00000"
#define NOP "nop"
#else
#define TRAP ".byte 0x0f, 0x0b"
#define NOP ".byte 0x0f,0x1f,0x44,0x00,0x00"
#endif

#define WARN_ON(condition) ({ \
	int __cond = !!(condition); \
	if (__builtin_expect(__cond, 0)) \
		asm volatile("1:\t" TRAP "\n" \
			     ".pushsection __bug_table,\"aw\"\n" \
			     "2:\t.long 1b - .\n\t.long %c0 - .\n\t.2byte %c1\n\t.2byte %c2\n" \
			     "\t.org 2b + 12\n.popsection" \
			     : : "i" (__FILE__), "i" (__LINE__), "i" (1)); \
	__cond; })

#define WARN_ONCE(condition, ...) ({ \
	static _Bool section(".data..once") __already_done; \
	int __cond = !!(condition); \
	if (__builtin_expect(__cond && !__already_done, 0)) { \
		__already_done = 1; \
		__warn_printk(__VA_ARGS__); \
	} \
	__cond; })

struct static_key { int enabled; void *entries; };

static inline __attribute__((always_inline)) int static_branch(struct static_key *key)
{
	asm goto("1:\t" NOP "\n"
		 ".pushsection __jump_table, \"aw\"\n\t.balign 8\n"
		 "\t.long 1b - .\n\t.long %l[yes] - .\n\t.quad %c0 - .\n.popsection"
		 : : "i" (key) : : yes);
	return 0;
yes:
	return 1;
}

/* struct alt_instr has 16 bits for the feature in 6.1, and 16 more for flags in 6.12. */
#ifdef LINUX_6_12
#define FEATURE ".long "
#else
#define FEATURE ".word "
#endif
#define ALTERNATIVE(old, new, feature) \
	asm volatile("661:\t" old "\n662:\n" \
		     ".pushsection .altinstructions,\"a\"\n" \
		     "\t.long 661b - .\n\t.long 663f - .\n\t" FEATURE #feature "\n" \
		     "\t.byte 662b - 661b\n\t.byte 664f - 663f\n.popsection\n" \
		     ".pushsection .altinstr_replacement, \"ax\"\n663:\t" new "\n664:\n.popsection")

/* include/asm-generic/error-injection.h */
struct error_injection_entry { ulong addr; int etype; };
#define ALLOW_ERROR_INJECTION(name) \
	static struct error_injection_entry used section("_error_injection_whitelist") _eil_addr_##name = { (ulong)name, 1 }

/* arch/x86/include/asm/runtime-const.h (6.12) */
#define runtime_const_ptr(sym) ({ \
	__typeof__(sym) __ret; \
	asm("mov %1,%0\n1:\n.pushsection runtime_ptr_" #sym ",\"a\"\n\t.long 1b - 8 - .\n.popsection" \
	    : "=r" (__ret) : "i" (0x0123456789abcdefl)); \
	__ret; })
#define runtime_const_shift_right_32(val, sym) ({ \
	unsigned int __ret = (val); \
	asm("shrl $12,%k0\n1:\n.pushsection runtime_shift_" #sym ",\"a\"\n\t.long 1b - 1 - .\n.popsection" \
	    : "+r" (__ret)); \
	__ret; })

/* struct _ddebug, as far as its line number; include/linux/dynamic_debug.h */
struct debug_descriptor {
	const char *modname, *function, *filename, *format;
	unsigned int lineno : 18, class_id : 6, flags : 8;
	struct static_key key;
} __attribute__((aligned(8)));

#define UNIQUE_(prefix, n) prefix##n
#define UNIQUE(prefix, n) UNIQUE_(prefix, n)
#define DEBUG_DESCRIPTOR(id, fmt) \
	static struct debug_descriptor section("__dyndbg") id = { \
		"module", __func__, __FILE__, fmt, __LINE__, 63, 0, { 0 } }
#define pr_debug_(id, fmt, ...) do { \
	DEBUG_DESCRIPTOR(id, fmt); \
	if (static_branch(&id.key)) \
		__dynamic_pr_debug(&id, fmt, ##__VA_ARGS__); \
} while (0)
#define pr_debug(fmt, ...) pr_debug_(UNIQUE(__UNIQUE_ID_ddebug, __COUNTER__), fmt, ##__VA_ARGS__)
