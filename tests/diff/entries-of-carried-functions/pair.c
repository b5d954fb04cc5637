/* All tables about code, as the compiler, inline assembly and objtool make them: each function has another number of entries. */
#include "kernel.h"

struct static_key key;
extern void cold disaster(void);
extern int ask(void);
extern void target(void), replacement(void), __SCK__call(void);

#define TWICE(x) x x
/* objtool's, one distance each. */
#define SITE(table) asm volatile("1:\tnop\n.pushsection " table ",\"a\"\n\t.long 1b - .\n.popsection")
#define STATIC_CALL() asm volatile("1:\tcall target\n.pushsection .static_call_sites,\"aw\"\n\t.long 1b - ., __SCK__call - .\n.popsection")
#define ORC() asm volatile("1:\tnop\n.pushsection .orc_unwind_ip,\"a\"\n\t.long 1b - .\n.popsection\n" \
			   ".pushsection .orc_unwind,\"a\"\n\t.byte 1, 2, 3, 4, 5, 6\n.popsection")
#define FAULT() asm volatile("1:\tnop\n2:\n.pushsection __ex_table,\"a\"\n\t.long 1b - ., 2b - ., 3\n.popsection")
#define LOCK() asm volatile(".pushsection .smp_locks,\"a\"\n\t.long 671f - .\n.popsection\n671:\tlock incl (%rsp)")
#define NOTE(table, name, more) asm(".pushsection " table ",\"aw\"\n\t.quad " #name more "\n.popsection")
#ifdef LINUX_6_12
#define PARAVIRT() do { } while (0)
#else
#define PARAVIRT() asm volatile("771:\tcall *target\n772:\n.pushsection .parainstructions,\"a\"\n\t.balign 8\n" \
				"\t.quad 771b\n\t.byte 0, 772b - 771b\n\t.balign 8\n.popsection")
#endif

#define ALL(i) do { \
	SITE(".return_sites"); SITE(".retpoline_sites"); SITE(".call_sites"); SITE(".ibt_endbr_seal"); \
	STATIC_CALL(); ORC(); FAULT(); LOCK(); PARAVIRT(); \
	ALTERNATIVE("nop; nop; nop; nop; nop", "call replacement", 3); \
	if (static_branch(&key)) \
		consume(i); \
	WARN_ON(i == 77); \
} while (0)
#define NOTES(name) NOTE("_kprobe_blacklist", name, ""); NOTE("_error_injection_whitelist", name, ", 1")

/* In a part of the function. */
#define UNLIKELY(i) do { if (i == 78) { int j = ask(); ALL(j); disaster(); } } while (0)

int before(int i)
{
	ALL(i);
	return i;
}
NOTES(before);

int changed(int i)
{
	TWICE(ALL(i);)
	UNLIKELY(i);
#ifdef POST
	i += 3;
#endif
	return i;
}
NOTES(changed);

int between(int i)
{
	TWICE(TWICE(ALL(i);))
	UNLIKELY(i);
	return i;
}
NOTES(between);

#ifdef POST
noinline int added(int i)
{
	ALL(i);
	return i;
}
NOTES(added);
#else
int removed(int i)
{
	ALL(i);
	return i;
}
NOTES(removed);
#endif

int caller(int i)
{
#ifdef POST
	return added(i);
#else
	return i;
#endif
}

int behind(int i)
{
	TWICE(ALL(i);) ALL(i);
	return i;
}
NOTES(behind);
