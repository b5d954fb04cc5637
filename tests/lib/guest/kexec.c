// SPDX-License-Identifier: GPL-2.0-or-later
/* kexec VMLINUZ: loads it as the kernel that "reboot -f -k" of others would start, and takes it away again: kexec -u. */
#include <fcntl.h>
#include <linux/kexec.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

static const char arguments[] = "console=ttyS0";

int main(int argc, char **argv)
{
	int fd;

	if (argc == 2 && !strcmp(argv[1], "-u")) {
		if (!syscall(SYS_kexec_file_load, -1, -1, 0, NULL, KEXEC_FILE_UNLOAD))
			return 0;
	} else if (argc == 2) {
		fd = open(argv[1], O_RDONLY);
		if (fd >= 0 && !syscall(SYS_kexec_file_load, fd, -1, sizeof(arguments), arguments, KEXEC_FILE_NO_INITRAMFS))
			return 0;
	}
	perror("kexec");
	return 1;
}
