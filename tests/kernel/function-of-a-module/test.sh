#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# TEST: a static function of a loaded module is replaced; without the module, the update is refused.
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
rmmod zram 2>/tmp/rmmod && fail "a module is gone of which a function is spliced"
is "it works on" initialized "$(cat /sys/block/zram0/initstate)"
undo zramfix
is "after undo" 1 "$(cat /sys/block/zram0/initstate)"
echo 1 >/sys/block/zram0/reset

rmmod zram || fail "the module cannot be unloaded after undo"
ksplice-apply /root/zramfix.tar.gz >/tmp/out 2>&1 && fail "applied to a module that is not there"
has "refused, as the module is not loaded" "zram" "$(cat /tmp/out)"
is_gone zramfix
modprobe zram
is "the module, loaded anew" 0 "$(cat /sys/block/zram0/initstate)"
apply zramfix
is "is spliced as before" "not initialized" "$(cat /sys/block/zram0/initstate)"
undo zramfix
END
