// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * libFuzzer target: no update file, and nothing that the kernel may say, does more than be refused.
 *
 * Input: a byte that chooses the reader, and what it reads.  For the archive, gzip's checksum would stop nearly every
 * mutation, so the input is the tar archive, which is packed here.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/module-signature.h"
#include "ksplice-apply/kernel-id.h"
#include "ksplice-apply/kmsg.h"
#include "ksplice-apply/modinfo.h"
#include "ksplice-apply/reason.h"
#include "ksplice-apply/text.h"
#include "ksplice-apply/update-file.h"
#include "tests/fuzz/check.h"
#include "tests/unit/fake-update.h"

static void refuse(struct error *err)
{
	check(err->text && *err->text);
	check(err->kind == ERROR_BAD_FILE);
	error_free(err);
}

static void fuzz_archive(const void *gz, size_t size)
{
	struct update *u;
	struct error *err = update_read_memory("file", gz, size, &u);
	const struct manifest *m;

	if (err) {
		refuse(err);
		return;
	}
	/* What the tools rely on without asking. */
	m = u->manifest;
	check(u->nr_files == m->nr_files + 1);
	check(update_find(u, m->core.file) && update_find(u, m->patch));
	for (size_t i = 0; i < m->nr_targets; i++)
		check(update_find(u, m->targets[i].match.file) && update_find(u, m->targets[i].code.file));
	update_free(u);
}

static void fuzz_tar(const void *tar, size_t size)
{
	size_t gz_size;
	void *gz = fake_gzip(tar, size, &gz_size);

	fuzz_archive(gz, gz_size);
	free(gz);
}

static void fuzz_manifest(const void *text, size_t size)
{
	struct manifest *m;
	struct error *err = manifest_parse(text, size, &m);

	if (err)
		refuse(err);
	else
		manifest_free(m);
}

static void fuzz_notes(const void *notes, size_t size)
{
	char hex[2 * BUILD_ID_MAX + 1];
	struct error *err = notes_build_id(notes, size, hex);

	check(strlen(hex) <= 2 * BUILD_ID_MAX);
	if (err)
		refuse(err);
}

static void fuzz_modinfo(const void *image, size_t size)
{
	char *value;
	struct error *err = modinfo_value(image, size, "name", &value);

	if (err)
		refuse(err);
	free(value);
}

static void fuzz_signature(const void *module, size_t size)
{
	struct module_signature *s;
	struct error *err = module_signature_read(module, size, &s);

	if (err) {
		check(!s);
		refuse(err);
	} else if (s) {
		check(s->content_size < size && s->hash && (s->key_id || (s->issuer && s->serial)));
		json_decref(module_signature_json(s));
	}
	module_signature_free(s);
}

/* "cause\ndetail\nconflicts" */
static void fuzz_words(const void *data, size_t size)
{
	char *word = strndup(data, size), *detail, *conflicts;
	struct reason r = { 0 };
	json_t *json;

	text_harmless(word);
	detail = word + strcspn(word, "\n");
	detail += *detail ? (*detail = 0, 1) : 0;
	conflicts = detail + strcspn(detail, "\n");
	conflicts += *conflicts ? (*conflicts = 0, 1) : 0;
	r = (struct reason){ cause_of(word), word, detail, conflicts };
	error_free(reason_error(&r, "abc", "apply"));
	json = reason_json(&r);
	json_decref(json);
	free(word);
	word = strndup(data, size);
	kmsg_text(word);
	free(word);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static void (*const readers[])(const void *data, size_t size) = {
		fuzz_archive, fuzz_tar, fuzz_manifest, fuzz_notes, fuzz_modinfo, fuzz_words, fuzz_signature,
	};

	if (size && data[0] < sizeof(readers) / sizeof(readers[0]))
		readers[data[0]](data + 1, size - 1);
	return 0;
}
