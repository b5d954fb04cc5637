#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# TEST: what the diff adds to one target is used by another: a function of the kernel proper, in which nothing else changes, by a
# module; a function and a variable of one module by another.
. "$(dirname "$0")/../../lib/kernel-test.sh"
update links "$here/fix.diff"

guest --module=zram --module=lzo-rle --with-module=iptable_filter <<'END'
modprobe iptable_filter forward=0 || fail "no iptable_filter"
is before 0 "$(cat /sys/block/zram0/initstate)"
ping -c 1 -W 2 127.0.0.1 >/dev/null || fail "no ping"

apply links
is "from the kernel proper" no "$(cat /sys/block/zram0/initstate)"
ping -c 1 -W 2 127.0.0.1 >/dev/null && fail "from another module: not called"
has "variable of another module" "dropped 1$" "$(dmesg)"
# What others use cannot go before them.
echo reversed >/sys/kernel/ksplice/links/stage || fail "cannot reverse"
rmmod ksplice_links_x_tables 2>/dev/null && fail "new code is gone that other code refers to"
rmmod ksplice_links_vmlinux 2>/dev/null && fail "new code is gone that other code refers to"
echo applied >/sys/kernel/ksplice/links/stage || fail "cannot apply again"
is "applied again" no "$(cat /sys/block/zram0/initstate)"

undo links
is "after undo" 0 "$(cat /sys/block/zram0/initstate)"
ping -c 1 -W 2 127.0.0.1 >/dev/null || fail "no ping after undo"
apply links
is "once more" no "$(cat /sys/block/zram0/initstate)"
undo links
END
