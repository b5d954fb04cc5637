// SPDX-License-Identifier: GPL-2.0-or-later
/* Reads and writes the kernel core's sysfs. */
#include "ksplice-apply/core.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/file.h"
#include "ksplice-apply/text.h"

#define SYSFS_MAX	(4u << 20)	/* bytes; an attribute has a page, a binary one may have more */

static const char *const stage_names[] = {
	[STAGE_NONE] = "none",
	[STAGE_PREPARING] = "preparing",
	[STAGE_APPLIED] = "applied",
	[STAGE_REVERSED] = "reversed",
};

const char *core_stage_name(enum core_stage stage)
{
	return stage_names[stage];
}

/* "" when the file is not there. ERROR_NOT_PERMITTED: it is for root alone. */
static struct error *read_text(const char *path, char **text)
{
	struct error *err;
	size_t size;

	if (access(path, F_OK)) {
		*text = strdup("");
		return *text ? NULL : error_errno(ENOMEM, "%s", path);
	}
	if (access(path, R_OK) && errno == EACCES)
		return error_new(ERROR_NOT_PERMITTED, "%s: only root may read it", path);
	err = file_read(path, SYSFS_MAX, text, &size);
	if (err)
		return err;
	/* A NUL in it would be a bug of the kernel; what is behind it is not seen. */
	size = strlen(text_harmless(*text));
	while (size && (*text)[size - 1] == '\n')
		(*text)[--size] = 0;
	return NULL;
}

/* @file beside the updates' directories; 0 when it is not there. */
static struct error *read_number(const struct kernel *k, const char *file, unsigned int *ret)
{
	char path[PATH_MAX], *text, *end;
	struct error *err;
	unsigned long value;

	snprintf(path, sizeof(path), "%s/%s", k->core, file);
	err = read_text(path, &text);
	if (err)
		return err;
	value = strtoul(text, &end, 10);
	if (*end || value > UINT_MAX)
		err = error_new(ERROR_OTHER, "%s: not a number: %s", path, text);
	*ret = value;
	free(text);
	return err;
}

struct error *core_abi(const struct kernel *k, unsigned int *abi)
{
	return read_number(k, "abi", abi);
}

struct error *core_shadow_variables(const struct kernel *k, unsigned int *nr)
{
	return read_number(k, "shadow-variables", nr);
}

static int by_name(const void *a, const void *b)
{
	return strcmp(a, b);
}

static bool is_id(const struct dirent *d)
{
	return (d->d_type == DT_DIR || d->d_type == DT_UNKNOWN) && update_id_valid(d->d_name);
}

struct error *core_ids(const struct kernel *k, struct core_ids *ids)
{
	DIR *dir = opendir(k->core);
	struct dirent *d;

	memset(ids, 0, sizeof(*ids));
	if (!dir)
		return errno == ENOENT ? NULL : error_errno(errno, "%s", k->core);
	while ((d = readdir(dir))) {
		void *p;

		if (!is_id(d))
			continue;
		p = realloc(ids->ids, (ids->nr + 1) * sizeof(ids->ids[0]));
		if (!p) {
			closedir(dir);
			core_ids_free(ids);
			return error_errno(ENOMEM, "%s", k->core);
		}
		ids->ids = p;
		strcpy(ids->ids[ids->nr++], d->d_name);
	}
	closedir(dir);
	if (ids->nr)
		qsort(ids->ids, ids->nr, sizeof(ids->ids[0]), by_name);
	return NULL;
}

void core_ids_free(struct core_ids *ids)
{
	free(ids->ids);
	memset(ids, 0, sizeof(*ids));
}

bool core_ids_has(const struct core_ids *ids, const char *id)
{
	for (size_t i = 0; i < ids->nr; i++)
		if (!strcmp(ids->ids[i], id))
			return true;
	return false;
}

struct error *core_text(const struct kernel *k, const char *id, const char *file, char **text)
{
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s/%s/%s", k->core, id, file);
	return read_text(path, text);
}

struct error *core_stage(const struct kernel *k, const char *id, enum core_stage *stage)
{
	struct error *err;
	char *text;

	err = core_text(k, id, "stage", &text);
	if (err)
		return err;
	*stage = STAGE_NONE;
	for (unsigned int i = STAGE_PREPARING; i <= STAGE_REVERSED; i++)
		if (!strcmp(text, stage_names[i]))
			*stage = i;
	if (*text && *stage == STAGE_NONE)
		err = error_new(ERROR_OTHER, "update %s is in stage \"%s\", which this program does not know", id, text);
	free(text);
	return err;
}

static int write_file(const struct kernel *k, const char *id, const char *file, const char *text)
{
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s/%s/%s", k->core, id, file);
	return k->write(k, path, text);
}

int core_set_stage(const struct kernel *k, const char *id, enum core_stage stage)
{
	return write_file(k, id, "stage", stage_names[stage]);
}

int core_in_one_stop(const struct kernel *k, const struct step *steps, size_t nr)
{
	char path[PATH_MAX], text[CORE_STEPS_MAX * (UPDATE_ID_MAX + 2) + 1];
	size_t len = 0;

	if (nr > CORE_STEPS_MAX)
		return E2BIG;
	for (size_t i = 0; i < nr; i++)
		len += sprintf(text + len, "%s%c%s", i ? " " : "", steps[i].stage == STAGE_APPLIED ? '+' : '-', steps[i].id);
	snprintf(path, sizeof(path), "%s/in-one-stop", k->core);
	return k->write(k, path, text);
}

int core_forget(const struct kernel *k, const char *id)
{
	return write_file(k, id, "forget", "1");
}

int core_wait_for(const struct kernel *k, const char *id, const char *module, bool strict)
{
	char path[PATH_MAX], text[256];

	snprintf(path, sizeof(path), "%s/wait-for", k->core);
	if (snprintf(text, sizeof(text), "%s %s%s", id, module, strict ? " strict" : "") >= (int)sizeof(text))
		return ENAMETOOLONG;
	return k->write(k, path, text);
}

int core_set_helper(const struct kernel *k, const char *program)
{
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s/late-helper", k->core);
	return k->write(k, path, program);
}
