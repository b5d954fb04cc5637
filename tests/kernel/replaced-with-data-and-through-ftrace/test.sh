#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# TEST: what takes the place of another one may have data in place and hooks through ftrace where that has them.
# - an object goes from one's contents to the other's, and back to the kernel's; what somebody has written since is refused
# - the hook through ftrace of a function is taken over: reading all the time, nobody sees the unfixed one
# - so it is if a tracer was there when the old one was matched, and has gone
# - while a task sleeps in the old one's code, all stays as it is
# - what is matched upon others that do not fit together is told which of them has the reason
# On one kernel, for want of time; by hand on any.
export KSPLICE_KERNEL=${KSPLICE_KERNEL:-6.1}
. "$(dirname "$0")/../../lib/kernel-test.sh"
update data "$here/../data-of-the-author/in-place.diff"
update dnew "$here/data-new.diff"
update fone "$here/../hook-where-the-kernel-writes/first.diff"
patched_tree "$here/../hook-where-the-kernel-writes/first.diff"
update ftwo "$here/../hook-where-the-kernel-writes/second.diff" --source="$patched"
update fnew "$here/ftrace-new.diff"
update flock "$here/../task-sleeps-inside/fix.diff"
guest_program park
guest_program peek
GUEST_TIMEOUT=500

guest <<'END'
nr_open=/proc/sys/fs/nr_open
file() { echo "/root/$1.tar.gz"; }
applied() { grep -lx applied /sys/kernel/ksplice/*/stage | cut -d/ -f5 | xargs; }
zeros() { dd if=/dev/random bs="$1" count=1 2>/dev/null | hexdump -v -e '/1 "%02x"'; }
state() { sed -n 's/^State:	S (\(.*\))/\1/p' /proc/2/status; }

apply data
echo 2000000 >$nr_open
ends $REFUSED ksplice-apply --replace $(file dnew)
has "what somebody has written" "sysctl_nr_open.* does not hold what it should" "$out"
is_gone dnew
is "all is as it was" "data dozing 2000000" "$(applied) $(state) $(cat $nr_open)"
echo 524288 >$nr_open
ends 0 ksplice-apply --replace $(file dnew)
is "the new contents; and what only the old one changed" "dnew sleeping 262144" "$(applied) $(state) $(cat $nr_open)"
ends 0 ksplice-apply --replace $(file data)
is "and the reverse" "data dozing 524288" "$(applied) $(state) $(cat $nr_open)"
ends 0 ksplice-apply --replace $(file dnew)
undo dnew
is "the kernel's" "sleeping 1048576" "$(state) $(cat $nr_open)"

before=$(checksum random_read_iter 64)
apply fone
ends 0 ksplice-apply --replace $(file fnew)
is "the new one" "00000000000000 000000" "$(zeros 7) $(zeros 3)"
is "alone" fnew "$(applied)"
undo fnew
has_not "the original" "^0*$" "$(zeros 7)"
is "every byte is what it was" "$before" "$(checksum random_read_iter 64)"
# Of a tracer of its own the entry called a trampoline, which is no more.
T=/sys/kernel/tracing
echo random_read_iter >$T/set_ftrace_filter
echo function >$T/current_tracer
apply fone
echo nop >$T/current_tracer
echo >$T/set_ftrace_filter
ends 0 ksplice-apply --replace $(file fnew)
is "the new one" "fnew 00000000000000 000000" "$(applied) $(zeros 7) $(zeros 3)"
undo fnew
is "every byte is what it was" "$before" "$(checksum random_read_iter 64)"
# Two upon each other, and a reader.
apply fone
apply ftwo
while [ ! -e /tmp/enough ]; do
	[ "$(zeros 7)" = 00000000000000 ] || { echo "unfixed" >/tmp/unfixed; break; }
	echo
done >/tmp/reads &
for round in 1 2; do
	ends 0 ksplice-apply -q --replace $(file fnew)
	is "the new one" "fnew 00000000000000 000000" "$(applied) $(zeros 7) $(zeros 3)"
	echo 0 >/proc/sys/kernel/ftrace_enabled 2>/dev/null && fail "ftrace is switched off beneath the hook"
	ends 0 ksplice-apply -q --replace $(file fone) $(file ftwo)
	is "the old ones" "fone ftwo 000000" "$(applied) $(zeros 3)"
done
touch /tmp/enough
wait
[ ! -e /tmp/unfixed ] || fail "the unfixed function ran"
[ "$(wc -l </tmp/reads)" -gt 10 ] || fail "the reader has read $(wc -l </tmp/reads) times only"
ends 0 ksplice-undo --all
is "every byte is what it was" "$before" "$(checksum random_read_iter 64)"
echo 0 >/proc/sys/kernel/ftrace_enabled || fail "a hook through ftrace is left"
echo 1 >/proc/sys/kernel/ftrace_enabled

# A task in the new code of the old one.
apply flock
apply data
park /tmp/lock 1000 >/tmp/held & holder=$!
for i in $(seq 100); do grep -q locked /tmp/held && break; usleep 100000; done
park /tmp/lock & waiter=$!
for i in $(seq 100); do grep -q flock /proc/$waiter/wchan /proc/$waiter/stack && break; usleep 100000; done
ends $BUSY ksplice-apply --retries=0 --replace $(file dnew)
has "the task is named" "park \(pid $waiter\)" "$out"
has "and in whose code it is" "cannot replace update flock now" "$out"
is_gone dnew
is "all is as it was" "data flock dozing 524288" "$(applied) $(state) $(cat $nr_open)"
kill $holder
wait $waiter || fail "the waiting task did not get the lock"
ends 0 ksplice-apply --replace $(file dnew)
is "now it goes" "dnew sleeping 262144" "$(applied) $(state) $(cat $nr_open)"
ends 0 ksplice-undo --all

# Two that change the same object, neither upon the other: what is to come after both cannot be matched.
for id in data dnew fnew; do
	mkdir /tmp/$id
	tar xzf $(file $id) -C /tmp/$id
done
insmod /tmp/data/*/ksplice.ko || fail "no core"
for id in data dnew; do
	insmod /tmp/$id/*/ksplice_${id}_vmlinux_match.ko || fail "$id does not match"
	insmod /tmp/$id/*/ksplice_${id}_vmlinux.ko || fail "$id: no new code"
	rmmod ksplice_${id}_vmlinux_match
done
insmod /tmp/fnew/*/ksplice_fnew_vmlinux_match.ko upon=data,dnew 2>/dev/null && fail "it matches upon what cannot be"
cd /sys/kernel/ksplice
is "who is in the way" "other_update update=dnew" "$(cat fnew/abort_cause fnew/abort_detail | xargs)"
is "and why" "clash" "$(cat dnew/abort_cause)"
has "with whom" "update=data" "$(cat dnew/abort_detail)"
cd /
ends 0 ksplice-undo --all
for id in data dnew fnew; do is_gone $id; done
END
