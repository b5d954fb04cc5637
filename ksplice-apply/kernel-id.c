// SPDX-License-Identifier: GPL-2.0-or-later
/* Which kernel is running, and is it the one that an update was made for? */
#include "ksplice-apply/kernel-id.h"

#include <elf.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>

#include "common/file.h"

#define NOTES_MAX	(1u << 20)	/* bytes */

static void build_id_hex(const unsigned char *desc, size_t size, char *hex)
{
	for (size_t i = 0; i < size; i++)
		sprintf(hex + 2 * i, "%02x", desc[i]);
}

/* A note is three 32-bit words, a name and a descriptor, both padded to 4 bytes (also in 64-bit kernels). */
struct error *notes_build_id(const void *notes, size_t size, char hex[2 * BUILD_ID_MAX + 1])
{
	const unsigned char *p = notes;
	size_t left = size;

	hex[0] = 0;
	while (left) {
		Elf64_Nhdr n;
		uint64_t name, desc;

		if (left < sizeof(n))
			return error_new(ERROR_BAD_FILE, "an ELF note is truncated");
		memcpy(&n, p, sizeof(n));
		name = ((uint64_t)n.n_namesz + 3) & ~3ull;
		desc = ((uint64_t)n.n_descsz + 3) & ~3ull;
		/* The last note's padding may be absent: only what is told must be there. */
		if (sizeof(n) + name + n.n_descsz > left)
			return error_new(ERROR_BAD_FILE, "an ELF note is truncated");
		p += sizeof(n);
		if (n.n_type == NT_GNU_BUILD_ID && n.n_namesz == 4 && !memcmp(p, "GNU", 4) &&
		    n.n_descsz <= BUILD_ID_MAX) {
			build_id_hex(p + name, n.n_descsz, hex);
			return NULL;
		}
		left -= sizeof(n);
		if (name + desc >= left)
			break;
		p += name + desc;
		left -= name + desc;
	}
	return NULL;
}

static struct error *read_build_id(const struct kernel *k, struct kernel_id *id)
{
	struct error *err;
	char *notes;
	size_t size;

	err = file_read(k->notes, NOTES_MAX, &notes, &size);
	if (err) {
		/* A kernel without notes: a build id in the manifest will then differ from "". */
		error_free(err);
		return NULL;
	}
	err = notes_build_id(notes, size, id->build_id);
	free(notes);
	return err ? error_prefix(err, "%s", k->notes) : NULL;
}

static void read_banner(const struct kernel *k, struct kernel_id *id)
{
	struct error *err = file_read(k->version, 65536, &id->banner, NULL);

	if (err)
		error_free(err);
	else
		id->banner[strcspn(id->banner, "\n")] = 0;
}

struct error *kernel_id_read(const struct kernel *k, struct kernel_id *id)
{
	struct error *err;
	struct utsname u;

	memset(id, 0, sizeof(*id));
	if (uname(&u))
		return error_errno(errno, "uname");
	id->arch = strdup(u.machine);
	id->release = strdup(u.release);
	if (!id->arch || !id->release)
		err = error_errno(ENOMEM, "uname");
	else
		err = read_build_id(k, id);
	if (err) {
		kernel_id_free(id);
		return err;
	}
	read_banner(k, id);
	return NULL;
}

void kernel_id_free(struct kernel_id *id)
{
	free(id->arch);
	free(id->release);
	free(id->banner);
	memset(id, 0, sizeof(*id));
}

static struct error *differs(const char *what, const char *update, const char *running)
{
	return error_new(ERROR_WRONG_KERNEL,
			 "the update was made for another kernel: its %s differs\n  update:  %s\n  running: %s",
			 what, update, running && *running ? running : "(not known)");
}

struct error *kernel_id_check(const struct kernel_id *id, const struct manifest *m)
{
	if (strcmp(m->arch, id->arch))
		return differs("machine", m->arch, id->arch);
	if (strcmp(m->release, id->release))
		return differs("release", m->release, id->release);
	if (m->build_id && strcmp(m->build_id, id->build_id))
		return differs("build id", m->build_id, id->build_id);
	if (m->banner && (!id->banner || strcmp(m->banner, id->banner)))
		return differs("version banner", m->banner, id->banner);
	return NULL;
}
