#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# TEST: one update of the kernel proper and three modules is applied as a whole or not at all; changed code of modules goes on
# obeying static keys of the kernel (a tracepoint in bridge), of its own module (a tracepoint in sunrpc), of another module
# (xt_tee_enabled of x_tables, in ip_tables).
. "$(dirname "$0")/../../lib/kernel-test.sh"
update several "$here/fix.diff"

guest --module=bridge --module=sunrpc --module=dummy --with-module=iptable_filter <<'END'
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
	esac
}
echo 1 >$trace/events/bridge/fdb_delete/enable
echo 1 >$trace/events/sunrpc/cache_entry_update/enable
modprobe iptable_filter forward=0 || fail "no iptable_filter"
ip link add br0 type bridge
ip link set dummy0 address 00:11:22:33:44:55
cmdline=$(cat /proc/cmdline)
fdb=$(events bridge)
[ "$fdb" -ge 1 ] || fail "no event of bridge"
rpc=$(events sunrpc 1)
[ "$rpc" -ge 1 ] || fail "no event of sunrpc"
ping -c 1 -W 2 127.0.0.1 >/dev/null || fail "no ping"

apply several
is "targets" "bridge ip_tables sunrpc vmlinux" \
	"$(sed 's/target=//; s/ .*//' /sys/kernel/ksplice/several/splices | sort -u | tr '\n' ' ' | sed 's/ $//')"
is "kernel proper" "$cmdline spliced" "$(cat /proc/cmdline)"
is "key of the kernel" $((2 * fdb)) "$(events bridge)"
is "key of the module itself" $((2 * rpc)) "$(events sunrpc 2)"
ping -c 1 -W 2 127.0.0.1 >/dev/null && fail "key of another module: its branch is not taken"
echo 0 >$trace/events/bridge/fdb_delete/enable
echo 0 >$trace/events/sunrpc/cache_entry_update/enable
is "key of the kernel, off" 0 "$(events bridge)"
is "key of the module itself, off" 0 "$(events sunrpc 3)"
echo 1 >$trace/events/bridge/fdb_delete/enable
echo 1 >$trace/events/sunrpc/cache_entry_update/enable
is "key of the kernel, on again" $((2 * fdb)) "$(events bridge)"
is "key of the module itself, on again" $((2 * rpc)) "$(events sunrpc 4)"
for module in bridge sunrpc ip_tables x_tables; do
	rmmod $module 2>/dev/null && fail "$module is gone, though spliced or needed"
done

undo several
is "undone: kernel proper" "$cmdline" "$(cat /proc/cmdline)"
is "undone: bridge" "$fdb" "$(events bridge)"
is "undone: sunrpc" "$rpc" "$(events sunrpc 5)"
ping -c 1 -W 2 127.0.0.1 >/dev/null || fail "undone: no ping"

# One of four is not there: nothing of the update is.
ip link del br0
rmmod bridge || fail "bridge cannot be unloaded after undo"
ends $REFUSED ksplice-apply /root/several.tar.gz
has "it is named" "changes the module bridge, which is not loaded" "$out"
has "and what to do" "modprobe bridge" "$out"
is "nothing was done" "$cmdline" "$(cat /proc/cmdline)"
is_gone several
ends $REFUSED ksplice-apply --dry-run /root/several.tar.gz
modprobe bridge
apply several
undo several
END
