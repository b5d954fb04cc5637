// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * libFuzzer target: no object file does more than be refused, and what is made of one holds together.
 *
 * Input: a byte that chooses what is done, and the objects.  Match data that is emitted is what the kernel's checker takes, and an
 * object that is emitted is one that can be read.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "common/file.h"
#include "kmodsrc/runpre/runpre.h"
#include "objmanip/match-show.h"
#include "objmanip/objmanip.h"
#include "tests/fuzz/check.h"

#define MAX_EMITTED (64u << 20)	/* bytes, far more than comes of an input */

static FILE *nowhere;

static void refuse(struct error *err)
{
	check(err->text && *err->text);
	check(err->kind == ERROR_BAD_FILE || err->kind == ERROR_REFUSED || err->kind == ERROR_OTHER || err->kind == ERROR_SYSTEM);
	error_free(err);
}

/* A file without a name, and the path that it has all the same. */
static int file_of(const void *data, size_t size, char path[64])
{
	int fd = memfd_create("object", 0);

	check(fd >= 0 && write(fd, data, size) == (ssize_t)size);
	snprintf(path, 64, "/proc/self/fd/%d", fd);
	return fd;
}

static void check_match_data(const char *path)
{
	struct runpre_fault fault;
	struct error *err;
	char *data;
	size_t size;

	err = file_read(path, MAX_EMITTED, &data, &size);
	check(!err);
	if (runpre_check(data, size, &fault) != RUNPRE_OK) {
		const struct runpre_header *h = (const void *)data;

		fprintf(stderr, "match data is malformed at byte 0x%x (syms 0x%x, spans 0x%x, programs 0x%x, strings 0x%x)\n",
			fault.offset, h->syms, h->spans, h->progs, h->strings);
		abort();
	}
	err = om_match_show(nowhere, data, size, NULL);
	if (err)
		refuse(err);
	free(data);
}

/*
 * The code object is for the kernel's linker and loader, which have rules of their own; that our reader follows all that it
 * refers to is a good part of them.
 */
static void check_code(const char *path, bool module, const struct om_layout *layout)
{
	struct om_obj *obj;
	struct error *err = om_obj_open(path, "code.o", module, layout, &obj);

	/* The filling before an island is no code (objmanip/emit-code.c), and decoded as such, it swallows the island. */
	if (err && strstr(err->text, "the instruction that it begins in")) {
		error_free(err);
	} else if (err) {
		fprintf(stderr, "the code object: %s\n", err->text);
		abort();
	} else {
		om_obj_close(obj);
	}
}

static void emit(struct om_target *t, bool module)
{
	char path[64];
	int fd = file_of("", 0, path);
	struct error *err = om_target_emit_match(t, path);

	if (err)
		refuse(err);
	else
		check_match_data(path);
	close(fd);
	if (!om_target_has_effect(t))
		return;
	fd = file_of("", 0, path);
	err = om_target_emit_code(t, path);
	if (err)
		refuse(err);
	else
		check_code(path, module, t->layout);
	close(fd);
}

static void diff(struct om_target *t, bool module)
{
	struct error *err = om_target_diff(t);

	for (size_t i = 0; i < t->nr_refusals; i++)
		check(*t->refusals[i].where && *t->refusals[i].reason && *t->refusals[i].advice);
	if (err)
		refuse(err);
	else if (!t->nr_refusals)
		emit(t, module);
}

/* Of 6.12: tests/diff/run. */
static const struct om_layout layout_6_12 = {
	.version = OM_LAYOUT_VERSION,
	.alt_instr_size = 14,
	.alt_instr_repl_off = 4,
	.alt_instr_instrlen_off = 12,
	.alt_instr_repllen_off = 13,
	.bug_entry_size = 12,
	.ex_entry_size = 12,
	.jump_entry_size = 16,
	.static_call_site_size = 8,
	.orc_entry_size = 6,
	.alt_instr_flags_off = 8,
	.alt_direct_call_mask = 2 << 16,
	.seals_keys = 1,
};

enum { FLAG_ALONE = 1, FLAG_MODULE = 2, FLAG_6_12 = 4 };

/* 32 bits: the size of the first object. */
static void fuzz_pair(const uint8_t *data, size_t size, unsigned flags)
{
	bool module = flags & FLAG_MODULE;
	char pre[64], post[64];
	struct om_target *t;
	struct error *err;
	uint32_t first;
	int fds[2];

	if (size < sizeof(first))
		return;
	memcpy(&first, data, sizeof(first));
	data += sizeof(first);
	size -= sizeof(first);
	if (first > size || flags & FLAG_ALONE)
		first = size;
	fds[0] = file_of(data, first, pre);
	fds[1] = file_of(data + first, size - first, post);
	err = om_target_create(module ? "m" : "vmlinux", "id", flags & FLAG_6_12 ? &layout_6_12 : NULL, &t);
	check(!err);
	err = om_target_add(t, "unit.o", pre, flags & FLAG_ALONE ? pre : post);
	if (err)
		refuse(err);
	else
		diff(t, module);
	om_target_destroy(t);
	close(fds[0]);
	close(fds[1]);
}

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	nowhere = fopen("/dev/null", "w");
	check(nowhere);
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size)
		fuzz_pair(data + 1, size - 1, data[0]);
	return 0;
}
