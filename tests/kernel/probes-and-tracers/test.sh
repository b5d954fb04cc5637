#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# TEST: a stack whose return addresses a kretprobe or the function graph tracer has taken away hides no task; and no
# hook is written, nor taken back, where a kprobe remembers a byte. (On one CPU: on two, QEMU 7.2 now and then goes on executing an int3
# that the kernel has overwritten long since, and a guest was seen to hang so when a probe of schedule() had gone.)
. "$(dirname "$0")/../../lib/kernel-test.sh"
update first "$top/demo/cmdline.diff"
update flock "$tests/kernel/task-sleeps-inside/fix.diff"
guest_program park
guest_program peek

guest --cpus=1 <<'END'
T=/sys/kernel/tracing
# Waits until process $1 sleeps in the kernel's flock.
sleeping() { for i in 1 2 3 4 5 6 7 8 9 10; do grep -q flock /proc/$1/wchan /proc/$1/stack && return; sleep 0.2; done; fail "$1 does not sleep: $(cat /proc/$1/stack)"; }
probe() { echo "$1" >$T/kprobe_events && echo 1 >$T/events/kprobes/enable || fail "no probe $1"; }
no_probe() { echo 0 >$T/events/kprobes/enable; echo >$T/kprobe_events; }

# A task sleeps inside of the function; what it called there is probed or traced.
busy()
{
	park /tmp/lock 1000 & holder=$!
	sleep 0.5
	park /tmp/lock & waiter=$!
	sleeping $waiter
	ends $BUSY ksplice-apply /root/flock.tar.gz
	has "$1: the task is named" "(^|[^0-9])$waiter([^0-9]|$)" "$out"
	has "$1: and the function" "flock_lock_inode_wait|locks_lock_inode_wait" "$out"
	is_gone flock
	# What nobody is inside of can be spliced meanwhile.
	apply first
	is "$1: another function" "Livepatched kernel command line" "$(cat /proc/cmdline)"
	undo first
	kill $holder
	wait $waiter || fail "$1: the waiting task did not get the lock"
}

boot=$(cat /proc/cmdline)
probe 'r64:r1 schedule'
busy kretprobe
no_probe
echo schedule >$T/set_ftrace_filter
echo function_graph >$T/current_tracer
busy "function graph tracer"
echo function >$T/current_tracer
busy "function tracer"
echo nop >$T/current_tracer

entry=$(address_of cmdline_proc_show)
hook=0x$(behind_entry cmdline_proc_show 0)
echo "p:p1 $hook" >$T/kprobe_events || fail "no probe in the hook's place"
ksplice-apply /root/first.tar.gz >/tmp/out 2>&1 && fail "the hook is written over a probe that is off"
cat /tmp/out
is "nothing has changed" "$boot" "$(cat /proc/cmdline)"
echo 1 >$T/events/kprobes/enable
ksplice-apply /root/first.tar.gz >/tmp/out 2>&1 && fail "the hook is written over a probe that is on"
no_probe
is_gone first

# At the ftrace entry a probe is no hindrance, and counts: there before, or since.
probe "p:p1 0x$entry"
apply first
is "the new function runs" "Livepatched kernel command line" "$(cat /proc/cmdline)"
has "the probe on the old one counts" "p1 +[1-9]" "$(cat $T/kprobe_profile)"
undo first
no_probe
apply first
probe "p:p1 0x$entry"
is "the new function runs" "Livepatched kernel command line" "$(cat /proc/cmdline)"
has "the probe on the old one counts" "p1 +[1-9]" "$(cat $T/kprobe_profile)"
no_probe

probe "p:p1 $hook"
is "a probe upon the hook" "Livepatched kernel command line" "$(cat /proc/cmdline)"
ksplice-undo first >/tmp/out 2>&1 && fail "the hook is taken back under a probe"
cat /tmp/out
is "the update stays applied" applied "$(stage first)"
no_probe
undo first
is "the original" "$boot" "$(cat /proc/cmdline)"
END
