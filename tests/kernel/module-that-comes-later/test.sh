#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# TEST: an update of the kernel proper and of a module that is not loaded: the module is spliced when it comes, before its init
# function runs, as often as it comes; its exit function runs the new code; one whose init fails leaves nothing; undo in each state.
. "$(dirname "$0")/../../lib/kernel-test.sh"
update later "$here/fix.diff"

guest --with-module=zram --with-module=lzo-rle <<'END'
# What the kernel has said since the last call.
said()
{
	dmesg -c
}
late()
{
	cat /sys/kernel/ksplice/later/late
}
cmdline=$(cat /proc/cmdline)

ends 0 ksplice-apply --dry-run /root/later.tar.gz
has "a dry run tells what is not there" "zram is not loaded: it would be spliced" "$out"
is_gone later
apply later
has "the tool tells" "zram is not loaded: it will be spliced when it comes" "$out"
is "what is there is spliced" "$cmdline spliced" "$(cat /proc/cmdline)"
is "the module waits" "target=zram state=waiting strict=0" "$(late)"
has "ksplice-view shows it" "waits for +zram" "$(ksplice-view later)"
said >/dev/null

for time in first second; do
	modprobe zram || fail "zram is not loaded"
	has "$time time: its init calls the new function" "Added spliced device: zram0" "$(said)"
	has "spliced" "state=spliced" "$(late)"
	has "and listed" "target=zram unit=drivers/block/zram/zram_drv.o function=zram_add" "$(cat /sys/kernel/ksplice/later/splices)"
	has_not "no match module stays" "^ksplice_later_.*_match " "$(cat /proc/modules)"
	rmmod zram || fail "a spliced module cannot be unloaded"
	has "its exit calls the new function" "Removed spliced device: zram0" "$(said)"
	has_not "its code has gone" "^ksplice_later_zram" "$(cat /proc/modules)"
	has_not "nothing is spliced in it" "target=zram" "$(cat /sys/kernel/ksplice/later/splices)"
	has "it waits again" "state=waiting" "$(late)"
done

modprobe zram num_devices=101 2>/dev/null && fail "its init does not call the new function, which refuses"
has_not "none is added" "Added" "$(said)"
has_not "an init that fails: the code has gone" "^ksplice_later_zram" "$(cat /proc/modules)"
has "it waits again" "state=waiting" "$(late)"
modprobe zram
has "it comes after that" "Added spliced device: zram0" "$(said)"

undo later
is "undone in the kernel" "$cmdline" "$(cat /proc/cmdline)"
rmmod zram || fail "zram cannot be unloaded after undo"
has "and in the module" "Removed device: zram0" "$(said)"
modprobe zram
has "nothing waits any more" "Added device: zram0" "$(said)"
apply later
is "a module that is loaded need not wait" "target=zram state=spliced strict=0" "$(late)"
undo later
rmmod zram || fail "zram cannot be unloaded"

# Others at the same time, and again and again.
apply later
for i in 1 2 3 4 5; do
	modprobe zram & modprobe zram & modprobe lzo-rle &
	wait
	has "two at once" "state=spliced" "$(late)"
	rmmod zram & rmmod lzo-rle & rmmod zram 2>/dev/null &
	wait
	has "gone, two at once" "state=waiting" "$(late)"
done
# A module at its gate waits for the undo to end, and holds the core so long.
modprobe zram & ksplice-undo later & wait
[ ! -e /sys/kernel/ksplice/later ] || fail "undo while the module comes"
ends 0 ksplice-undo --all
is_gone later
rmmod zram || fail "zram cannot be unloaded"
apply later
ends 0 ksplice-undo --all
is_gone later
END
