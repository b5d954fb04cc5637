#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# TEST: a shadow variable for every task: those that there are get one by a hook, new ones when they are made, exiting ones lose theirs;
# undo frees all.
# On one kernel, for want of time; by hand on any.
export KSPLICE_KERNEL=${KSPLICE_KERNEL:-6.1}
. "$(dirname "$0")/../../lib/kernel-test.sh"
update born "$here/fix.diff"

guest <<'END'
# Each with "Born:" and its own number, as far as it is still there.
check_all()
{
	local status pid=

	for status in /proc/[0-9]*/task/*/status; do
		pid=${status%/status}
		pid=${pid##*/}
		born=$(awk '$1 == "Born:" { print $2 }' "$status" 2>/dev/null)
		[ "$born" = "$pid" ] || [ ! -e "$status" ] || fail "$status: '$born'"
	done
}

shadows()
{
	cat /sys/kernel/ksplice/shadow-variables
}

tasks()
{
	ls -d /proc/[0-9]*/task/* | wc -l
}

has_not before "^Born" "$(cat /proc/1/status)"
sleep 1000 & old=$!
apply born
check_all
has "a task from before has one" "^Born:	$old$" "$(cat /proc/$old/status)"
sleep 1000 & new=$!
has "a new one has" "^Born:	$new$" "$(cat /proc/$new/status)"

i=0
while [ $i -lt 300 ]; do
	(true) &
	true | true
	i=$((i + 1))
done
kill $old $new
wait
check_all
# ls and wc are counted, or not; a kernel thread may come or go.
difference=$(($(shadows) - $(tasks)))
echo "$(shadows) shadows"
[ $difference -ge -5 ] && [ $difference -le 5 ] || fail "$difference more shadows than tasks"
undo born
has_not after "^Born" "$(cat /proc/1/status)"
END
