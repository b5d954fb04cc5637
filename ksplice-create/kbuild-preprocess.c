// SPDX-License-Identifier: GPL-2.0-or-later
/* Has ksplice-create itself look at what the preprocessor makes of units: preprocessor.h. */
#include "ksplice-create/kbuild.h"

#include <string.h>

#include "ksplice-create/kbuild-units.h"
#include "ksplice-create/tree.h"

char *kbuild_preprocessed(const struct create *c, const char *unit, bool assembler)
{
	return xasprintf("%s/%.*s%c", c->ws.build, (int)strlen(unit) - 1, unit, assembler ? 's' : 'i');
}

/*
 * __LINE__ and __COUNTER__ stand still: a line that moved, or a macro with a unique name that was used once more, would make
 * everything behind it another text, and means nothing.
 */
#define STILL "-w -U__COUNTER__ -D__COUNTER__=0 -D__LINE__=0"

/*
 * kbuild has a rule for foo.i where there is a foo.c.  What it makes itself or has elsewhere (kernel/bpf/relo_core.o, from
 * tools/lib/bpf/) has one for the object alone.
 */
static void sort_by_rule(const struct create *c, const struct strv *c_units, struct strv *plain, struct strv *special)
{
	for (size_t i = 0; i < c_units->n; i++) {
		const char *unit = c_units->v[i];
		_cleanup_free_ char *source = xasprintf("%s/%.*sc", c->ws.view, (int)strlen(unit) - 1, unit);

		strv_add(path_exists(source) ? plain : special, unit);
	}
}

struct error *kbuild_preprocess(struct create *c, const char *what, const struct strv *c_units, const struct strv *asm_units)
{
	_cleanup_free_ char *self = self_path();
	_cleanup_strv_ struct strv more = STRV_INIT, plain = STRV_INIT, special = STRV_INIT;
	struct error *err = NULL;
	bool warned;

	for (size_t i = 0; !err && i < c_units->n + asm_units->n; i++) {
		bool s = i >= c_units->n;
		_cleanup_free_ char *path = kbuild_preprocessed(c, s ? asm_units->v[i - c_units->n] : c_units->v[i], s);

		err = tree_unlink(path);
	}
	/*
	 * In place of the output, which would be megabytes for each.  gcc need not remember for its messages through which macros
	 * each token came: a quarter of the time.
	 */
	strv_addf(&more, "cmd_cpp_i_c=KSPLICE_PROGRESS=%s/progress %s %s $(basename $@).i $(CPP) $(c_flags) " STILL
		  " $(if $(CONFIG_CC_IS_GCC),-ftrack-macro-expansion=0) $<", c->ws.dir, self, what);
	strv_addf(&more, "cmd_cpp_s_S=KSPLICE_PROGRESS=%s/progress %s %s $@ $(CPP) $(a_flags) " STILL " $<", c->ws.dir, self,
		  what);
	strv_add(&more, "rule_cc_o_c=$(call cmd,cpp_i_c)");
	sort_by_rule(c, c_units, &plain, &special);
	err = err ?: kbuild_drop_units(c, &special);
	return err ?: kbuild_make_units(c, &special, &plain, asm_units, &more, &warned);
}
