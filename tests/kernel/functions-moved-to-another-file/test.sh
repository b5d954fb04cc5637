#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# TEST: functions that move to another file, and change: their callers are in files that the diff does not touch, and the variables that one
# of them uses stay where they were.
. "$(dirname "$0")/../../lib/kernel-test.sh"
update moved "$here/fix.diff"

guest <<'END'
before=$(cat /proc/devices)
has "before" "^  1 mem$" "$before"
[ ! -e /proc/01/status ] || fail "a number with a zero before it is found"
apply moved
now=$(cat /proc/devices)
has "it is the new function" "^  1 is mem$" "$now"
has "with the old list" "^136 is pts$" "$now"
[ -e /proc/01/status ] || fail "name_to_int() is the old one"
[ ! -e /proc/0x/status ] || fail "anything is a number"
undo moved
is "after undo" "$before" "$(cat /proc/devices)"
# Another one, as the kernel has kept what it found by the first.
[ ! -e /proc/02/status ] || fail "name_to_int() is still the new one"
END
