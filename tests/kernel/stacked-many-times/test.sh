#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# TEST: three updates of one function, each upon the one before, are applied and undone from the top 100 times, while the function is
# called all the time: it is always one of the four, nothing is left, and in no other order can they go.
# On one kernel, for want of time; by hand on any.
export KSPLICE_KERNEL=${KSPLICE_KERNEL:-6.1}
. "$(dirname "$0")/../../lib/kernel-test.sh"
update one "$here/../update-upon-update/first.diff"
patched_tree "$here/../update-upon-update/first.diff"
update two "$here/../update-upon-update/second.diff" --source="$patched"
patched_tree "$here/../update-upon-update/first.diff" "$here/../update-upon-update/second.diff"
update three "$here/third.diff" --source="$patched"
guest_program peek
GUEST_TIMEOUT=500

guest <<'END'
boot=$(cat /proc/cmdline)
before=$(checksum cmdline_proc_show 64)
first="Livepatched kernel command line"
second="Livepatched twice: $boot"
third="Livepatched three times: $boot"
modules() { grep '^ksplice' /proc/modules | cut -d' ' -f1-4; }
# soon UPDATE STAGE: as the tools do it, without loading anything; again while a task is inside of what is to be replaced.
soon()
{
	local try=0

	while ! echo "$2" >/sys/kernel/ksplice/"$1"/stage; do
		try=$((try + 1))
		[ $try -lt 100 ] || fail "round $round: $1 is not $2: $(cat /sys/kernel/ksplice/$1/abort_cause)"
	done 2>/dev/null
}
shows() { read -r now </proc/cmdline; [ "$now" = "$1" ] || fail "round $round: '$now' and not '$1'"; }
# cannot UPDATE STAGE WHOM: refused, and who is in the way.
cannot()
{
	echo "$2" >/sys/kernel/ksplice/"$1"/stage 2>/dev/null && fail "round $round: $1 is $2"
	[ "$(cat /sys/kernel/ksplice/$1/abort_cause) $(cat /sys/kernel/ksplice/$1/abort_detail)" = "depends update=$3" ] ||
		fail "round $round: $1: $(cat /sys/kernel/ksplice/$1/abort_cause) $(cat /sys/kernel/ksplice/$1/abort_detail)"
}

apply one
apply two
apply three
is "three upon each other" "$third" "$(cat /proc/cmdline)"
is "the third stands on the second alone" two "$(cat /sys/kernel/ksplice/three/depends)"
modules >/tmp/modules
while [ ! -e /tmp/enough ]; do read -r now </proc/cmdline; echo "$now"; done | uniq -c >/tmp/seen &
round=1
while [ $round -le 100 ]; do
	[ $((round % 20)) != 1 ] || {
		cannot one reversed two
		cannot two reversed three
	}
	soon three reversed; shows "$second"
	[ $((round % 20)) != 1 ] || cannot one reversed two
	soon two reversed; shows "$first"
	[ $((round % 20)) != 1 ] || cannot three applied two
	soon one reversed; shows "$boot"
	[ $((round % 20)) != 1 ] || {
		is "round $round: every byte is what it was" "$before" "$(checksum cmdline_proc_show 64)"
		cannot two applied one
		cannot three applied two
	}
	soon one applied; shows "$first"
	soon two applied; shows "$second"
	soon three applied; shows "$third"
	round=$((round + 1))
done
is "each module is held as often as before" "$(cat /tmp/modules)" "$(modules)"
touch /tmp/enough
wait
printf '%s\n' "$boot" "$first" "$second" "$third" >/tmp/expected
is "the reader has seen nothing else" "" "$(cut -c9- /tmp/seen | grep -vxF -f /tmp/expected)"
[ "$(wc -l </tmp/seen)" -gt 100 ] || fail "the reader has seen $(wc -l </tmp/seen) changes only"

# And with the tools, which match and load each time.
for round in 1 2 3; do
	ends $REFUSED ksplice-undo one
	has "who stands on it is named" "update two stands on update one" "$out"
	ends 0 ksplice-undo -q three two one
	shows "$boot"
	is_gone one
	is_gone two
	is_gone three
	apply one
	apply two
	apply three
	shows "$third"
done
ends 0 ksplice-undo --all
is "in the end" "$before" "$(checksum cmdline_proc_show 64)"
END
