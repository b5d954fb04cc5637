// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A header that changes a structure may reach a thousand units: include/net/devlink.h took six minutes of CPU, until it was clear that a
 * struct devlink_port lives on.  The one file that the diff touches beside it tells that in seconds.
 */
#include "ksplice-create/look-ahead.h"

#include "ksplice-create/layouts.h"
#include "ksplice-create/modules.h"
#include "ksplice-create/renumber.h"
#include "ksplice-create/report.h"
#include "ksplice-create/targets.h"
#include "ksplice-create/units.h"

struct error *look_ahead(struct create *c)
{
	struct error *err, *refusal = NULL;
	bool any = false;

	err = layouts_of_headers(c, &any);
	if (err || !any)
		return err;
	report_begin(c, "looking at what the diff itself touches");
	c->ahead = true;
	err = units_build_pre(c) ?: units_build_post(c) ?: modules_build_core(c) ?: units_build_renumbered(c) ?:
	      targets_check_layouts(c, &refusal);
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
