#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# TEST: two updates of a module that is not loaded, the second made upon the first: they come in their order and go in the reverse one,
# each time; alone the second does not fit; so it is when both go in one stop; and a cumulative one takes their place, loaded or not.
# A module that has come holds another one whose new code it calls.
# On one kernel, for want of time; by hand on any.
export KSPLICE_KERNEL=${KSPLICE_KERNEL:-6.1}
. "$(dirname "$0")/../../lib/kernel-test.sh"
update one "$here/first.diff"
update both "$here/both.diff"
patched_tree "$here/first.diff"
update two "$here/second.diff" --source="$patched"
update pair "$here/pair.diff"
update later "$here/../module-that-comes-later/fix.diff"

guest --with-module=zram --with-module=lzo-rle --with-module=x_tables <<'END'
zram()
{
	cat /sys/block/zram0/initstate
}
come()
{
	modprobe zram || fail "not loaded: $1"
	is "$1" "$2" "$(zram)"
}
go()
{
	rmmod zram || fail "zram cannot be unloaded"
}
late()
{
	cat "/sys/kernel/ksplice/$1/late"
}
apply one
apply two
is "nobody stands on what is not there" "" "$(cat /sys/kernel/ksplice/two/depends)"
for time in first second; do
	come "$time time: the second upon the first" "second 0"
	is "it stands on it" one "$(cat /sys/kernel/ksplice/two/depends)"
	ends $REFUSED ksplice-undo one
	go
	is "it stands on nothing" "" "$(cat /sys/kernel/ksplice/two/depends)"
	has_not "no code is left" "^ksplice_(one|two)_" "$(cat /proc/modules)"
done
come "the second again" "second 0"
undo two
is "the first alone" "first 0" "$(zram)"
go
apply two
undo one
come "the second alone does not fit" 0
has "which is told" "target=zram state=unpatched strict=0 cause=no_match" "$(late two)"
go
undo two

ends 0 ksplice-apply /root/one.tar.gz /root/two.tar.gz
come "both in one stop" "second 0"
ends 0 ksplice-apply --replace /root/both.tar.gz
is "a cumulative one in the place of both" "both 0" "$(zram)"
[ ! -e /sys/kernel/ksplice/one ] && [ ! -e /sys/kernel/ksplice/two ] || fail "what was replaced is still there"
go
come "it comes" "both 0"
undo both
is "undone" 0 "$(zram)"
go

apply one
apply two
ends 0 ksplice-apply --replace /root/both.tar.gz
come "in the place of both, that had never come" "both 0"
undo both
is "undone" 0 "$(zram)"
go

apply pair
modprobe x_tables
come "it calls what the other has new" "pair -22"
rmmod x_tables 2>/dev/null && fail "code is gone that another module calls"
is "still there" "pair -22" "$(zram)"
go
rmmod x_tables || fail "nobody calls it any more"
modprobe x_tables
come "both again" "pair -22"
undo pair
go

# Somebody else's probe where the hook goes: what comes is not spliced; what goes leaves its code behind.
T=/sys/kernel/tracing
mount -t tracefs none $T 2>/dev/null
dmesg -c >/dev/null
apply later
echo p:mine zram:zram_add+5 >$T/kprobe_events || fail "no probe"
modprobe zram || fail "not loaded: a probe"
said=$(dmesg -c)
has "told" "update later: the module zram is loaded WITHOUT the update: hook_changed: " "$said"
has "by the tool" "ksplice-apply: .*zram_add" "$said"
is "and read" hook_changed "$(cat /sys/kernel/ksplice/later/abort_cause)"
go
echo >$T/kprobe_events
modprobe zram
has "spliced without it" "Added spliced device" "$(dmesg -c)"
is "no reason is left" ok "$(cat /sys/kernel/ksplice/later/abort_cause)"
echo p:mine zram:zram_add+5 >$T/kprobe_events || fail "no probe"
go
said=$(dmesg -c)
has "told" "its code for a module that goes cannot be taken away \(hook_changed .*and stays until the next boot" "$said"
has "the code is there" "^ksplice_later_zram " "$(cat /proc/modules)"
has "and told" "target=zram state=waiting strict=0 cause=module_busy code=pinned" "$(late later)"
echo >$T/kprobe_events
modprobe zram || fail "not loaded: pinned code"
has "it comes again, without" "the module zram is loaded WITHOUT the update: module_busy: code=pinned" "$(dmesg -c)"
go
ends 1 ksplice-undo later
has "undo tells" "stays, doing nothing, until the next boot" "$out"
has_not "and has undone the rest" spliced "$(cat /proc/cmdline)"
END
