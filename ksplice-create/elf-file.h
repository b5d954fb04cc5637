/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * An ELF file that the kernel's build made, mapped: vmlinux, or a module.  It is not trusted: everything that is read from
 * it is bounded by its size.
 */
#ifndef KSPLICE_CREATE_ELF_FILE_H
#define KSPLICE_CREATE_ELF_FILE_H

#include <elf.h>
#include <stddef.h>
#include <stdint.h>

#include "common/error.h"

struct elf_file {
	char *path;
	const uint8_t *data;
	size_t size;
	const Elf64_Shdr *sections;	/* each of them inside of the file, unless SHT_NOBITS */
	size_t nr_sections;
	unsigned type;			/* ET_* */
};

/* The symbols of a file; each name is inside of @strings, with its NUL. */
struct elf_symbols {
	const Elf64_Sym *syms;
	size_t nr;
	const char *strings;
};

/*
 * Maps @path until elf_file_close(), which is to be called after a failure, too.  ERROR_BAD_FILE: no 64-bit little-endian
 * ELF file of a machine that is known, with section headers; if it is none at all, @wanted tells what it should be.
 */
struct error *elf_file_open(const char *path, const char *wanted, struct elf_file *ret);
void elf_file_close(struct elf_file *f);

/* elf_file_open() in two steps: whatever file it is, as bytes; and the look whether they are an ELF file. */
struct error *elf_file_map(const char *path, struct elf_file *ret);
struct error *elf_file_check(struct elf_file *f, const char *wanted);
/* Instead of the file's bytes, before the second step: @size bytes at @data, of mmap(); takes them. */
void elf_file_take(struct elf_file *f, void *data, size_t size);

/* "PATH: WHAT" */
struct error *elf_file_bad(const struct elf_file *f, const char *what);
/* @count records of @size bytes at @off of the file; NULL if they are not all in it, or not @align-ed as records must be. */
const void *elf_file_at(const struct elf_file *f, uint64_t off, uint64_t count, uint64_t size, uint64_t align);
/* The file's last symbol table.  ERROR_BAD_FILE: damaged; without one, ret->syms is NULL. */
struct error *elf_file_symbols(const struct elf_file *f, struct elf_symbols *ret);
/* NULL: damaged. */
const char *elf_file_section_name(const struct elf_file *f, size_t section);

#endif
