#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# TEST: ksplice-apply of two updates, one upon the other, is killed before each system call that changes anything: both are in
# force or none, and the next apply or undo works.
# On one kernel, as the tools and the core do the same on each; by hand on any.
export KSPLICE_KERNEL=${KSPLICE_KERNEL:-6.1}
. "$(dirname "$0")/../../lib/kernel-test.sh"
update one "$here/../update-upon-update/first.diff"
patched_tree "$here/../update-upon-update/first.diff"
update two "$here/../update-upon-update/second.diff" --source="$patched"
guest_program kill-at
GUEST_TIMEOUT=900

# Every moment with KSPLICE_KILL_STEP=1; for want of time, some.
{ echo "step=${KSPLICE_KILL_STEP:-3}"; cat <<'END'; } | guest
read -r old </proc/cmdline
new="Livepatched twice: $old"
files="/root/one.tar.gz /root/two.tar.gz"
# ok COMMAND...: it succeeds.
ok() { "$@" >/tmp/out 2>&1 || fail "$*: $(cat /tmp/out)"; }

moment=1
while kill-at $moment ksplice-apply $files >/tmp/kill 2>/tmp/kill.err; do
	grep killed /tmp/kill
	read -r now </proc/cmdline
	[ "$now" = "$old" ] || [ "$now" = "$new" ] || fail "neither old nor new: $now"
	case $((moment % 3)) in
	1) ok ksplice-apply -q $files
	   is "both are in force" "$new" "$(cat /proc/cmdline)" ;;
	# What stands on it goes along, where that is only left over.
	2) [ "$now" = "$new" ] || ksplice-undo one >/tmp/out 2>&1 || grep -q "there is no update" /tmp/out || fail "undo: $(cat /tmp/out)" ;;
	esac
	ok ksplice-undo -q --all
	is "old in the end" "$old" "$(cat /proc/cmdline)"
	is_gone one
	is_gone two
	moment=$((moment + step))
done
is "apply was not killed in the end" "" "$(cat /tmp/kill /tmp/kill.err | grep -E 'killed|kill-at')"
is "both are in force" "$new" "$(cat /proc/cmdline)"
[ $moment -gt 15 ] || fail "only $moment moments: they are not seen"
ok ksplice-undo --all
END
