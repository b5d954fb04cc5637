// SPDX-License-Identifier: GPL-2.0-or-later
#include "ksplice-create/module-ppc64le.h"

#include <string.h>

/* elf.h of glibc 2.36 ends before it. */
#ifndef R_PPC64_ENTRY
#define R_PPC64_ENTRY 118
#endif

#define NOP		0x60000000u
#define BL		0x48000001u
#define BRANCH_MASK	0x03fffffcu
#define LD_R2_24_R1	0xe8410018u
#define LD_R2_R12	0xe84c0000u	/* with 0 in its field */
#define ADD_R2_R12	0x7c426214u
#define ADDIS_R2_R12	0x3c4c0000u
#define ADDI_R2_R2	0x38420000u
#define LOCAL_ENTRY_SHIFT 5		/* in st_other: ABI 3.4.1 */

/* struct ppc64_stub_entry */
struct stub {
	uint32_t jump[7];
	uint32_t magic;
	uint64_t leads;
};

static bool fits(int64_t value, unsigned bits)
{
	return value >= -(1ll << (bits - 1)) && value < 1ll << (bits - 1);
}

/* For a lower half that is signed. */
static uint32_t upper_half(uint64_t value)
{
	return (value + 0x8000) >> 16 & 0xffff;
}

static uint32_t word_at(const uint8_t *p)
{
	uint32_t word;

	memcpy(&word, p, sizeof(word));
	return word;
}

static void put_word(uint8_t *p, uint32_t word)
{
	memcpy(p, &word, sizeof(word));
}

/* One more than the loader may need, which looks for the end; and two for ftrace (get_stubs_size()). */
uint64_t module_ppc64le_stubs_size(size_t nr_calls)
{
	return (nr_calls + 3) * sizeof(struct stub);
}

/* my_r2() */
uint64_t module_ppc64le_toc_pointer(uint64_t section)
{
	return (section & ~0xffull) + 0x8000;
}

/* create_stub() */
static struct stub make_stub(uint64_t leads, uint64_t distance)
{
	return (struct stub){
		.jump = {
			0x3d620000u | upper_half(distance),	/* addis r11,r2,... */
			0x396b0000u | (distance & 0xffff),	/* addi r11,r11,... */
			0xf8410018u,				/* std r2,24(r1) */
			0xe98b0020u,				/* ld r12,32(r11) */
			0x7d8903a6u,				/* mtctr r12 */
			0x4e800420u,				/* bctr */
		},
		.magic = 0x73747562u,
		.leads = leads,
	};
}

/* stub_for_addr(): all calls of one function have one. */
static uint64_t stub_for(struct module_stubs *s, uint64_t leads)
{
	struct stub stub;
	uint64_t addr;

	for (size_t i = 0; i < s->nr; i++) {
		memcpy(&stub, s->memory + i * sizeof(stub), sizeof(stub));
		if (stub.leads == leads)
			return s->addr + i * sizeof(stub);
	}
	addr = s->addr + s->nr * sizeof(stub);
	stub = make_stub(leads, addr - s->toc);
	memcpy(s->memory + s->nr++ * sizeof(stub), &stub, sizeof(stub));
	return addr;
}

/* Bytes from the global entry to the local one. */
static uint64_t local_entry(uint8_t other)
{
	unsigned bits = other >> LOCAL_ENTRY_SHIFT;

	return bits < 2 || bits == 7 ? 0 : 1u << bits;
}

/*
 * Calls of the tracer become nops (ftrace_module_init()), where __mcount_loc has them; the compiler makes no others.
 */
static bool put_branch(struct module_stubs *stubs, const struct module_fixup *f)
{
	uint32_t word = word_at(f->where);
	bool link = (word & ~BRANCH_MASK) == BL;
	uint64_t to = f->value;

	if (f->undefined && !strcmp(f->name, "_mcount")) {
		put_word(f->where, NOP);
		return true;
	}
	if (f->undefined) {
		/* restore_r2() */
		if (link && (f->room < 8 || word_at(f->where + 4) != NOP))
			return false;
		if (link)
			put_word(f->where + 4, LD_R2_24_R1);
		to = stub_for(stubs, to);
	} else {
		to += local_entry(f->other);
	}
	to -= f->addr;
	put_word(f->where, (word & ~BRANCH_MASK) | (to & BRANCH_MASK));
	return fits((int64_t)to, 26) && !(to & 3);
}

/* Where it is another code, it is left as it is. */
static bool put_entry(const struct module_stubs *stubs, const struct module_fixup *f)
{
	uint64_t distance = stubs->toc - f->addr;

	if (f->room < 8 || (word_at(f->where) & ~0xfffcu) != LD_R2_R12 || word_at(f->where + 4) != ADD_R2_R12)
		return true;
	put_word(f->where, ADDIS_R2_R12 | upper_half(distance));
	put_word(f->where + 4, ADDI_R2_R2 | (distance & 0xffff));
	return true;
}

/* Bits of @mask of the two bytes. */
static void put_half(uint8_t *where, uint16_t mask, uint64_t value)
{
	uint16_t half;

	memcpy(&half, where, sizeof(half));
	half = (half & ~mask) | (value & mask);
	memcpy(where, &half, sizeof(half));
}

/* Distances from the TOC pointer. */
static bool put_toc_half(const struct module_stubs *stubs, const struct module_fixup *f)
{
	uint64_t distance = f->value - stubs->toc;
	bool near = f->type == R_PPC64_TOC16 || f->type == R_PPC64_TOC16_DS;
	bool ds = f->type == R_PPC64_TOC16_DS || f->type == R_PPC64_TOC16_LO_DS;

	if (f->type == R_PPC64_TOC16_HA)
		put_half(f->where, 0xffff, upper_half(distance));
	else
		put_half(f->where, ds ? 0xfffc : 0xffff, distance);
	return !(ds && distance & 3) && (!near || fits((int64_t)distance, 16));
}

static bool put_data(const struct module_fixup *f)
{
	uint64_t rel = f->value - f->addr;

	switch (f->type) {
	case R_PPC64_ADDR32:
		memcpy(f->where, &f->value, 4);
		return true;
	case R_PPC64_ADDR64:
		memcpy(f->where, &f->value, 8);
		return true;
	case R_PPC64_REL64:
		memcpy(f->where, &rel, 8);
		return true;
	case R_PPC64_REL32:
		memcpy(f->where, &rel, 4);
		return fits((int64_t)rel, 32);
	case R_PPC64_REL16_HA:
		put_half(f->where, 0xffff, upper_half(rel));
		return true;
	case R_PPC64_REL16_LO:
		put_half(f->where, 0xffff, rel);
		return true;
	}
	return false;
}

bool module_ppc64le_relocate(struct module_stubs *stubs, const struct module_fixup *f)
{
	switch (f->type) {
	case R_PPC64_REL24:
		return put_branch(stubs, f);
	case R_PPC64_ENTRY:
		return put_entry(stubs, f);
	case R_PPC64_TOC16:
	case R_PPC64_TOC16_DS:
	case R_PPC64_TOC16_LO:
	case R_PPC64_TOC16_LO_DS:
	case R_PPC64_TOC16_HA:
		return put_toc_half(stubs, f);
	default:
		return put_data(f);
	}
}
