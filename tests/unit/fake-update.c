// SPDX-License-Identifier: GPL-2.0-or-later
#include "tests/unit/fake-update.h"

#include <archive.h>
#include <archive_entry.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "common/sha256.h"
#include "kmodsrc/ksplice-abi.h"

/* What a builder cannot do is a bug of the test, NDEBUG or not. */
#define must(cond) do { if (!(cond)) abort(); } while (0)

static const struct {
	const char *name, *data;
} files[] = {
	{ "patch", "--- a/x\n+++ b/x\n" },
	{ "ksplice.ko", "core" },
	{ "ksplice_abc_vmlinux_match.ko", "match abc vmlinux" },
	{ "ksplice_abc_vmlinux.ko", "code abc vmlinux" },
};

#define NR_FILES (sizeof(files) / sizeof(files[0]))

json_t *fake_manifest(void)
{
	json_t *list = json_object(), *m;

	for (size_t i = 0; i < NR_FILES; i++) {
		char hex[SHA256_HEX_SIZE];

		must(!sha256_hex(files[i].data, strlen(files[i].data), hex));
		json_object_set_new(list, files[i].name,
				    json_pack("{s:I, s:s}", "size", (json_int_t)strlen(files[i].data), "sha256", hex));
	}
	m = json_pack("{s:i, s:s, s:s, s:s, s:s, s:{s:s}, s:{s:s, s:s, s:i}, s:s, s:o,"
		      " s:[{s:s, s:{s:s, s:s}, s:{s:s, s:s}, s:[s], s:[{s:s, s:s, s:s, s:s}]}]}",
		      "format", 1, "id", FAKE_ID, "description", "a fix\nof two lines", "created",
		      "2026-11-21T03:50:00Z", "arch", "x86_64", "kernel", "release", "6.1.0-56-cloud-amd64",
		      "core", "file", "ksplice.ko", "module", "ksplice", "abi", KSPLICE_ABI, "patch", "patch", "files", list,
		      "targets", "name", "vmlinux",
		      "match", "file", "ksplice_abc_vmlinux_match.ko", "module", "ksplice_abc_vmlinux_match",
		      "code", "file", "ksplice_abc_vmlinux.ko", "module", "ksplice_abc_vmlinux",
		      "units", "fs/proc/cmdline.o",
		      "functions", "unit", "fs/proc/cmdline.o", "name", "cmdline_proc_show", "verdict", "changed",
		      "reason", "size 42, was 42; differs at +0x6");
	must(m);
	return m;
}

void fake_add(struct fake *f, const char *path, const void *data, size_t size)
{
	must(f->nr < FAKE_FILES_MAX);
	f->entries[f->nr++] = (struct fake_entry){ .path = path, .data = data, .size = size, .type = AE_IFREG };
}

void fake_init_with(struct fake *f, json_t *manifest)
{
	static const char *const paths[NR_FILES] = {
		FAKE_DIR "/patch", FAKE_DIR "/ksplice.ko", FAKE_DIR "/ksplice_abc_vmlinux_match.ko",
		FAKE_DIR "/ksplice_abc_vmlinux.ko",
	};

	memset(f, 0, sizeof(*f));
	f->manifest_text = json_dumps(manifest, 0);
	must(f->manifest_text);
	json_decref(manifest);
	fake_add(f, FAKE_DIR "/", NULL, 0);
	f->entries[0].type = AE_IFDIR;
	fake_add(f, FAKE_DIR "/manifest.json", f->manifest_text, strlen(f->manifest_text));
	for (size_t i = 0; i < NR_FILES; i++)
		fake_add(f, paths[i], files[i].data, strlen(files[i].data));
}

void fake_init(struct fake *f)
{
	fake_init_with(f, fake_manifest());
}

void fake_fini(struct fake *f)
{
	free(f->manifest_text);
}

struct fake_entry *fake_find(struct fake *f, const char *path)
{
	for (size_t i = 0; i < f->nr; i++)
		if (!strcmp(f->entries[i].path, path))
			return &f->entries[i];
	abort();
}

static void write_entry(struct archive *a, const struct fake_entry *e)
{
	struct archive_entry *entry = archive_entry_new();

	archive_entry_set_pathname(entry, e->path);
	archive_entry_set_filetype(entry, e->type);
	archive_entry_set_perm(entry, e->type == AE_IFDIR ? 0755 : 0644);
	archive_entry_set_size(entry, e->size);
	if (e->symlink)
		archive_entry_set_symlink(entry, e->symlink);
	if (e->hardlink)
		archive_entry_set_hardlink(entry, e->hardlink);
	/* It warns of names that the locale does not know. */
	must(archive_write_header(a, entry) >= ARCHIVE_WARN);
	if (e->size)
		must(archive_write_data(a, e->data, e->size) == (la_ssize_t)e->size);
	archive_entry_free(entry);
}

void *fake_tar(const struct fake *f, size_t *size)
{
	struct archive *a = archive_write_new();
	size_t cap = 1 << 20;
	void *buf;

	for (size_t i = 0; i < f->nr; i++)
		cap += f->entries[i].size + 4096;
	buf = calloc(1, cap);
	must(a && buf);
	archive_write_set_format_pax_restricted(a);
	archive_write_add_filter_none(a);
	must(archive_write_open_memory(a, buf, cap, size) == ARCHIVE_OK);
	for (size_t i = 0; i < f->nr; i++)
		write_entry(a, &f->entries[i]);
	must(archive_write_close(a) == ARCHIVE_OK);
	archive_write_free(a);
	return buf;
}

void *fake_gzip(const void *data, size_t size, size_t *gz_size)
{
	z_stream z = { .next_in = (unsigned char *)data, .avail_in = size };
	size_t cap;
	void *buf;

	must(deflateInit2(&z, 9, Z_DEFLATED, 15 + 16, 9, Z_DEFAULT_STRATEGY) == Z_OK);
	cap = deflateBound(&z, size);
	buf = malloc(cap);
	must(buf);
	z.next_out = buf;
	z.avail_out = cap;
	must(deflate(&z, Z_FINISH) == Z_STREAM_END);
	*gz_size = cap - z.avail_out;
	deflateEnd(&z);
	return buf;
}

void *fake_archive(const struct fake *f, size_t *size)
{
	size_t tar_size;
	void *tar = fake_tar(f, &tar_size), *gz = fake_gzip(tar, tar_size, size);

	free(tar);
	return gz;
}
