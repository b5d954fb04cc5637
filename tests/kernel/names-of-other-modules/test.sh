#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# TEST: new code of a module refers to a module that it has not needed before: that one cannot go while the update is there.  New code
# of vmlinux that does so finds nothing: vmlinux could not have been linked to it. A static function of that name in yet another module is
# another function, also while the right one is not there; and so is a static variable of another file of the module itself.
. "$(dirname "$0")/../../lib/kernel-test.sh"
update zramcrc "$here/zram.diff"
update cmdline "$here/vmlinux.diff"
update nfsd "$here/nfsd.diff"
kernel_modules impostor

guest --module=zram --module=lzo-rle --module=crc-itu-t --with-module=nfsd <<'END'
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

insmod /root/impostor.ko || fail "the module with a static function of that name is not loaded"
has "which the symbol table has" "crc_itu_t	.impostor" "$(grep " crc_itu_t	" /proc/kallsyms)"
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

has "the static function is still there" "crc_itu_t	.impostor" "$(grep " crc_itu_t	" /proc/kallsyms)"
ends $NO_MATCH ksplice-apply /root/zramcrc.tar.gz
has "without the other module, its name is told" crc_itu_t "$out"
is_gone zramcrc
is "nothing has changed" 0 "$(cat /sys/block/zram0/initstate)"

# Exported by nfs; nfs4idmap.o of nfsd has one of its own.
modprobe nfsd || fail "no nfsd"
has "the static variable is there" "nfs4_disable_idmapping	.nfsd" "$(grep " nfs4_disable_idmapping	" /proc/kallsyms)"
ends $NO_MATCH ksplice-apply /root/nfsd.tar.gz
has "the variable's name is told" nfs4_disable_idmapping "$out"
is_gone nfsd
END
