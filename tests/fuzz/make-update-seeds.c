// SPDX-License-Identifier: GPL-2.0-or-later
/* Writes inputs to begin with for fuzz-update into a directory. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/fake-update.h"

static void write_seed(const char *dir, const char *name, char reader, const void *data, size_t size)
{
	char path[512];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	f = fopen(path, "w");
	if (!f || putc(reader, f) == EOF || fwrite(data, 1, size, f) != size || fclose(f)) {
		perror(path);
		exit(1);
	}
}

int main(int argc, char **argv)
{
	static const char notes[] = "\4\0\0\0\4\0\0\0\3\0\0\0GNU\0\x0a\x1b\x2c\x3d";
	static const char elf[64] = "\177ELF\2\1\1";
	static const char words[] = "no_match\nunit=a.o function=f pre_offset=0x1 op=lit expected=0x1 found=0x2\n"
				    "pid=1 tgid=1 comm=c in=f+0x1 trace=a+0x1/0x2,b+0x3/0x4\n";
	struct fake f;
	size_t size;
	void *p;

	if (argc != 2)
		return 2;
	fake_init(&f);
	p = fake_archive(&f, &size);
	write_seed(argv[1], "archive", 0, p, size);
	free(p);
	p = fake_tar(&f, &size);
	write_seed(argv[1], "tar", 1, p, size);
	free(p);
	write_seed(argv[1], "manifest", 2, f.manifest_text, strlen(f.manifest_text));
	write_seed(argv[1], "notes", 3, notes, sizeof(notes) - 1);
	write_seed(argv[1], "elf", 4, elf, sizeof(elf));
	write_seed(argv[1], "words", 5, words, sizeof(words) - 1);
	fake_fini(&f);
	return 0;
}
