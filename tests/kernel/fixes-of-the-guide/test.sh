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

guest --module=rds --module=dm_mod --module=nf_log_syslog --module=hid <<'END'
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

# A lock held for longer; an exported function that must stay; a field.
for id in dm pcc hid; do
	apply $id
	undo $id
done
clean "at the end"
END
