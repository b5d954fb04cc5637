// SPDX-License-Identifier: GPL-2.0-or-later
/* Writes inputs to begin with for fuzz-update into a directory. */
#include <elf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/fake-update.h"
#include "tests/unit/signed-module.h"

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

/* As little of a module as has a .modinfo. */
static void write_module(const char *dir)
{
	static const char modinfo[] = "license=GPL\0name=m\0vermagic=6.1.0-test SMP ", names[] = "\0.modinfo\0.shstrtab";
	struct {
		Elf64_Ehdr e;
		Elf64_Shdr s[3];
		char modinfo[sizeof(modinfo)], names[sizeof(names)];
	} f = {
		.e = { .e_ident = ELFMAG "\2\1\1", .e_type = ET_REL, .e_machine = EM_X86_64, .e_version = EV_CURRENT,
		       .e_shoff = sizeof(f.e), .e_ehsize = sizeof(f.e), .e_shentsize = sizeof(f.s[0]), .e_shnum = 3, .e_shstrndx = 2 },
		.s[1] = { .sh_name = 1, .sh_type = SHT_PROGBITS, .sh_flags = SHF_ALLOC, .sh_size = sizeof(modinfo), .sh_addralign = 1 },
		.s[2] = { .sh_name = 10, .sh_type = SHT_STRTAB, .sh_size = sizeof(names), .sh_addralign = 1 },
	};

	f.s[1].sh_offset = (size_t)(f.modinfo - (char *)&f);
	f.s[2].sh_offset = (size_t)(f.names - (char *)&f);
	memcpy(f.modinfo, modinfo, sizeof(modinfo));
	memcpy(f.names, names, sizeof(names));
	write_seed(dir, "module", 4, &f, sizeof(f));
}

static void write_signed(const char *dir)
{
	EVP_PKEY *key = EVP_EC_gen("P-256");
	X509 *cert = make_certificate(key, "n", 1);
	size_t size;
	char *module = make_signed_module(cert, key, 0, 2, &size);

	write_seed(dir, "signed", 6, module, size);
	free(module);
	X509_free(cert);
	EVP_PKEY_free(key);
}

int main(int argc, char **argv)
{
	static const char notes[] = "\4\0\0\0\4\0\0\0\3\0\0\0GNU\0\x0a\x1b\x2c\x3d";
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
	write_module(argv[1]);
	write_signed(argv[1]);
	write_seed(argv[1], "words", 5, words, sizeof(words) - 1);
	fake_fini(&f);
	return 0;
}
