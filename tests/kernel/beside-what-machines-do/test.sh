#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# TEST: what happens to a whole machine leaves a splice as it is, and does not keep one from being made: processors that come and go
# while hooks are written and taken back, suspend to idle and to memory, another kernel loaded with kexec, the guest stopped, saved and
# loaded again by its host, as when it is moved to another one. docs/beside.md says what is to be expected.
# On one kernel, for want of time; by hand on any.
export KSPLICE_KERNEL=${KSPLICE_KERNEL:-6.1}
. "$(dirname "$0")/../../lib/kernel-test.sh"
update first "$top/demo/cmdline.diff"
guest_program kexec

"$here/empty-qcow2" "$work/disk" || die "no disk"
: >"$work/said"
"$here/monitor" "$work/monitor" "$work/said" & monitor=$!
# The button that switches a machine off wakes one that sleeps.
guest --cpus=2 --module=button --add="$image:/root/vmlinuz" --qemu-opt="-monitor unix:$work/monitor,server=on,wait=off" \
	--qemu-opt="-drive file=$work/disk,if=none,id=disk,format=qcow2" <<'END' | tee "$work/said"
boot=$(cat /proc/cmdline) spliced="Livepatched kernel command line"
shows_boot() { is "$1" "$boot" "$(cat /proc/cmdline)"; }
shows_new() { is "$1" "$spliced" "$(cat /proc/cmdline)"; }
cpu1() { echo $1 >/sys/devices/system/cpu/cpu1/online; }
on_both() { for cpu in 0 1; do is "$1, on processor $cpu" "$2" "$(taskset -c $cpu cat /proc/cmdline)"; done; }

# One processor comes and goes all the time.
(n=0; while [ ! -e /tmp/enough ]; do cpu1 0 && cpu1 1 && n=$((n + 1)); echo $n >/tmp/times; done) & storm=$!
for round in 1 2 3; do
	ends 0 ksplice-apply -q /root/first.tar.gz
	shows_new "while processors come and go"
	ends 0 ksplice-undo -q first
	shows_boot "while processors come and go"
done
touch /tmp/enough
wait $storm
echo "times that the processor went and came: $(cat /tmp/times)"
[ "$(cat /tmp/times)" -ge 3 ] || fail "the processor hardly ever went"
cpu1 0
apply first
cpu1 1
on_both "it was away for the apply" "$spliced"
cpu1 0
undo first
cpu1 1
on_both "it was away for the undo" "$boot"

# Sleeps in the way that $1 says, until the host wakes it with $2.
sleeps()
{
	before=$(cat /sys/power/suspend_stats/success)
	echo "please: sleep 3, $2, sleep $3"
	# What the kernel says as it goes to sleep would be printed in the middle of that line ("system_powe[    7.700133] PM: suspend entry").
	sleep 0.5
	echo $1 >/sys/power/state || fail "it does not sleep: $1"
	is "it has slept: $1" $((before + 1)) "$(cat /sys/power/suspend_stats/success)"
}
# "mem" is to memory; else QEMU has no such machine.
is "memory keeps what it holds" "s2idle [deep]" "$(cat /sys/power/mem_sleep)"
nth=0
for how in "freeze system_powerdown" "mem system_wakeup"; do
	# Each line to the host is another one.
	nth=$((nth + 1))
	sleeps $how 0.$nth
	apply first
	sleeps $how 0.0$nth
	on_both "after $how" "$spliced"
	undo first
	on_both "after $how, undone" "$boot"
done

kexec /root/vmlinuz || fail "kexec"
is "another kernel is loaded" 1 "$(cat /sys/kernel/kexec_loaded)"
apply first
shows_new "with another kernel loaded"
kexec -u || fail "kexec -u"
kexec /root/vmlinuz || fail "kexec beside the update"
is "another kernel is loaded" 1 "$(cat /sys/kernel/kexec_loaded)"
shows_new "with another kernel loaded since"
undo first
shows_boot "undone"
kexec -u

# The host stops the machine, and lets it go on; then saves it, loads what it saved, and so the guest goes through the next lines twice.
apply first
# Waits until something that the host does is done: host WHAT COMMANDS
host() { echo "please: $2"; sleep 5; echo "ok: the host's $1 is over"; }
host stop "stop, sleep 1, cont"
on_both "stopped and continued" "$spliced"
host save "savevm spliced"
on_both "saved" "$spliced"
undo first
on_both "undone" "$boot"
host load "loadvm spliced"
echo "the end"
END
status=$?
kill $monitor 2>/dev/null
wait $monitor 2>/dev/null
[ $status = 0 ] || exit $status
# After the save there are two lives, of which one has ended.
[ "$(grep -c "ok: the host's save is over" "$work/said")" = 2 ] || die "what was saved did not live twice"
[ "$(grep -c "^the end" "$work/said")" = 1 ] || die "both lives have ended"
