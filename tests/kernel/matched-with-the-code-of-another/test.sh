#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# TEST: the second update neither replaces nor calls a function of the first, but was made with a source that contains it and changes
# its neighbour in the same file: it stands on the first, which cannot be undone before it.
# On one kernel, for want of time; by hand on any.
export KSPLICE_KERNEL=${KSPLICE_KERNEL:-6.1}
. "$(dirname "$0")/../../lib/kernel-test.sh"
update types "$here/../static-name-that-exists-many-times/fix.diff"
patched_tree "$here/../static-name-that-exists-many-times/fix.diff"
update number "$here/fix.diff" --source="$patched"
update newfunc "$here/../new-function/fix.diff"

guest <<'END'
type=/sys/kernel/irq/4/type hwirq=/sys/kernel/irq/4/hwirq
before=$(cat $hwirq)
ends $NO_MATCH ksplice-apply /root/number.tar.gz
has "what differs is the neighbour" type_show "$out"
is_gone number

apply types
apply newfunc
apply number
is "both are in force" "edge-triggered number $before" "$(cat $type) $(cat $hwirq)"
is "the second stands on the first alone" types "$(cat /sys/kernel/ksplice/number/depends)"
ends $REFUSED ksplice-undo types
has "who stands on it is named" "update number stands on update types" "$out"
is "both are still in force" "edge-triggered number $before" "$(cat $type) $(cat $hwirq)"
# Who stands on nothing may go at any time.
undo newfunc
ends 0 ksplice-undo number types
is "both are undone" "edge $before" "$(cat $type) $(cat $hwirq)"
is_gone types
is_gone number
END
