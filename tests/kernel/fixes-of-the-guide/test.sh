#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# TEST: the fixes of docs/authoring.md, on the kernel that they are for.
export KSPLICE_KERNEL=6.1.187 GUEST_TIMEOUT=400
. "$(dirname "$0")/../../lib/kernel-test.sh"
for diff in "$here"/*.diff; do
	name=${diff##*/}
	name=${name%.diff}
	update "${name//-/}" "$diff"
done
guest_program peek
guest_program socket
guest_program dm
guest_program uhid

guest --module=rds --module=dm_mod --module=zram --module=lzo-rle --module=nf_log_syslog --module=uhid --module=hid-generic <<'END'
clean() { has_not "no complaint of the kernel: $1" "WARNING:|BUG:|Oops|general protection" "$(dmesg)"; }

# A table in place.
policy() { checksum seg6_genl_policy 128; }
before=$(policy)
apply seg6
[ "$before" != "$(policy)" ] || fail "the policy is as it was"
undo seg6
is "policy" "$before" "$(policy)"

# A setting that means something else, in every network namespace.
rmem=/proc/sys/net/ipv4/tcp_rmem
unshare -n sh -c 'echo $$ >/tmp/ns; while :; do sleep 1; done' &
while [ ! -s /tmp/ns ]; do sleep 1; done
ns=$(cat /tmp/ns)
inside() { nsenter -t "$ns" -n sh -c "$1"; }
small="echo 1 131072 6291456 >$rmem"
is "may be small" 0 "$(sh -c "$small"; echo $?)"
is "may be small there" 0 "$(inside "$small"; echo $?)"
apply tcprmem
has "raised" "^4096" "$(cat $rmem)"
has "raised there" "^4096" "$(inside "cat $rmem")"
sh -c "$small" 2>/dev/null && fail "is still taken"
inside "$small" 2>/dev/null && fail "is still taken in a namespace that was there"
unshare -n sh -c "$small" 2>/dev/null && fail "is still taken in a new namespace"
undo tcprmem
is "may be small again" 0 "$(sh -c "$small"; echo $?)"
is "may be small there again" 0 "$(inside "$small"; echo $?)"
is "may be small in a new one" 0 "$(unshare -n sh -c "$small"; echo $?)"
kill "$ns"
clean tcprmem

# Operations that are registered.
apply nflog
unshare -n true
undo nflog
unshare -n true
clean nflog

# A variable that is gone.
sockets() { peek "$(awk '$3 == "rds_sock_count" { print $1 }' /proc/kallsyms)" 8 | od -An -td8 | tr -d ' '; }
hold() { socket 21 5 >/tmp/held & held="$held $!"; while ! grep -q open /tmp/held; do sleep 1; done; : >/tmp/held; }
held=
hold
is "one socket" 1 "$(sockets)"
apply rds
hold
hold
is "nobody counts" 1 "$(sockets)"
undo rds
is "counted again" 3 "$(sockets)"
kill $held
sleep 1
is "none" 0 "$(sockets)"

# Init code, and a lock that was not there.
apply pciproc
is "a device's file" 256 "$(wc -c </proc/bus/pci/00/00.0)"
undo pciproc

# A lock held for longer: devices that are made before, during and after.
echo 16M >/sys/block/zram0/disksize || fail "no disk"
zram=$(cat /sys/block/zram0/dev)
holders() { ls /sys/block/zram0/holders | tr '\n' ' '; }
# A device of 2 MB that can be used, and knows what it lies on: piece NAME NUMBER
piece()
{
	local disk=dm-$2

	dm create "$1" "$zram" $(($2 * 4096)) 4096 || fail "cannot make $1"
	has "$1 has zram0" zram0 "$(ls /sys/block/$disk/slaves)"
	has "zram0 has $1" "$disk " "$(holders)"
	echo "this is $1" >"/dev/$disk" || fail "cannot write to $1"
}
text() { head -n 1 "/dev/dm-$1"; }
piece one 0
apply dm
piece two 1
piece three 2
is "one that was there" "this is one" "$(text 0)"
dm remove one || fail "cannot remove one"
dm remove two || fail "cannot remove two"
is "the rest" "dm-2 " "$(holders)"
dm create nowhere 250:250 0 8 2>/dev/null && fail "a device on nothing"
dm remove nowhere
undo dm
is "and still there" "this is three" "$(text 2)"
piece four 0
dm remove three || fail "cannot remove three"
dm remove four || fail "cannot remove four"
is "none is left" "" "$(holders)"
clean dm

# An exported function that must stay; there is no machine with such channels here.
apply pcc
undo pcc

# A field in a structure: mice that come before, during and after.
bus=/sys/bus/hid
mouse() { mkfifo "/tmp/$1"; uhid "$1" <"/tmp/$1" & eval "$1=$!"; }
device() { grep -l "HID_NAME=$1" $bus/devices/*/uevent | sed 's|.*devices/||; s|/uevent||'; }
# It is there, and what it does arrives: works NAME (its line is open as descriptor 5)
works()
{
	local id i

	for i in 1 2 3 4 5 6 7 8 9 10; do
		id=$(device "$1")
		[ -n "$id" ] && [ -n "$(ls $bus/devices/$id/hidraw 2>/dev/null)" ] && break
		sleep 0.2
	done
	raw=/dev/$(ls "$bus/devices/$id/hidraw") || fail "no mouse $1"
	timeout 5 dd if="$raw" bs=3 count=1 2>/dev/null | od -An -tx1 >/tmp/moved &
	sleep 0.3
	echo >&5
	wait $!
	is "$1 moves" " 00 05 00" "$(cat /tmp/moved)"
}
rebind()
{
	echo "$(device "$1")" >$bus/drivers/hid-generic/unbind || fail "cannot unbind $1"
	[ -z "$2" ] || groups "$1 unbound" "$2"
	echo "$(device "$1")" >$bus/drivers/hid-generic/bind || fail "cannot bind $1"
}
groups() { is "groups: $1" "$2" "$(cat /sys/kernel/ksplice/shadow-variables)"; }
mouse early
exec 5>/tmp/early
works early
exec 6>&5
apply hid
groups "nobody probed yet" 0
works early
mouse late
exec 5>/tmp/late
works late
groups "the new one" 1
rebind late 0
works late
groups "again" 1
exec 7>&5 5>&6
rebind early 1
works early
groups "the old one as well" 2
undo hid
works early
rebind early ""
works early
exec 5>&7
works late
kill "$early" "$late"
sleep 0.5
is "no mouse is left" "" "$(device early)$(device late)"
clean "at the end"
END
