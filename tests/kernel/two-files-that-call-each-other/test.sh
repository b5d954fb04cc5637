#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# TEST: functions of two files call each other in a new way: a reader sees the old pair or the new one, never a mixture.
# On one kernel, for want of time; by hand on any.
export KSPLICE_KERNEL=${KSPLICE_KERNEL:-6.1}
. "$(dirname "$0")/../../lib/kernel-test.sh"
update pair "$here/fix.diff"

guest <<'END'
# Prints a line for each character device and heading that no whole pair would print, or that is missing.
# Old devinfo_show with new chrdev_show, or the other way round, prints no device at all.
reader()
{
	while [ -e /tmp/go ]; do
		cat /proc/devices >/tmp/devices.$1
		chars=$(sed '/^$/,$d' /tmp/devices.$1 | grep -cE '^ *[0-9]+ (is )?[^ ]+$')
		[ "$chars" = "$nr" ] || { echo "$chars of $nr devices"; cat /tmp/devices.$1; }
		echo >>/tmp/reads.$1
	done
}
before=$(cat /proc/devices)
nr=$(printf '%s\n' "$before" | sed '/^$/,$d' | grep -cE '^ *[0-9]+ [^ ]+$')
[ "$nr" -gt 10 ] || fail "too few devices to tell anything: $nr"
>/tmp/go
reader 1 >/tmp/mixed.1 &
reader 2 >/tmp/mixed.2 &
for i in 1 2 3 4 5; do
	apply pair
	now=$(cat /proc/devices)
	has "the heading comes from the other file" "^Devices of characters:$" "$now"
	has_not "once" "^Character devices:$" "$now"
	has "the devices" "^  1 is mem$" "$now"
	has "all of them" "^254 is tpm$|^ 29 is fb$" "$now"
	undo pair
	is "after undo" "$before" "$(cat /proc/devices)"
done
rm /tmp/go
wait
for i in 1 2; do
	is "reader $i saw no mixture" "" "$(cat /tmp/mixed.$i)"
	[ "$(wc -l </tmp/reads.$i)" -gt 20 ] || fail "reader $i was too slow to prove anything"
done
END
