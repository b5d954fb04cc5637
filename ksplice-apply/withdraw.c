// SPDX-License-Identifier: GPL-2.0-or-later
/* Takes away what kernel and store have of an update that is not applied, and the core when it was the last. */
#include "ksplice-apply/change.h"

#include <errno.h>

#include "ksplice-apply/modules.h"
#include "ksplice-apply/store.h"

/* The core forgets an update with its last module; one that did not match it keeps, to tell why. */
static struct error *forget(const struct kernel *k, const char *id)
{
	enum core_stage stage;
	struct error *err;
	int ret;

	err = core_stage(k, id, &stage);
	if (err || stage == STAGE_NONE)
		return err;
	ret = core_forget(k, id);
	if (ret && ret != ENOENT)
		return error_errno(ret, "the kernel core does not forget update %s", id);
	return NULL;
}

struct error *withdraw_update(const struct kernel *k, const char *id)
{
	struct error *err;

	err = modules_unload_update(k, id);
	if (!err)
		err = forget(k, id);
	if (!err)
		err = store_remove(k, id);
	return err;
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
