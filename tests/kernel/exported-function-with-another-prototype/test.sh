#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# TEST: an exported function gets another parameter: those who are compiled with the diff call the new function, and who was compiled before
# and elsewhere calls the old one as ever. A module from elsewhere is played by an update against the stock kernel.
. "$(dirname "$0")/../../lib/kernel-test.sh"
update elsewhere "$here/elsewhere.diff"
update anew "$here/anew.diff"
mke2fs -q -t ext4 "$work/disk" 4M || die "no file system made"

guest --module=loop --add="$work/disk" <<'END'
mkdir /mnt
mount_it()
{
	mount -t ext4 -o loop /root/disk /mnt && umount /mnt || fail "$1: cannot mount"
}
apply elsewhere
is "old caller" "a cache" "$(cat /proc/cmdline)"
mount_it "before"

apply anew
mount_it "applied"
is "new caller" 1 "$(dmesg | grep -c "mbcache of ext4 ")"
is "old caller of the old function" "a cache" "$(cat /proc/cmdline)"
is "which is not the new one" 1 "$(dmesg | grep -c "mbcache of")"

undo anew
mount_it "undone"
is "callers of the old function again" 1 "$(dmesg | grep -c "mbcache of")"
is "old caller still" "a cache" "$(cat /proc/cmdline)"
apply anew
mount_it "once more"
is "new caller again" 2 "$(dmesg | grep -c "mbcache of ext4 ")"
undo anew
undo elsewhere
END
