#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# TEST: a changed function calls a function that the diff adds.
. "$(dirname "$0")/../../lib/kernel-test.sh"
update newfunc "$here/fix.diff"

guest <<'END'
before=$(cat /proc/filesystems)
has before "^nodev	proc$" "$before"
lines=$(wc -l </proc/filesystems)
apply newfunc
has "after apply" "^[0-9]+: proc \(no device\)$" "$(cat /proc/filesystems)"
is "first line" 0 "$(sed -n 's/:.*//;1p' /proc/filesystems)"
is "as many lines" "$lines" "$(grep -c '^[0-9]*: [a-z0-9_]*\( (no device)\)*$' /proc/filesystems)"
undo newfunc
is "after undo" "$before" "$(cat /proc/filesystems)"
END
