// SPDX-License-Identifier: GPL-2.0-or-later
/* Loads and unloads an update's modules, and finds those that a killed run has left. */
#include "ksplice-apply/modules.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/file.h"
#include "ksplice-apply/kmsg.h"
#include "ksplice-apply/manifest.h"
#include "ksplice-apply/unsigned.h"

#define UNLOAD_TRIES	50
#define UNLOAD_PAUSE	20	/* ms */

bool module_live(const struct kernel *k, const char *name)
{
	char path[PATH_MAX], *state;
	struct error *err;
	bool live;

	/* A built-in "module" with parameters has a directory too, but no initstate. */
	snprintf(path, sizeof(path), "%s/%s/initstate", k->modules, name);
	err = file_read(path, 64, &state, NULL);
	if (err) {
		error_free(err);
		return false;
	}
	live = !strncmp(state, "live", 4);
	free(state);
	return live;
}

/* The file's first character; 0 when it cannot be read. */
static char first_char(const char *path)
{
	struct error *err;
	char *text, c;

	err = file_read(path, 4096, &text, NULL);
	if (err) {
		error_free(err);
		return 0;
	}
	c = text[0];
	free(text);
	return c;
}

/* @said: NULL when the log cannot be read. */
static struct error *load_error(const struct kernel *k, const char *name, const void *image, size_t size, int errnum, const char *said)
{
	struct error *err;

	if (errnum == EPERM && first_char(k->modules_disabled) == '1')
		return error_new(ERROR_REFUSED, "%s: this kernel takes no more modules until it is booted again "
				 "(kernel.modules_disabled is 1)", name);
	err = unsigned_error(k, name, image, size, errnum, said);
	if (err)
		return err;
	if (!said)
		said = "";
	if (errnum == EPERM)
		return error_new(ERROR_NOT_PERMITTED, "%s: loading modules is not permitted (CAP_SYS_MODULE)", name);
	if (strstr(said, "version magic") || strstr(said, "disagrees about version of symbol"))
		return error_new(ERROR_WRONG_KERNEL, "%s: the module was built for another kernel", name);
	if (strstr(said, "Unknown symbol"))
		return error_new(ERROR_OTHER, "%s: the module refers to something that this kernel does not have", name);
	if (errnum == EBADMSG)
		return error_new(ERROR_BAD_FILE, "%s: the module is damaged: its match data or its signature", name);
	return error_errno(errnum, "%s: the kernel does not load the module", name);
}

struct error *module_load(const struct kernel *k, const char *name, const void *image, size_t size, const char *params,
			  int *errnum)
{
	int kmsg = kmsg_open(k), ret;
	struct error *err = NULL;
	char *said;

	ret = k->load(k, image, size, params);
	if (errnum)
		*errnum = ret;
	if (ret) {
		said = kmsg_since(kmsg, name);
		err = load_error(k, name, image, size, ret, said);
		if (said && *said) {
			struct error *full = error_new(err->kind, "%s\nThe kernel says:%s", err->text, said);

			error_free(err);
			err = full;
		}
		free(said);
	}
	kmsg_close(kmsg);
	return err;
}

struct error *module_unload(const struct kernel *k, const char *name)
{
	int ret = 0;

	for (unsigned int i = 0; i < UNLOAD_TRIES; i++) {
		ret = k->unload(k, name);
		/* EAGAIN: in use; EBUSY: on its way in or out. Reading /proc/modules or sysfs can hold one. */
		if (ret != EAGAIN && ret != EBUSY)
			break;
		k->sleep(k, UNLOAD_PAUSE);
	}
	if (!ret || ret == ENOENT)
		return NULL;
	return error_errno(ret, "cannot unload the module %s", name);
}

/* Does @name belong to @id, and not to another of @ids whose name goes on (a, a_b)? */
static bool belongs(const char *name, const char *id, const struct core_ids *ids)
{
	size_t len = strlen(CORE_MODULE "_"), idlen = strlen(id);

	if (strncmp(name, CORE_MODULE "_", len) || strncmp(name + len, id, idlen) || name[len + idlen] != '_')
		return false;
	for (size_t i = 0; i < ids->nr; i++) {
		size_t other = strlen(ids->ids[i]);

		if (other > idlen && !strncmp(name + len, ids->ids[i], other) && name[len + other] == '_')
			return false;
	}
	return true;
}

/* Calls @each with every loaded module of the update, until one fails. */
static struct error *for_each_module(const struct kernel *k, const char *id,
				     struct error *(*each)(const struct kernel *, const char *, void *), void *arg)
{
	struct core_ids ids;
	struct error *err;
	struct dirent **list;
	char path[PATH_MAX];
	int n;

	err = core_ids(k, &ids);
	if (err)
		return err;
	snprintf(path, sizeof(path), "%s/" CORE_MODULE "/holders", k->modules);
	/* As a whole first: the directory changes under us when modules go. */
	n = scandir(path, &list, NULL, alphasort);
	if (n < 0 && errno != ENOENT)
		err = error_errno(errno, "%s", path);
	for (int i = 0; i < n; i++) {
		if (!err && belongs(list[i]->d_name, id, &ids))
			err = each(k, list[i]->d_name, arg);
		free(list[i]);
	}
	if (n >= 0)
		free(list);
	core_ids_free(&ids);
	return err;
}

static struct error *unload_one(const struct kernel *k, const char *name, void *arg)
{
	return module_unload(k, name);
}

static struct error *try_unload(const struct kernel *k, const char *name, void *arg)
{
	if (!k->unload(k, name))
		*(bool *)arg = true;
	return NULL;
}

/* A code module may be in use by others of the same update: as long as one goes, others may go. */
struct error *modules_unload_update(const struct kernel *k, const char *id)
{
	struct error *err;
	bool gone;

	do {
		gone = false;
		err = for_each_module(k, id, try_unload, &gone);
	} while (!err && gone);
	return err ? err : for_each_module(k, id, unload_one, NULL);
}

static struct error *found_one(const struct kernel *k, const char *name, void *arg)
{
	*(bool *)arg = true;
	return NULL;
}

struct error *modules_any(const struct kernel *k, const char *id, bool *any)
{
	*any = false;
	return for_each_module(k, id, found_one, any);
}
