#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# TEST: several updates are applied in one stop of the machine, or none of them.
# - independent ones, and two upon each other; those that are applied already stay
# - one does not match, one finds a task in its way, two change the same function, one lacks what it is built upon: nothing changes, each
#   update's stage and reason is told, and nothing is left
# - in sysfs: several in one write, in both directions
# On one kernel, for want of time; by hand on any.
export KSPLICE_KERNEL=${KSPLICE_KERNEL:-6.1}
. "$(dirname "$0")/../../lib/kernel-test.sh"
update one "$here/../update-upon-update/first.diff"
patched_tree "$here/../update-upon-update/first.diff"
update two "$here/../update-upon-update/second.diff" --source="$patched"
update newfunc "$here/../new-function/fix.diff"
update types "$here/../static-name-that-exists-many-times/fix.diff"
update flock "$here/../task-sleeps-inside/fix.diff"
# The same fix as another update.
update again "$here/../update-upon-update/first.diff"
guest_program park

guest <<'END'
boot=$(cat /proc/cmdline)
filesystems=$(cat /proc/filesystems)
stops() { cat /sys/kernel/ksplice/machine-stops; }
cause() { cat /sys/kernel/ksplice/"$1"/abort_cause; }
detail() { cat /sys/kernel/ksplice/"$1"/abort_detail; }
files() { for id; do printf ' /root/%s.tar.gz' "$id"; done; }
all_is_old()
{
	is "/proc/cmdline is old" "$boot" "$(cat /proc/cmdline)"
	is "/proc/filesystems is old" "$filesystems" "$(cat /proc/filesystems)"
	is "the interrupt's type is old" edge "$(cat /sys/kernel/irq/4/type)"
	for id in one two newfunc types flock again; do is_gone $id; done
}
all_is_new()
{
	is "/proc/cmdline is new" "${1:-Livepatched kernel command line}" "$(cat /proc/cmdline)"
	has "/proc/filesystems is new" "^[0-9]+: proc \(no device\)$" "$(cat /proc/filesystems)"
	is "the interrupt's type is new" edge-triggered "$(cat /sys/kernel/irq/4/type)"
}

# Independent ones.
ends 0 ksplice-apply --dry-run $(files one newfunc types)
has "each would apply" "Update newfunc would apply" "$out"
all_is_old
ends 0 ksplice-apply $(files one newfunc types)
has "each is applied" "Update one is applied" "$out"
all_is_new
is "in one stop" 1 "$(stops)"
for id in one newfunc types; do
	is "$id is applied" "applied ok" "$(stage $id) $(cause $id)"
	is "$id stands on no other" "" "$(cat /sys/kernel/ksplice/$id/depends)"
done
ends 0 ksplice-apply --json $(files one newfunc types)
has "all are applied already" '"result": "already_applied"' "$out"
has_not "all" '"result": "applied"' "$out"
is "no further stop" 1 "$(stops)"
# In any order, each by itself.
undo newfunc
is "a stop for that" 2 "$(stops)"
ends 0 ksplice-apply $(files newfunc types two)
has "one was there" "Update types is already applied" "$out"
all_is_new "Livepatched twice: $boot"
is "one stop for the others" 3 "$(stops)"
is "one stands on what was there" one "$(cat /sys/kernel/ksplice/two/depends)"

# In sysfs, several in one write: the core puts those that go back in the right order.
cd /sys/kernel/ksplice
echo "-one -newfunc -two" >in-one-stop || fail "not reversed"
is "/proc/cmdline is old" "$boot" "$(cat /proc/cmdline)"
is "one stop" 4 "$(stops)"
is "the stages" "reversed reversed reversed applied" "$(cat one/stage two/stage newfunc/stage types/stage | xargs)"
echo "+two +newfunc" >in-one-stop 2>/dev/null && fail "applied without what it stands on"
is "who is at fault" "depends update=one" "$(cause two) $(detail two)"
is "and who is not" "other_update update=two" "$(cause newfunc) $(detail newfunc)"
echo "+two +newfunc +one" >in-one-stop 2>/dev/null && fail "applied before what it stands on"
is "no stop for that" 4 "$(stops)"
echo "+one +two -types +newfunc" >in-one-stop || fail "not in both directions"
is "the stages" "applied applied applied reversed" "$(cat one/stage two/stage newfunc/stage types/stage | xargs)"
is "the new one" "Livepatched twice: $boot" "$(cat /proc/cmdline)"
is "the old one" edge "$(cat /sys/kernel/irq/4/type)"
is "one stop" 5 "$(stops)"
for words in "-one" "+one +one" "+nosuch" "one" "-" "-one +one"; do
	echo "$words" >in-one-stop 2>/dev/null && fail "'$words' is taken"
done
echo "+one +two" >in-one-stop || fail "what is so already is no success"
# Of a line that is longer than a page the kernel would give us the page alone.
printf '+types%5000s+nosuch\n' '' >/tmp/long
printf '+types\000+nosuch\n' >/tmp/nul
for line in long nul; do
	dd if=/tmp/$line of=in-one-stop bs=8192 2>/tmp/said && fail "the $line line is taken"
	has "the $line line is too long" "Argument list too long" "$(cat /tmp/said)"
	is "not even its first word is taken" reversed "$(cat types/stage)"
done
is "no stop for all that" 5 "$(stops)"
cd /
ends $NOT_PERMITTED as_nobody ksplice-apply $(files one two)
ends 0 ksplice-undo --all
all_is_old

# Upon each other, in one call and one stop.
ends 0 ksplice-apply $(files types one two newfunc)
all_is_new "Livepatched twice: $boot"
is "one stop" 1 "$(stops)"
is "the second stands on the first" one "$(cat /sys/kernel/ksplice/two/depends)"
ends $REFUSED ksplice-undo one
has "who stands on it is named" "update two stands on update one" "$out"
undo two
is "the first is left" "Livepatched kernel command line" "$(cat /proc/cmdline)"
ends 0 ksplice-undo --all
all_is_old

# In the wrong order, and two that do not know of each other.
ends $NO_MATCH ksplice-apply $(files newfunc two one)
has "what does not match" "cmdline_proc_show" "$out"
all_is_old
ends $NO_MATCH ksplice-apply $(files newfunc one again)
has "upon what it was matched" "not as it is: upon=newfunc,one " "$out"
all_is_old
ends $REFUSED ksplice-apply $(files one one)
has "which is there twice" "two updates with the id one" "$out"
all_is_old

# A task in one of them.
park /tmp/lock 1000 >/tmp/held & holder=$!
for i in $(seq 100); do grep -q locked /tmp/held && break; usleep 100000; done
park /tmp/lock & waiter=$!
for i in $(seq 100); do grep -q flock /proc/$waiter/wchan /proc/$waiter/stack && break; usleep 100000; done
ends $BUSY ksplice-apply --retries=1 $(files one flock types)
has "which update" "cannot apply update flock now" "$out"
has "the task is named" "park \(pid $waiter\)" "$out"
has_not "the holder, which sleeps elsewhere, is not" "pid $holder\)" "$out"
all_is_old
ends $BUSY ksplice-apply --json --retries=0 $(files one flock types)
has "as JSON: which" '"id": *"flock"' "$out"
has "and why" '"cause": *"code_busy"' "$out"
all_is_old
kill $holder
wait $waiter || fail "the waiting task did not get the lock"
ends 0 ksplice-apply $(files one flock types newfunc)
all_is_new
is "one stop" 1 "$(stops)"
ends 0 ksplice-undo --all
all_is_old
END
