// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A header may reach a thousand units: include/net/devlink.h took six minutes of CPU, until it was clear that a struct devlink_port
 * lives on, and include/linux/compiler_attributes.h with init/main.c over twenty, though start_kernel() has run.  The one file
 * that the diff touches beside the header tells that in seconds.
 */
#include "ksplice-create/look-ahead.h"

#include "ksplice-create/modules.h"
#include "ksplice-create/renumber.h"
#include "ksplice-create/report.h"
#include "ksplice-create/targets.h"
#include "ksplice-create/tree.h"
#include "ksplice-create/units.h"

static bool touches_header(const struct create *c)
{
	for (size_t i = 0; i < c->patches.files.n; i++)
		if (ends_with(c->patches.files.v[i], ".h"))
			return true;
	return false;
}

struct error *look_ahead(struct create *c)
{
	struct error *err, *refusal = NULL;

	if (!touches_header(c))
		return NULL;
	report_begin(c, "looking at what the diff itself touches");
	c->ahead = true;
	err = units_build_pre(c) ?: units_build_post(c) ?: modules_build_core(c) ?: units_build_renumbered(c) ?:
	      targets_check_settled(c, &refusal);
	c->ahead = false;
	report_end(c);
	if (refusal)
		return refusal;
	/* Whatever it is, all units will tell. */
	error_free(err);
	targets_free(c);
	units_free(c);
	return NULL;
}
