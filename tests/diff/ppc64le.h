/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Code that depends on the processor, after arch/powerpc/include/asm/feature-fixups.h of 6.1. */
#include "kernel.h"

#define FIXUP(sect) ".pushsection " #sect ",\"a\"\n\t.balign 8\n3:\t.8byte 1b - 3b\n.popsection"
#define FTR_ENTRY(n) \
	".pushsection __ftr_fixup,\"a\"\n\t.balign 8\n" n "5:\t.8byte %c0, %c0\n" \
	"\t.8byte " n "1b - " n "5b, " n "2b - " n "5b, " n "3b - " n "5b, " n "4b - " n "5b\n.popsection"
#define FTR_IF(code, other, mask) \
	asm volatile("91:\t" code "\n92:\n.pushsection __ftr_alt_9,\"a\"\n\t.balign 4\n93:\t" other "\n94:\n.popsection\n" FTR_ENTRY("9") \
		     : : "i" (mask))
