/* SPDX-License-Identifier: GPL-2.0-or-later */
/* As include/linux/static_call.h and arch/x86/include/asm/static_call.h of 6.1, and objtool, make static calls. */
struct static_call_key { void *func; ulong type; };
#define DEFINE_STATIC_CALL(name, function) \
	struct static_call_key __SCK__##name = { function, 1 }; \
	asm(".pushsection .static_call.text, \"ax\"\n\t.align 4\n\t.globl __SCT__" #name "\n__SCT__" #name ":\n" \
	    "\t.byte 0xe9\n\t.long " #function " - (. + 4)\n\t.byte 0x0f, 0xb9, 0xcc\n" \
	    "\t.type __SCT__" #name ", @function\n\t.size __SCT__" #name ", . - __SCT__" #name "\n.popsection")
#define static_call(name) \
	asm volatile("1:\tcall __SCT__" #name "\n.pushsection .static_call_sites,\"aw\"\n\t.long 1b - ., __SCK__" #name " - .\n.popsection" \
		     : : : "memory")
