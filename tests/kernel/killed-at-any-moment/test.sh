#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# TEST: ksplice-apply and ksplice-undo are killed before each system call that changes anything: the kernel
# runs the old or the new code, whole, and the next apply or undo works.
# On one kernel, as the tools and the core do the same on each; by hand on any.
export KSPLICE_KERNEL=${KSPLICE_KERNEL:-6.1}
. "$(dirname "$0")/../../lib/kernel-test.sh"
update first "$top/demo/cmdline.diff"
guest_program kill-at
GUEST_TIMEOUT=500

# Every moment with KSPLICE_KILL_STEP=1; for want of time, some.
{ echo "step=${KSPLICE_KILL_STEP:-2}"; cat <<'END'; } | guest
boot=$(cat /proc/cmdline)
new="Livepatched kernel command line"

# What is there after a kill: old or new, and what the tools think of it.
settled()
{
	now=$(cat /proc/cmdline)
	[ "$now" = "$boot" ] || [ "$now" = "$new" ] || fail "neither old nor new: $now"
	ksplice-view >/tmp/out 2>&1 || fail "ksplice-view fails: $(cat /tmp/out)"
}

moment=1
while kill-at $moment ksplice-apply /root/first.tar.gz >/tmp/kill 2>/tmp/kill.err; do
	grep killed /tmp/kill
	settled
	# The next apply, or at every second moment the next undo.
	if [ $((moment % 2)) = 1 ]; then
		ksplice-apply /root/first.tar.gz >/tmp/out 2>&1 || fail "apply after it: $(cat /tmp/out)"
		is "applied after it" "$new" "$(cat /proc/cmdline)"
	elif [ "$now" = "$new" ]; then
		ksplice-undo first >/tmp/out 2>&1 || fail "undo after it: $(cat /tmp/out)"
		is "undone after it" "$boot" "$(cat /proc/cmdline)"
		ksplice-apply /root/first.tar.gz >/tmp/out 2>&1 || fail "apply after undo: $(cat /tmp/out)"
	else
		ksplice-undo first >/tmp/out 2>&1
		ksplice-apply /root/first.tar.gz >/tmp/out 2>&1 || fail "apply after undo: $(cat /tmp/out)"
	fi
	ksplice-undo first >/tmp/out 2>&1 || fail "undo in the end: $(cat /tmp/out)"
	is "old in the end" "$boot" "$(cat /proc/cmdline)"
	is_gone first
	moment=$((moment + step))
done
is "apply was not killed in the end" "" "$(cat /tmp/kill /tmp/kill.err | grep -E 'killed|kill-at')"
[ $moment -gt 6 ] || fail "only $moment moments: they are not seen"
ksplice-undo first || fail "undo"

moment=1
while ksplice-apply -q /root/first.tar.gz && kill-at $moment ksplice-undo first >/tmp/kill 2>&1; do
	grep killed /tmp/kill
	settled
	if [ -e /sys/kernel/ksplice/first ]; then
		ksplice-undo first >/tmp/out 2>&1 || { [ "$now" = "$boot" ] && grep . /tmp/out; } || fail "undo after it: $(cat /tmp/out)"
	fi
	is "old in the end" "$boot" "$(cat /proc/cmdline)"
	moment=$((moment + step))
done
[ $moment -gt 2 ] || fail "only $moment moments: they are not seen"
is_gone first

# And by the clock, to be killed inside of the system calls.
for us in 1000 3000 7000 12000 20000 30000 45000 70000 100000 150000 200000; do
	ksplice-apply /root/first.tar.gz >/dev/null 2>&1 & pid=$!
	usleep $us
	kill -9 $pid 2>/dev/null
	wait $pid 2>/dev/null
	settled
	ksplice-apply /root/first.tar.gz >/tmp/out 2>&1 || fail "apply after a kill at $us us: $(cat /tmp/out)"
	is "applied after a kill at $us us" "$new" "$(cat /proc/cmdline)"
	ksplice-undo first >/tmp/out 2>&1 || fail "undo: $(cat /tmp/out)"
	is "undone" "$boot" "$(cat /proc/cmdline)"
done
END
