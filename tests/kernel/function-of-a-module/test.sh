#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# TEST: a static function of a loaded module is replaced; the module can be unloaded and comes back with it; without the module, the
# update waits for it.
. "$(dirname "$0")/../../lib/kernel-test.sh"
update zramfix "$here/fix.diff"

guest --module=zram --module=lzo-rle <<'END'
is before 0 "$(cat /sys/block/zram0/initstate)"
apply zramfix
has splices "^target=zram unit=drivers/block/zram/zram_drv.o function=initstate_show$" \
	"$(cat /sys/kernel/ksplice/zramfix/splices)"
is "after apply" "not initialized" "$(cat /sys/block/zram0/initstate)"
echo 1M >/sys/block/zram0/disksize
is "and with a disk" initialized "$(cat /sys/block/zram0/initstate)"
for time in first second; do
	rmmod zram || fail "a spliced module cannot be unloaded"
	has_not "$time: its code is gone" "^ksplice_zramfix_zram" "$(cat /proc/modules)"
	is "$time: it is waited for" "target=zram state=waiting strict=0" "$(cat /sys/kernel/ksplice/zramfix/late)"
	modprobe zram
	is "$time: loaded anew, it is spliced" "not initialized" "$(cat /sys/block/zram0/initstate)"
done
# In use, as ever.
echo 1M >/sys/block/zram0/disksize
exec 8</dev/zram0
rmmod zram 2>/dev/null && fail "a module is gone that is in use"
is "it works on" initialized "$(cat /sys/block/zram0/initstate)"
undo zramfix
is "after undo" 1 "$(cat /sys/block/zram0/initstate)"
exec 8<&-
echo 1 >/sys/block/zram0/reset

# Undo of what was there, and of what came twice; a new update in its place.
apply zramfix
undo zramfix
is "undone without a coming" 0 "$(cat /sys/block/zram0/initstate)"

rmmod zram || fail "the module cannot be unloaded after undo"
modprobe zram
is "the module, loaded anew" 0 "$(cat /sys/block/zram0/initstate)"
rmmod zram
apply zramfix
modprobe zram
is "is spliced as before" "not initialized" "$(cat /sys/block/zram0/initstate)"
undo zramfix
is "undone in a module that came later" 0 "$(cat /sys/block/zram0/initstate)"
rmmod zram || fail "the module cannot be unloaded after undo"
END
