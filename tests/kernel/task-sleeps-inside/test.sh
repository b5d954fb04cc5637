#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# TEST: while a task sleeps in the function, apply gives up, says who, and leaves nothing; then it succeeds.
# And undo likewise, while a task sleeps in the new function. Stacks are looked at before the machine is stopped, so tasks that come in
# between that and the stop are found, too: one that had slept elsewhere, and one that was not there; and stacks of tasks that have not
# run since are not looked at again. Where the unwinder gives up, words on the stack tell. (QEMU's debugger stub switches it off.)
. "$(dirname "$0")/../../lib/kernel-test.sh"
update flock "$here/fix.diff"
guest_program park
kernel_modules beforestop
guest_program peek

: >"$work/output"
"$lib/poke-guest" "$work/gdb" "$work/output" &
poker=$!
trap 'kill $poker 2>/dev/null; rm -rf "$work"' EXIT

# Without a pipe behind it, guest would end the subshell only.
guest --qemu-opt="-gdb unix:$work/gdb,server=on,wait=off" > >(tee "$work/output") <<'END'
messages() { dmesg | grep -c 'flock of inode'; }
# soon COMMAND...: waits until it succeeds.
soon() { for i in $(seq 100); do "$@" && return; usleep 100000; done; fail "never: $*"; }
# A process that has the lock; sets $holder.
hold() { rm -f /tmp/held; park /tmp/lock 1000 >/tmp/held & holder=$!; soon grep -q locked /tmp/held; }
# Waits until process $1 sleeps in the kernel's flock.
sleeping() { soon grep -q flock /proc/$1/wchan /proc/$1/stack; }

hold
park /tmp/lock & waiter=$!
sleeping $waiter
ends $BUSY ksplice-apply /root/flock.tar.gz
has "the task is named" "park" "$out"
has "by its pid" "(^|[^0-9])$waiter([^0-9]|$)" "$out"
has "and the function" "locks_lock_inode_wait|flock_lock_inode_wait" "$out"
has_not "the holder, which sleeps elsewhere, is not" "(^|[^0-9])$holder([^0-9]|$)" "$out"
is_gone flock
ends $BUSY ksplice-apply --json --retries=0 /root/flock.tar.gz
has "as JSON: the core's reason" '"cause": *"code_busy"' "$out"
has "and the task" "\"pid\": *$waiter(,|\$)" "$out"
is_gone flock
is "nothing is spliced" 0 "$(messages)"
kill -0 $waiter || fail "the waiting task has suffered"

kill $holder
wait $waiter || fail "the waiting task did not get the lock"
apply flock
park /tmp/lock
[ "$(messages)" -gt 0 ] || fail "the new function does not run"

# The other way round.
hold
park /tmp/lock & waiter=$!
sleeping $waiter
ends $BUSY ksplice-undo flock
has "undo names the task" "(^|[^0-9])$waiter([^0-9]|$)" "$out"
is "and leaves the update applied" applied "$(stage flock)"
is "the reason" code_busy "$(cat /sys/kernel/ksplice/flock/abort_cause)"
has "the task, by its pid and name" "^pid=$waiter tgid=$waiter comm=park in=[a-z_]+\+0x" \
	"$(cat /sys/kernel/ksplice/flock/conflicts)"
kill $holder
wait $waiter || fail "the waiting task did not get the lock"
undo flock
n=$(messages)
park /tmp/lock
is "the old function runs" "$n" "$(messages)"

# between STAGE COMMAND...: while COMMAND is between its look at all stacks and the stop, a task that had slept in a pipe goes into the
# function, and so does a new one. The stop finds both, and changes nothing: the update's stage is STAGE.
between()
{
	local expected=$1 reached=0 n=0

	shift
	hold
	rm -f /tmp/pipe /tmp/parked
	mkfifo /tmp/pipe
	sh -c 'read x </tmp/pipe; exec park /tmp/lock' & old=$!
	soon grep -q . /proc/$old/wchan
	ends 0 insmod /root/beforestop.ko
	p=/sys/module/beforestop/parameters
	(
		while [ "$reached" != 1 ]; do read -r reached <$p/reached; done
		park /tmp/lock &
		echo $! >/tmp/parked
		echo >/tmp/pipe
		sleeping $old && sleeping $(cat /tmp/parked)
		echo 1 >$p/go
		wait
	) & helper=$!
	ends $BUSY "$@"
	has "one that was elsewhere when its stack was looked at" "(^|[^0-9])$old([^0-9]|$)" "$out"
	has "one that was not there" "(^|[^0-9])$(cat /tmp/parked)([^0-9]|$)" "$out"
	is "and nothing has changed" "$expected" "$(stage flock 2>/dev/null)"
	kill $holder
	wait $old $helper
	ends 0 rmmod beforestop
}
between "" ksplice-apply --retries=0 /root/flock.tar.gz
is_gone flock
apply flock
between applied ksplice-undo --retries=0 flock
undo flock

for i in $(seq 50); do sleep 1000 & done
apply flock
times=$(cat /sys/kernel/ksplice/flock/timing)
tasks=$(echo "$times" | sed -n 's/^tasks=//p') stacks=$(echo "$times" | sed -n 's/^stacks=//p')
[ "$tasks" -gt 100 ] && [ "$stacks" -lt 30 ] && [ "$stacks" -gt 3 ] || fail "$stacks of $tasks stacks were looked at in the stop"
echo "ok: $stacks of $tasks stacks were looked at in the stop"
undo flock
killall sleep

# What the ORC unwinder asks before each walk: without it, all stacks are words.
unwinder() { echo "poke $(address_of orc_init) 0$1"; soon is_unwinder $1; }
is_unwinder() { [ "$(peek $(address_of orc_init) 1 | hexdump -e '1/1 "%d"')" = $1 ]; }
is_unwinder 1 || fail "no unwinder"
hold
park /tmp/lock & waiter=$!
sleeping $waiter
unwinder 0
ends $BUSY ksplice-apply --retries=0 /root/flock.tar.gz
has "its words tell" "park \(pid $waiter\) is in (locks_lock_inode_wait|flock_lock_inode_wait)" "$out"
has_not "and nothing else" "pid $waiter\) .* by way of" "$out"
kill $holder
wait $waiter
unwinder 1
apply flock
hold
park /tmp/lock & waiter=$!
sleeping $waiter
unwinder 0
ends $BUSY ksplice-undo --retries=0 flock
has "its words tell, of the new code" "park \(pid $waiter\) is in (locks_lock_inode_wait|flock_lock_inode_wait)" "$out"
kill $holder
wait $waiter
unwinder 1
undo flock
echo poke end
END
