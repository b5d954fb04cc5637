#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# TEST: hooks run where ksplice-patch.h says, in its order; each that may abort does, and all is as before.
# On one kernel, for want of time; by hand on any.
export KSPLICE_KERNEL=${KSPLICE_KERNEL:-6.1}
. "$(dirname "$0")/../../lib/kernel-test.sh"
update hooks "$here/fix.diff"
update onlyhooks "$here/only-hooks.diff"

guest <<'END'
lines() { wc -l </proc/loadavg; }
trail() { sed -n 2p /proc/loadavg; }
last() { dmesg | sed -n "s/.*trail $1: //p" | tail -n 1; }
set_number() { echo "$1" >/proc/sys/kernel/panic; }

# refused_with NUMBER FUNCTION WHEN COMMAND...
refused_with()
{
	local number=$1 function=$2 when=$3

	shift 3
	set_number "$number"
	ends $REFUSED "$@"
	set_number 0
	has "says who" "$function" "$out"
	has "says when" "$when" "$out"
	has "says its value" "-$number" "$out"
}

refused_with 71 first pre_apply ksplice-apply /root/hooks.tar.gz
is "nothing had run, so nothing is taken back" "" "$(last "of a failure")"
is "not applied" 1 "$(lines)"
is_gone hooks
refused_with 72 second pre_apply ksplice-apply /root/hooks.tar.gz
is "what stands before it is taken back" acb "$(last "of a failure")"
is "not applied" 1 "$(lines)"
is_gone hooks
refused_with 73 check check_apply ksplice-apply /root/hooks.tar.gz
is "all is taken back, backwards" acedb "$(last "of a failure")"
is "not applied" 1 "$(lines)"
is_gone hooks

apply hooks
is "applied" acefg "$(trail)"
refused_with 74 pre_reverse pre_reverse ksplice-undo hooks
is "still applied" acefgh "$(trail)"
is "stage" applied "$(stage hooks)"
is "cause" aborted "$(cat /sys/kernel/ksplice/hooks/abort_cause)"
has "detail" "when=pre_reverse function=pre_reverse value=-74" "$(cat /sys/kernel/ksplice/hooks/abort_detail)"
refused_with 75 check_reverse check_reverse ksplice-undo hooks
is "still applied" acefghhji "$(trail)"
undo hooks
is "undone" acefghhjihjkl "$(last "at the end")"
is "one line again" 1 "$(lines)"

# A file that the diff does not change otherwise.
set_number 5
apply onlyhooks
is "the hook ran" 33 "$(cat /proc/sys/kernel/panic)"
undo onlyhooks
is "and the other one" 5 "$(cat /proc/sys/kernel/panic)"

# Twice, without matching again.
apply hooks
echo reversed >/sys/kernel/ksplice/hooks/stage || fail "cannot reverse"
echo applied >/sys/kernel/ksplice/hooks/stage || fail "cannot apply again"
is "again" acefghjklacefg "$(trail)"
undo hooks
END
