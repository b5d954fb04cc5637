// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * fentry attach NAME entry|exit FUNCTION	counts calls of a kernel function with a BPF program at its entry or exit
 * fentry count NAME				prints how many there were
 * fentry detach NAME
 * What is attached stays so under /sys/fs/bpf. FUNCTION is one of vmlinux's, and is looked for in its BTF.
 */
#include <fcntl.h>
#include <linux/bpf.h>
#include <linux/btf.h>
#include <linux/magic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <unistd.h>

static const char btf_path[] = "/sys/kernel/btf/vmlinux", pins[] = "/sys/fs/bpf";

static void die(const char *what)
{
	perror(what);
	exit(1);
}

static int bpf(int cmd, union bpf_attr *attr)
{
	return syscall(SYS_bpf, cmd, attr, sizeof(*attr));
}

static const char *pin(const char *name, const char *what)
{
	static char path[256];

	snprintf(path, sizeof(path), "%s/%s-%s", pins, name, what);
	return path;
}

static void pin_at(const char *name, const char *what, int fd)
{
	union bpf_attr attr = { .pathname = (uintptr_t)pin(name, what), .bpf_fd = fd };

	if (fd < 0 || bpf(BPF_OBJ_PIN, &attr))
		die(what);
}

static char *read_btf(void)
{
	int fd = open(btf_path, O_RDONLY);
	struct stat st;
	size_t done = 0;
	ssize_t n;
	char *buf;

	if (fd < 0 || fstat(fd, &st))
		die(btf_path);
	buf = malloc(st.st_size);
	while (buf && done < (size_t)st.st_size && (n = read(fd, buf + done, st.st_size - done)) > 0)
		done += n;
	if (!buf || done != (size_t)st.st_size)
		die(btf_path);
	return buf;
}

/* Bytes behind a type's common part: Documentation/bpf/btf.rst. */
static size_t rest_of(const struct btf_type *t)
{
	unsigned int n = BTF_INFO_VLEN(t->info);

	switch (BTF_INFO_KIND(t->info)) {
	case BTF_KIND_INT:
	case BTF_KIND_VAR:
	case BTF_KIND_DECL_TAG:
		return 4;
	case BTF_KIND_ARRAY:
		return sizeof(struct btf_array);
	case BTF_KIND_STRUCT:
	case BTF_KIND_UNION:
		return n * sizeof(struct btf_member);
	case BTF_KIND_ENUM:
		return n * sizeof(struct btf_enum);
	case BTF_KIND_FUNC_PROTO:
		return n * sizeof(struct btf_param);
	case BTF_KIND_DATASEC:
		return n * sizeof(struct btf_var_secinfo);
	case 19:	/* BTF_KIND_ENUM64, since 6.0 */
		return n * 12;
	}
	return 0;
}

static int function_id(const char *name)
{
	char *buf = read_btf();
	const struct btf_header *h = (void *)buf;
	const char *strings = buf + h->hdr_len + h->str_off;
	char *p = buf + h->hdr_len + h->type_off, *end = p + h->type_len;

	for (int id = 1; p < end; id++) {
		const struct btf_type *t = (void *)p;

		if (BTF_INFO_KIND(t->info) == BTF_KIND_FUNC && !strcmp(strings + t->name_off, name))
			return id;
		p += sizeof(*t) + rest_of(t);
	}
	fprintf(stderr, "%s: no function %s\n", btf_path, name);
	exit(1);
}

/* ++*lookup(map, 0); return 0; */
static int load(int map, const char *where, const char *function)
{
	static char log[65536];
	struct bpf_insn code[] = {
		{ .code = BPF_ST | BPF_MEM | BPF_W, .dst_reg = 10, .off = -4, .imm = 0 },
		{ .code = BPF_ALU64 | BPF_MOV | BPF_X, .dst_reg = 2, .src_reg = 10 },
		{ .code = BPF_ALU64 | BPF_ADD | BPF_K, .dst_reg = 2, .imm = -4 },
		{ .code = BPF_LD | BPF_DW | BPF_IMM, .dst_reg = 1, .src_reg = BPF_PSEUDO_MAP_FD, .imm = map },
		{ 0 },
		{ .code = BPF_JMP | BPF_CALL, .imm = BPF_FUNC_map_lookup_elem },
		{ .code = BPF_JMP | BPF_JEQ | BPF_K, .dst_reg = 0, .off = 2, .imm = 0 },
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = 1, .imm = 1 },
		{ .code = BPF_STX | BPF_ATOMIC | BPF_DW, .dst_reg = 0, .src_reg = 1, .imm = BPF_ADD },
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = 0, .imm = 0 },
		{ .code = BPF_JMP | BPF_EXIT },
	};
	union bpf_attr attr = {
		.prog_type = BPF_PROG_TYPE_TRACING,
		.expected_attach_type = strcmp(where, "exit") ? BPF_TRACE_FENTRY : BPF_TRACE_FEXIT,
		.insns = (uintptr_t)code,
		.insn_cnt = sizeof(code) / sizeof(code[0]),
		.license = (uintptr_t)"GPL",
		.log_buf = (uintptr_t)log,
		.log_size = sizeof(log),
		.log_level = 1,
		.attach_btf_id = function_id(function),
	};
	int fd = bpf(BPF_PROG_LOAD, &attr);

	if (fd < 0) {
		fprintf(stderr, "%s", log);
		die("load");
	}
	return fd;
}

static void attach(const char *name, const char *where, const char *function)
{
	union bpf_attr map_attr = { .map_type = BPF_MAP_TYPE_ARRAY, .key_size = 4, .value_size = 8, .max_entries = 1 };
	union bpf_attr attr = { 0 };
	int map = bpf(BPF_MAP_CREATE, &map_attr);

	if (map < 0)
		die("map");
	attr.raw_tracepoint.prog_fd = load(map, where, function);
	pin_at(name, "link", bpf(BPF_RAW_TRACEPOINT_OPEN, &attr));
	pin_at(name, "map", map);
}

static void count(const char *name)
{
	union bpf_attr get = { .pathname = (uintptr_t)pin(name, "map") };
	unsigned long long value = 0;
	unsigned int key = 0;
	union bpf_attr attr = { .key = (uintptr_t)&key, .value = (uintptr_t)&value };
	int fd = bpf(BPF_OBJ_GET, &get);

	attr.map_fd = fd;
	if (fd < 0 || bpf(BPF_MAP_LOOKUP_ELEM, &attr))
		die("count");
	printf("%llu\n", value);
}

int main(int argc, char **argv)
{
	struct statfs fs;

	/* A second one would be another one. */
	if (statfs(pins, &fs) || (fs.f_type != BPF_FS_MAGIC && mount("bpf", pins, "bpf", 0, NULL)))
		die(pins);
	if (argc == 5 && !strcmp(argv[1], "attach"))
		attach(argv[2], argv[3], argv[4]);
	else if (argc == 3 && !strcmp(argv[1], "count"))
		count(argv[2]);
	else if (argc == 3 && !strcmp(argv[1], "detach") && (unlink(pin(argv[2], "link")) || unlink(pin(argv[2], "map"))))
		die("detach");
	return 0;
}
