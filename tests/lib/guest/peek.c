// SPDX-License-Identifier: GPL-2.0-or-later
/* peek ADDRESS LENGTH: kernel memory, as it is now, to standard output; by way of /proc/kcore. */
#include <elf.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static long long offset_of(int fd, unsigned long addr, unsigned long len)
{
	Elf64_Ehdr eh;
	Elf64_Phdr ph;

	if (pread(fd, &eh, sizeof(eh), 0) != sizeof(eh))
		return -1;
	for (int i = 0; i < eh.e_phnum; i++) {
		if (pread(fd, &ph, sizeof(ph), eh.e_phoff + i * sizeof(ph)) != sizeof(ph))
			return -1;
		if (ph.p_type == PT_LOAD && addr >= ph.p_vaddr && addr - ph.p_vaddr + len <= ph.p_memsz)
			return ph.p_offset + (addr - ph.p_vaddr);
	}
	return -1;
}

int main(int argc, char **argv)
{
	static char buf[65536];
	int fd = open("/proc/kcore", O_RDONLY);
	unsigned long addr, len;
	long long off;
	ssize_t n;

	if (argc != 3 || fd < 0) {
		fprintf(stderr, "usage: peek ADDRESS LENGTH (as root)\n");
		return 2;
	}
	addr = strtoul(argv[1], NULL, 16);
	len = strtoul(argv[2], NULL, 0);
	off = offset_of(fd, addr, len);
	for (; off >= 0 && len; len -= n, off += n) {
		n = pread(fd, buf, len < sizeof(buf) ? len : sizeof(buf), off);
		if (n <= 0 || write(STDOUT_FILENO, buf, n) != n)
			break;
	}
	if (off < 0 || len)
		fprintf(stderr, "peek: cannot read %s\n", argv[1]);
	return off < 0 || len;
}
