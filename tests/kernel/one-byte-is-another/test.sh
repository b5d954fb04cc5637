#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# TEST: a byte of the running function differs from what the fix was written against: apply refuses, naming the function
# and the offset, and changes nothing; with the byte as it was, it applies. QEMU's debugger stub changes the byte.
. "$(dirname "$0")/../../lib/kernel-test.sh"
update first "$top/demo/cmdline.diff"
guest_program peek

: >"$work/output"
"$lib/poke-guest" "$work/gdb" "$work/output" &
poker=$!
trap 'kill $poker 2>/dev/null; rm -rf "$work"' EXIT

# Without a pipe behind it, guest would end the subshell only.
guest --qemu-opt="-gdb unix:$work/gdb,server=on,wait=off" > >(tee "$work/output") <<'END'
# In cmdline_proc_show, 0x14 behind the ftrace entry, is the operand of "mov esi, 0xa", the newline; it shows when it is another.
place=$(behind_entry cmdline_proc_show 0x14)
offset=$(printf '0x%x' $((0x$place - 0x$(address_of cmdline_proc_show))))
is "the byte to change is the newline" 0a "$(peek $place 1 | hexdump -e '1/1 "%02x"')"
boot=$(cat /proc/cmdline)

# poke_until BYTE TEXT: tells the host, and waits until /proc/cmdline shows it.
poke_until()
{
	echo "poke $place $1"
	for i in $(seq 600); do
		[ "$(cat /proc/cmdline)" = "$2" ] && return
		sleep 0.1
	done
	fail "the byte did not become $1"
}

poke_until 2a "$boot*"
before=$(checksum cmdline_proc_show 64)
ends $NO_MATCH ksplice-apply --dry-run /root/first.tar.gz
ends $NO_MATCH ksplice-apply /root/first.tar.gz
has "the function is named" "cmdline_proc_show" "$out"
has "and the offset" "\+?$offset([^0-9a-f]|$)" "$out"
is_gone first

# What the core itself tells; ksplice-apply makes it forget.
mkdir /tmp/first
tar -xzf /root/first.tar.gz -C /tmp/first
insmod /tmp/first/*/ksplice.ko || fail "the core cannot be loaded"
insmod /tmp/first/*/ksplice_first_vmlinux_match.ko && fail "the match module was loaded"
is "the stage after it" preparing "$(stage first)"
is "the reason" no_match "$(cat /sys/kernel/ksplice/first/abort_cause)"
detail=$(cat /sys/kernel/ksplice/first/abort_detail)
has "the unit and the function" "(^| )unit=fs/proc/cmdline.o function=cmdline_proc_show " "$detail"
has "the offset in the running code" "(^| )run_offset=$offset( |$)" "$detail"
has "what was expected and what was found" "(^| )expected=0x0?a found=0x2a( |$)" "$detail"
ends 0 ksplice-view first
has "ksplice-view tells it" "cmdline_proc_show" "$out"
echo 1 >/sys/kernel/ksplice/first/forget || fail "it cannot be forgotten"
rmmod ksplice || fail "the core stays"
is_gone first
is "nothing has changed" "$boot*" "$(cat /proc/cmdline)"
is "not a byte" "$before" "$(checksum cmdline_proc_show 64)"

poke_until 0a "$boot"
apply first
is "the new function runs" "Livepatched kernel command line" "$(cat /proc/cmdline)"
undo first

is "the old function runs" "$boot" "$(cat /proc/cmdline)"
echo poke end
END
