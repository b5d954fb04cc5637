#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# TEST: a cumulative update, made against the stock kernel, takes the place of those that are applied, in one stop.
# - a program that calls the function all the time never sees the unfixed one, in many exchanges
# - what only the old ones replaced is the original again; after an undo, all of it
# - what stays, what stands on another, and an author's hook for the undo are refused, and all is as it was
# - nor do both get applied later: not in one stop, and not after an undo of each
# On one kernel, for want of time; by hand on any.
export KSPLICE_KERNEL=${KSPLICE_KERNEL:-6.1}
. "$(dirname "$0")/../../lib/kernel-test.sh"
update one "$here/../update-upon-update/first.diff"
patched_tree "$here/../update-upon-update/first.diff"
update two "$here/../update-upon-update/second.diff" --source="$patched"
update types "$here/../static-name-that-exists-many-times/fix.diff"
update cum "$here/cumulative.diff"
update onlyhooks "$here/../hooks-of-the-author/only-hooks.diff"
guest_program never
guest_program peek
GUEST_TIMEOUT=500

guest <<'END'
read -r boot </proc/cmdline
first="Livepatched kernel command line" all="Livepatched with all that there is"
before=$(checksum cmdline_proc_show 64; checksum filesystems_proc_show 64; checksum type_show 64)
file() { echo "/root/$1.tar.gz"; }
stops() { cat /sys/kernel/ksplice/machine-stops; }
applied() { grep -lx applied /sys/kernel/ksplice/*/stage | cut -d/ -f5 | xargs; }
type() { cat /sys/kernel/irq/4/type; }

# Nothing to replace.
ends 0 ksplice-apply --replace $(file cum)
is "like any other" "$all" "$(cat /proc/cmdline)"
ends 0 ksplice-apply --replace $(file cum)
has "it does not replace itself" "already applied" "$out"
is "no further stop" 1 "$(stops)"
undo cum

apply one
apply two
apply types
ends $NO_MATCH ksplice-apply $(file cum)
has "it is made against the stock kernel" "cmdline_proc_show.*: what runs is the code of update two" "$out"
ends $NO_MATCH ksplice-apply --replace=types $(file cum)
has "one that it does not know would stay" "cmdline_proc_show" "$out"
has "as if what it was matched" "not as it is: instead=types" "$out"
ends $REFUSED ksplice-apply --replace=one $(file cum)
has "who stands on it is named" "update two stands on update one, which is to be replaced" "$out"
ends $UNKNOWN_ID ksplice-apply --replace=one,nosuch $(file cum)
has "which is unknown" "no update nosuch" "$out"
ends 2 ksplice-apply --replace= $(file cum)
ends 0 ksplice-apply --replace --dry-run $(file cum)
has "what it would replace" "Update types would be replaced" "$out"
is_gone cum
is "all is as it was" "Livepatched twice: $boot edge-triggered" "$(cat /proc/cmdline) $(type)"
is "the same are applied" "one two types" "$(applied)"
stops_before=$(stops)

# With a program that looks at it all the time.
never /proc/cmdline "$boot" /tmp/enough >/tmp/seen & watcher=$!
ends 0 ksplice-apply --replace $(file cum)
has "what is replaced" "Update two is replaced" "$out"
is "one stop" $((stops_before + 1)) "$(stops)"
is "the new one" "$all" "$(cat /proc/cmdline)"
has "what it changes beside" "^nodev:	proc$" "$(cat /proc/filesystems)"
is "what the old ones changed beside is the original" edge "$(type)"
is "only the new one is applied" cum "$(applied)"
for id in one two types; do is_gone $id; done
ends 0 ksplice-apply --json --replace $(file one)
has "as JSON" '"replaced": *\["cum"\]' "$(echo $out | tr -d ' \n')"
is "and back, to an older one" "$first" "$(cat /proc/cmdline)"
has "what it does not change is the original" "^nodev	proc$" "$(cat /proc/filesystems)"
# Several at once take the place of one, and the reverse; one of them stays.
ends 0 ksplice-apply --replace $(file cum) $(file types)
is "two instead of one" "cum types" "$(applied)"
ends 0 ksplice-apply --replace=cum $(file one) $(file two)
is "two instead of one of two" "one two types" "$(applied)"
is "upon each other" "Livepatched twice: $boot edge-triggered" "$(cat /proc/cmdline) $(type)"
for round in 1 2; do
	ends 0 ksplice-apply -q --replace $(file cum)
	is "round $round" cum "$(applied)"
	ends 0 ksplice-apply -q --replace $(file one)
	is "round $round" one "$(applied)"
done
touch /tmp/enough
wait $watcher || fail "the unfixed function ran: $(cat /tmp/seen)"
is "the program has seen each exchange" 9 "$(sed 's/.*seen=//' /tmp/seen)"

# Undone, it is the kernel of before all updates.
ends 0 ksplice-apply -q --replace $(file cum)
undo cum
is "every byte is what it was" "$before" "$(checksum cmdline_proc_show 64; checksum filesystems_proc_show 64; checksum type_show 64)"

# Modules of both stay loaded, as no tool leaves them: what the new one was matched instead of still must not be applied with it.
mkdir /tmp/cum
tar xzf $(file cum) -C /tmp/cum
apply one
insmod /tmp/cum/*/ksplice_cum_vmlinux_match.ko instead=one || fail "it does not match"
insmod /tmp/cum/*/ksplice_cum_vmlinux.ko || fail "no new code"
rmmod ksplice_cum_vmlinux_match
cd /sys/kernel/ksplice
stays()
{
	echo "$1" >in-one-stop 2>/dev/null && fail "'$1' is taken"
	is "why '$1' is not" "replaces update=one" "$(cat cum/abort_cause cum/abort_detail | xargs)"
	is "the stages are as before" "$2" "$(cat one/stage cum/stage | xargs)"
}
stays "+cum" "applied preparing"
echo "-one +cum" >in-one-stop || fail "not replaced"
is "the new one" "$all" "$(cat /proc/cmdline)"
echo reversed >cum/stage || fail "not reversed"
echo applied >one/stage || fail "the old one does not come back"
is "the old one" "$first" "$(cat /proc/cmdline)"
stays "+cum" "applied reversed"
echo reversed >one/stage || fail "not reversed"
stays "+one +cum" "reversed reversed"
stays "+cum +one" "reversed reversed"
echo applied >cum/stage || fail "nor alone"
is "the new one alone" "$all" "$(cat /proc/cmdline)"
cd /
ends 0 ksplice-undo --all
is_gone one

# What its author wants to be called at an undo.
apply onlyhooks
apply one
was=$(cat /proc/sys/kernel/panic)
ends $REFUSED ksplice-apply --replace $(file cum)
has "whose it is" "update onlyhooks has a function of its author's.*\(reverse: reset\)" "$out"
is_gone cum
is "all is as it was" "one onlyhooks $first $was" "$(applied) $(cat /proc/cmdline) $(cat /proc/sys/kernel/panic)"
is "who is told" "has_hooks other_update" "$(cat /sys/kernel/ksplice/onlyhooks/abort_cause /sys/kernel/ksplice/one/abort_cause | xargs)"
ends 0 ksplice-apply --replace=one $(file cum)
is "the other one goes" "cum onlyhooks" "$(applied)"
ends 0 ksplice-undo --all
is "every byte is what it was" "$before" "$(checksum cmdline_proc_show 64; checksum filesystems_proc_show 64; checksum type_show 64)"
END
