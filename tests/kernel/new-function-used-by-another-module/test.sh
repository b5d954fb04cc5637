#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# TEST: what the diff adds to one target is used by another: a function of the kernel proper, in which nothing else changes, by a
# module; a function and a variable of one module by another.  The user may come later, or go and come again; who offers may not.
. "$(dirname "$0")/../../lib/kernel-test.sh"
update links "$here/fix.diff"

guest --with-module=zram --with-module=lzo-rle --with-module=iptable_filter <<'END'
modprobe zram
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

# Users that go: what they held goes with them.
late()
{
	cat /sys/kernel/ksplice/links/late
}
rmmod zram || fail "a user cannot go"
rmmod iptable_filter ip_tables || fail "a user cannot go"
rmmod x_tables 2>/dev/null && fail "what offers something goes alone"
has "ip_tables waits" "target=ip_tables state=waiting" "$(late)"
undo links

# Users that come later; in the undo, ip_tables is the first that is unloaded.
modprobe x_tables
apply links
modprobe zram
modprobe iptable_filter forward=0
has "ip_tables has come" "target=ip_tables state=spliced" "$(late)"
is "zram has come" no "$(cat /sys/block/zram0/initstate)"
ping -c 1 -W 2 127.0.0.1 >/dev/null && fail "what x_tables offers is not called"
rmmod zram
modprobe zram
is "it comes again" no "$(cat /sys/block/zram0/initstate)"
undo links
ping -c 1 -W 2 127.0.0.1 >/dev/null || fail "no ping after undo"

# What offers something comes without the update, and who would use it likewise.
rmmod iptable_filter ip_tables x_tables || fail "cannot be unloaded after undo"
apply links
dmesg -c >/dev/null
modprobe iptable_filter forward=0
said=$(dmesg -c)
has "x_tables offers something" "update links: the module x_tables is loaded WITHOUT the update: unexpected: target=x_tables offers=something" "$said"
has "ip_tables needs it" "the module ip_tables is loaded WITHOUT the update" "$said"
ping -c 1 -W 2 127.0.0.1 >/dev/null || fail "no ping without the update"
undo links
END
