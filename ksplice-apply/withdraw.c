// SPDX-License-Identifier: GPL-2.0-or-later
/* Takes away what kernel and store have of an update that is not applied, and the core when it was the last. */
#include "ksplice-apply/change.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "ksplice-apply/modules.h"
#include "ksplice-apply/store.h"
#include "ksplice-apply/text.h"

#define FORGET_TRIES	150
#define FORGET_PAUSE	20	/* ms */

/*
 * The core forgets an update with its last module; one that did not match it keeps, to tell why, and one that waits for modules.  It does not
 * wait for what it has to do just then for a module that comes or goes.
 */
static struct error *forget(const struct kernel *k, const char *id)
{
	enum core_stage stage;
	struct error *err;
	int ret;

	err = core_stage(k, id, &stage);
	if (err || stage == STAGE_NONE)
		return err;
	ret = core_forget(k, id);
	for (unsigned int i = 1; ret == EBUSY && i < FORGET_TRIES; i++) {
		k->sleep(k, FORGET_PAUSE);
		ret = core_forget(k, id);
	}
	if (ret && ret != ENOENT)
		return error_errno(ret, "the kernel core does not forget update %s", id);
	return NULL;
}

/* Whether @id stands on @on and is not applied: then it is left of the run that has left @on. */
static struct error *stands_idle(const struct kernel *k, const char *id, const char *on, bool *ret)
{
	enum core_stage stage;
	struct error *err;
	char *depends;

	*ret = false;
	err = core_stage(k, id, &stage);
	if (err || stage == STAGE_APPLIED || stage == STAGE_NONE)
		return err;
	err = core_text(k, id, "depends", &depends);
	if (err)
		return err;
	*ret = text_has_line(depends, on);
	free(depends);
	return NULL;
}

/* What stands on it holds its modules. The core makes no circles. */
static struct error *withdraw_dependants(const struct kernel *k, const char *id)
{
	struct core_ids ids;
	struct error *err;
	bool idle;

	err = core_ids(k, &ids);
	for (size_t i = 0; !err && i < ids.nr; i++) {
		err = stands_idle(k, ids.ids[i], id, &idle);
		if (!err && idle)
			err = withdraw_update(k, ids.ids[i]);
	}
	core_ids_free(&ids);
	return err;
}

/* Takes @err. Some code cannot go, whoever tries: then it does not help to try again. */
static struct error *say_pinned(const struct kernel *k, const char *id, struct error *err)
{
	struct error *full, *other;
	char *late;

	other = core_text(k, id, "late", &late);
	error_free(other);
	if (other)
		return err;
	if (strstr(late, "code=pinned")) {
		full = error_new(err->kind, "%s\nIts code for a module that has gone could not go in time, and stays, doing nothing, until the "
				 "next boot (see the kernel's log).", err->text);
		error_free(err);
		err = full;
	}
	free(late);
	return err;
}

struct error *withdraw_update(const struct kernel *k, const char *id)
{
	struct error *err;

	err = withdraw_dependants(k, id);
	if (!err)
		err = modules_unload_update(k, id);
	if (!err)
		err = forget(k, id);
	if (!err)
		err = store_remove(k, id);
	return err ? say_pinned(k, id, err) : NULL;
}

struct error *withdraw_core(const struct kernel *k)
{
	struct core_ids ids;
	unsigned int shadows;
	struct error *err;
	size_t nr;

	err = core_ids(k, &ids);
	if (err)
		return err;
	nr = ids.nr;
	core_ids_free(&ids);
	if (nr)
		return NULL;
	err = core_shadow_variables(k, &shadows);
	if (!err && shadows)
		err = error_new(ERROR_OTHER, "the kernel core stays loaded: it holds %u shadow variable%s that the updates have "
				"attached and not freed", shadows, shadows > 1 ? "s" : "");
	return err ?: module_unload(k, CORE_MODULE);
}
