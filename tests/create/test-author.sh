#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# What the author of a diff says with ksplice-patch.h: found without a path, checked by the compiler, and told in the report.
. "$(dirname "$0")/lib.sh"
include='s/^#include "internal.h"/#include <ksplice-patch.h>\n&/'

case_is "undeclared, the refusal names the declarations"
diff_of fs/file.c 's/^unsigned int sysctl_nr_open .*/unsigned int sysctl_nr_open __read_mostly = 4096;/' >data.diff
# shellcheck disable=SC2086
create --patch=data.diff --id=data $kernel "$KSPLICE_SOURCE"
wants 3 'fs/file.o: sysctl_nr_open: byte differs.*existing data' 'ksplice_data_in_place()' 'ksplice_data_new()' \
	'ksplice_data_ignore()' 'docs/authoring.md'

case_is "undeclared init code"
diff_of fs/proc/loadavg.c 's/"loadavg", 0,/"loadaverage", 0,/' >init.diff
# shellcheck disable=SC2086
create --patch=init.diff --id=init $kernel "$KSPLICE_SOURCE"
wants 3 'proc_loadavg_init: .*at boot' 'ksplice_init_ignore()'

case_is "ignored init code alone is no change"
diff_of fs/proc/loadavg.c "$include; s/\"loadavg\", 0,/\"loadaverage\", 0,/; s/^fs_initcall/ksplice_init_ignore(proc_loadavg_init);\n&/" >init.diff
# shellcheck disable=SC2086
create --patch=init.diff --id=init $kernel "$KSPLICE_SOURCE"
wants 66 'changes no object code'

case_is "in place"
diff_of fs/file.c "$include; s/^unsigned int sysctl_nr_open .*/unsigned int sysctl_nr_open __read_mostly = 4096;\nksplice_data_in_place(sysctl_nr_open);/" >data.diff
# shellcheck disable=SC2086
create --patch=data.diff --id=data $kernel "$KSPLICE_SOURCE"
wants 0 'in place fs/file.o: sysctl_nr_open'
tar -xOf ksplice-data.tar.gz ksplice-data/manifest.json >manifest.json
python3 - <<'END' || fail "the manifest"
import json
t = json.load(open("manifest.json"))["targets"][0]
assert t["functions"] == [] and t["hooks"] == [], t
assert [(d["unit"], d["name"]) for d in t["data"]] == [("fs/file.o", "sysctl_nr_open")], t
END

case_is "hooks alone"
diff_of fs/proc/loadavg.c "$include; \$a static void f(void) { }\nksplice_apply(f);\nksplice_post_reverse(f);" >hooks.diff
# shellcheck disable=SC2086
create --patch=hooks.diff --id=hooks $kernel "$KSPLICE_SOURCE"
wants 0 'new *fs/proc/loadavg.o: f' 'hook *fs/proc/loadavg.o: f (apply)' 'hook *fs/proc/loadavg.o: f (post_reverse)'

case_is "a hook of the wrong type"
diff_of fs/proc/loadavg.c "$include; \$a static int f(void) { return 0; }\nksplice_apply(f);" >hooks.diff
# shellcheck disable=SC2086
create --patch=hooks.diff --id=hooks $kernel "$KSPLICE_SOURCE"
wants 1 'incompatible pointer type'
diff_of fs/proc/loadavg.c "$include; \$a static void f(void) { }\nksplice_check_apply(f);" >hooks.diff
# shellcheck disable=SC2086
create --patch=hooks.diff --id=hooks $kernel "$KSPLICE_SOURCE"
wants 1 'incompatible pointer type'

case_is "a declaration of nothing"
diff_of fs/file.c "$include; \$a ksplice_data_in_place(sysctl_nr_opened);" >data.diff
# shellcheck disable=SC2086
create --patch=data.diff --id=data $kernel "$KSPLICE_SOURCE"
wants 1 'sysctl_nr_opened.*undeclared'
finish
