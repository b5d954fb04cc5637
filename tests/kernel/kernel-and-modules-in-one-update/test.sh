#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# TEST: one update of the kernel proper and four modules is applied as a whole or not at all; changed code of modules goes on
# obeying static keys and static calls of the kernel (a tracepoint in bridge), of its own module (a tracepoint in sunrpc), of another
# module (xt_tee_enabled of x_tables, in ip_tables; a tracepoint of libata, in ata_piix), and of nobody that modules know (might_resched).
. "$(dirname "$0")/../../lib/kernel-test.sh"
update several "$here/fix.diff"

guest --module=ata_piix --module=bridge --module=sunrpc --module=dummy --with-module=iptable_filter <<'END'
trace=/sys/kernel/tracing
# How often an event comes while something is done that causes one.
events()
{
	echo >$trace/trace
	case $1 in
	bridge)
		ip link set dummy0 master br0
		ip link set dummy0 nomaster
		grep -c "fdb_delete: .*00:11:22:33:44:55" $trace/trace ;;
	sunrpc)
		echo "nfsd 10.1.1.$2 2147483647 somebody" >/proc/net/rpc/auth.unix.ip/channel
		grep -c cache_entry_update $trace/trace ;;
	ata)
		echo '- - -' >"${port%/*}/scan"
		for i in 1 2 3 4 5 6 7 8 9 10; do
			grep -q ata_bmdma_status $trace/trace && break
			sleep 0.1
		done
		grep -c "ata_bmdma_status: .*INTR" $trace/trace ;;
	esac
}
echo 1 >$trace/events/bridge/fdb_delete/enable
echo 1 >$trace/events/sunrpc/cache_entry_update/enable
port=$(grep -l ata_piix /sys/class/scsi_host/host*/proc_name | head -n 1)
echo 1 >$trace/events/libata/ata_bmdma_status/enable
modprobe iptable_filter forward=0 || fail "no iptable_filter"
ip link add br0 type bridge
ip link set dummy0 address 00:11:22:33:44:55
cmdline=$(cat /proc/cmdline)
fdb=$(events bridge)
[ "$fdb" -ge 1 ] || fail "no event of bridge"
rpc=$(events sunrpc 1)
[ "$rpc" -ge 1 ] || fail "no event of sunrpc"
ping -c 1 -W 2 127.0.0.1 >/dev/null || fail "no ping"

is "no event of libata" 0 "$(events ata)"

apply several
is "targets" "ata_piix bridge ip_tables sunrpc vmlinux" \
	"$(sed 's/target=//; s/ .*//' /sys/kernel/ksplice/several/splices | sort -u | tr '\n' ' ' | sed 's/ $//')"
is "kernel proper" "$cmdline spliced" "$(cat /proc/cmdline)"
is "key of the kernel" $((2 * fdb)) "$(events bridge)"
is "key of the module itself" $((2 * rpc)) "$(events sunrpc 2)"
ping -c 1 -W 2 127.0.0.1 >/dev/null && fail "key of another module: its branch is not taken"
is "key and call of another module" 1 "$(events ata)"
echo 0 >$trace/events/libata/ata_bmdma_status/enable
echo 0 >$trace/events/bridge/fdb_delete/enable
echo 0 >$trace/events/sunrpc/cache_entry_update/enable
is "key of the kernel, off" 0 "$(events bridge)"
is "key of the module itself, off" 0 "$(events sunrpc 3)"
is "key of another module, off" 0 "$(events ata)"
echo 1 >$trace/events/libata/ata_bmdma_status/enable
echo 1 >$trace/events/bridge/fdb_delete/enable
echo 1 >$trace/events/sunrpc/cache_entry_update/enable
is "key of the kernel, on again" $((2 * fdb)) "$(events bridge)"
is "key of the module itself, on again" $((2 * rpc)) "$(events sunrpc 4)"
is "key and call of another module, on again" 1 "$(events ata)"
for module in libata ip_tables x_tables; do
	rmmod $module 2>/dev/null && fail "$module is gone, though in use or needed"
done
for time in first second; do
	rmmod sunrpc ata_piix || fail "$time: a spliced module cannot be unloaded"
	is "$time: they are waited for" 2 "$(grep -c state=waiting /sys/kernel/ksplice/several/late)"
	modprobe sunrpc && modprobe ata_piix || fail "$time: not loaded"
	echo 1 >$trace/events/sunrpc/cache_entry_update/enable
	is "$time: key of the module itself, after it has come again" $((2 * rpc)) "$(events sunrpc 7)"
done

undo several
is "undone: kernel proper" "$cmdline" "$(cat /proc/cmdline)"
is "undone: bridge" "$fdb" "$(events bridge)"
is "undone: sunrpc" "$rpc" "$(events sunrpc 5)"
is "undone: ata_piix" 0 "$(events ata)"
ping -c 1 -W 2 127.0.0.1 >/dev/null || fail "undone: no ping"

# All four are not there, and come: their keys and those of others, and again when they have gone.
ip link del br0
rmmod iptable_filter ip_tables x_tables bridge sunrpc ata_piix libata || fail "a module cannot be unloaded after undo"
apply several
is "kernel proper, alone" "$cmdline spliced" "$(cat /proc/cmdline)"
for time in first second; do
	modprobe bridge && modprobe sunrpc && modprobe ata_piix && modprobe iptable_filter forward=0 || fail "$time: not loaded"
	is "$time: all are spliced" 4 "$(grep -c state=spliced /sys/kernel/ksplice/several/late)"
	echo 1 >$trace/events/sunrpc/cache_entry_update/enable
	ip link add br0 type bridge
	is "$time: key of the kernel" $((2 * fdb)) "$(events bridge)"
	is "$time: key of the module itself" $((2 * rpc)) "$(events sunrpc 6)"
	ping -c 1 -W 2 127.0.0.1 >/dev/null && fail "$time: key of another module: its branch is not taken"
	ip link del br0
	rmmod iptable_filter ip_tables x_tables bridge sunrpc ata_piix libata || fail "$time: a module cannot be unloaded"
	is "$time: all wait" 4 "$(grep -c state=waiting /sys/kernel/ksplice/several/late)"
	has_not "$time: no code is left" "^ksplice_several_[^v]" "$(cat /proc/modules)"
done
modprobe bridge
undo several
END
