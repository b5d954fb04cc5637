#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# TEST: new code of a module refers to a module that it has not needed before: that one cannot go while the update is there.  New code
# of vmlinux that does so finds nothing: vmlinux could not have been linked to it.
. "$(dirname "$0")/../../lib/kernel-test.sh"
update zramcrc "$here/zram.diff"
update cmdline "$here/vmlinux.diff"

guest --module=zram --module=lzo-rle --module=crc-itu-t <<'END'
users()
{
	awk '$1 == "crc_itu_t" { print $3 }' /proc/modules
}

is "nobody uses the other module" 0 "$(users)"
boot=$(cat /proc/cmdline)
ends $NO_MATCH ksplice-apply /root/cmdline.tar.gz
has "vmlinux cannot refer to a module, and the name is told" crc_itu_t "$out"
is_gone cmdline
is "nothing has changed" "$boot" "$(cat /proc/cmdline)"
is "the refused update holds nothing" 0 "$(users)"

is before 0 "$(cat /sys/block/zram0/initstate)"
apply zramcrc
is "the new code calls the other module" "0 31c3" "$(cat /sys/block/zram0/initstate)"
is "which is held" 1 "$(users)"
rmmod crc_itu_t 2>/tmp/rmmod && fail "the other module is gone"
is "the new code works on" "0 31c3" "$(cat /sys/block/zram0/initstate)"
undo zramcrc
is "after undo" 0 "$(cat /sys/block/zram0/initstate)"
is "the other module is let go" 0 "$(users)"
rmmod crc_itu_t || fail "the other module cannot be unloaded after undo"

ends $NO_MATCH ksplice-apply /root/zramcrc.tar.gz
has "without the other module, its name is told" crc_itu_t "$out"
is_gone zramcrc
is "nothing has changed" 0 "$(cat /sys/block/zram0/initstate)"
END
