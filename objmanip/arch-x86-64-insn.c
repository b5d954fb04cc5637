// SPDX-License-Identifier: GPL-2.0-or-later
/* How an x86_64 instruction is put together, as far as the meaning of a relocation depends on it: Intel SDM vol. 2, 2.1 and 2.2. */
#include "objmanip/arch-x86-64.h"

#include <string.h>

struct parts {
	unsigned opcode, modrm;	/* where they begin; modrm: where one would be, if the opcode has one */
	uint8_t rex;
};

static bool is_prefix(uint8_t b)
{
	static const uint8_t prefixes[] = { 0x26, 0x2e, 0x36, 0x3e, 0x64, 0x65, 0x66, 0x67, 0xf0, 0xf2, 0xf3 };

	return memchr(prefixes, b, sizeof(prefixes));
}

/* False: VEX and EVEX encodings, which the kernel hardly has, and what has no opcode. */
static bool take_apart(const uint8_t *p, unsigned len, struct parts *ret)
{
	unsigned i = 0;

	while (i < len && is_prefix(p[i]))
		i++;
	ret->rex = i < len && (p[i] & 0xf0) == 0x40 ? p[i++] : 0;
	ret->opcode = i;
	if (i < len && (p[i] == 0xc4 || p[i] == 0xc5 || p[i] == 0x62))
		return false;
	if (i + 1 < len && p[i] == 0x0f)
		i += p[i + 1] == 0x38 || p[i + 1] == 0x3a ? 2 : 1;
	ret->modrm = i + 1;
	return i < len;
}

/* lea only computes; nop, prefetch and their like do not care what is there. */
static bool only_mentions(const uint8_t *opcode)
{
	return opcode[0] == 0x8d ||
	       (opcode[0] == 0x0f && (opcode[1] == 0x0d || (opcode[1] >= 0x18 && opcode[1] <= 0x1f)));
}

bool om_x86_64_accesses(const uint8_t *p, unsigned len, unsigned field)
{
	struct parts parts;
	unsigned m;

	if (!take_apart(p, len, &parts) || only_mentions(p + parts.opcode))
		return false;
	m = parts.modrm;
	if (m + 1 == field && m < len && (p[m] & 0xc7) == 0x05)
		return true;
	/* SIB without base and without index: a bare disp32. */
	return m + 2 == field && field < len && (p[m] & 0xc7) == 0x04 && (p[m + 1] & 0x3f) == 0x25 && !(parts.rex & 2);
}

/* cmp and sub with an immediate of 32 bits: 81 /7, 81 /5, 3d and 2d. */
bool om_x86_64_compares(const struct om_span *span, const struct om_insn *insn, const struct om_reloc *rel)
{
	const uint8_t *p = om_bytes(span) + insn->off;
	unsigned len = insn->len, field = rel->offset - span->start - insn->off, reg;
	struct parts parts;

	if (len < 5 || field != len - 4 || !take_apart(p, len, &parts))
		return false;
	if (p[parts.opcode] == 0x3d || p[parts.opcode] == 0x2d)
		return true;
	reg = parts.modrm < len ? p[parts.modrm] >> 3 & 7 : 0;
	return p[parts.opcode] == 0x81 && (reg == 7 || reg == 5);
}

unsigned om_x86_64_opcode(const uint8_t *p, unsigned len, unsigned *nr)
{
	struct parts parts;

	if (!take_apart(p, len, &parts)) {
		*nr = len;
		return 0;
	}
	*nr = parts.modrm - parts.opcode;
	return parts.opcode;
}

/* movabs $imm64,%reg (48 or 49 b8+reg, imm64) to mov disp32(%rip),%reg (48 or 4c 8b 05+8*reg, disp32) and a nop of 3 bytes. */
bool om_x86_64_read_instead(uint8_t *p, unsigned len, unsigned field, unsigned *ret_len, unsigned *ret_field)
{
	static const uint8_t nop3[] = { 0x0f, 0x1f, 0x00 };
	unsigned reg;

	if (len != 10 || field != 2 || (p[0] != 0x48 && p[0] != 0x49) || (p[1] & 0xf8) != 0xb8)
		return false;
	reg = p[1] & 7;
	p[0] = p[0] == 0x48 ? 0x48 : 0x4c;
	p[1] = 0x8b;
	p[2] = 0x05 | reg << 3;
	memset(p + 3, 0, 4);
	memcpy(p + 7, nop3, sizeof(nop3));
	*ret_len = 7;
	*ret_field = 3;
	return true;
}

/* The nops of gas and of the kernel: 90, and 0f 1f with an operand of zeros, both with prefixes 66 and 2e. 0: none. */
static unsigned nop_length(const uint8_t *p, uint64_t len)
{
	unsigned i = 0, operand;

	while (i < len && (p[i] == 0x66 || p[i] == 0x2e))
		i++;
	if (i < len && p[i] == 0x90)
		return i + 1;
	if (len - i < 3 || p[i] != 0x0f || p[i + 1] != 0x1f)
		return 0;
	switch (p[i + 2]) {
	case 0x00: operand = 0; break;
	case 0x40: operand = 1; break;
	case 0x44: operand = 2; break;
	case 0x80: operand = 4; break;
	case 0x84: operand = 5; break;
	default: return 0;
	}
	if (len - i - 3 < operand)
		return 0;
	for (unsigned k = 0; k < operand; k++)
		if (p[i + 3 + k])
			return 0;
	return i + 3 + operand;
}

uint64_t om_x86_64_filling(const uint8_t *p, uint64_t len)
{
	uint64_t done = 0;

	while (done < len) {
		unsigned n = p[done] == 0xcc || !p[done] ? 1 : nop_length(p + done, len - done);

		if (!n)
			break;
		done += n;
	}
	return done;
}

/* ret, jmp near or short or through a register or memory, int3, hlt, ud2; Intel SDM vol. 2. */
bool om_x86_64_ends(const uint8_t *p, unsigned len)
{
	unsigned i = 0;

	while (i + 1 < len && (is_prefix(p[i]) || (p[i] & 0xf0) == 0x40))
		i++;
	switch (p[i]) {
	case 0xc3: case 0xc2: case 0xe9: case 0xeb: case 0xcc: case 0xf4:
		return true;
	case 0x0f:
		return len - i == 2 && p[i + 1] == 0x0b;
	case 0xff:
		return i + 1 < len && (p[i + 1] & 0x38) == 0x20;
	default:
		return false;
	}
}
