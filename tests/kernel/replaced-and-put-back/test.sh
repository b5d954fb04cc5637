#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# TEST: the first update of all: a function is replaced, works, can be looked at, and is put back as it was.
. "$(dirname "$0")/../../lib/kernel-test.sh"
update first "$top/demo/cmdline.diff"
guest_program peek

guest --append=marker=of-this-boot <<'END'
boot=$(cat /proc/cmdline)
has "the stock kernel shows its command line" "marker=of-this-boot" "$boot"
before=$(checksum cmdline_proc_show 64)

ends 0 ksplice-apply --dry-run /root/first.tar.gz
is "a dry run changes nothing" "$boot" "$(cat /proc/cmdline)"
is "not a byte" "$before" "$(checksum cmdline_proc_show 64)"
is_gone first

# Every processor has to answer an interrupt of that kind, and the slowest is waited for; 660 it was when the core had static calls.
interrupts() { awk '$1 == "CAL:" { for (i = 2; $i ~ /^[0-9]+$/; i++) n += $i; print n }' /proc/interrupts; }
interrupts=$(interrupts)
apply first
is "the new function runs" "Livepatched kernel command line" "$(cat /proc/cmdline)"
interrupts=$(($(interrupts) - interrupts))
echo "$interrupts interrupts between the processors"
[ $interrupts -lt 350 ] || fail "it took $interrupts interrupts between the processors"
is "of all functions that came, the replacement can be traced, and nothing else" "cmdline_proc_show [ksplice_first_vmlinux]" \
	"$(grep '\[ksplice' /sys/kernel/tracing/available_filter_functions)"
ends 0 ksplice-apply /root/first.tar.gz
has "applying what is applied is success, and says so" "already" "$out"
ends 0 ksplice-apply --json /root/first.tar.gz
has "and tells what is replaced" '"function": "cmdline_proc_show"' "$out"
has "and what it took" '"stop_ns": [1-9]' "$out"

has "splices" "^target=vmlinux unit=fs/proc/cmdline.o function=cmdline_proc_show$" \
	"$(cat /sys/kernel/ksplice/first/splices)"
has "applied_at" "^[1-9][0-9]+$" "$(cat /sys/kernel/ksplice/first/applied_at)"
for phase in match_ns check_ns stop_ns tasks stacks tries; do
	has "timing has $phase" "^$phase=[0-9]+" "$(cat /sys/kernel/ksplice/first/timing)"
done
has_not "sysfs shows no address" "ffffffff|0x[0-9a-f]{6}" "$(grep -rh . /sys/kernel/ksplice)"
ends 0 ksplice-view
has "the list has it" "^first +applied +20[0-9-]+T[0-9:]+Z " "$out"
ends 0 ksplice-view first
has "its view has the function" "cmdline_proc_show" "$out"
has "and the description" "test first" "$out"
ends 0 ksplice-view --json first
has "as JSON too" "\"cmdline_proc_show\"" "$out"
has "with the time in the same form" '"applied_at": "20[0-9-]+T[0-9:]+Z"' "$out"
ends 0 ksplice-view --patch first
has "and the diff" "^\+	seq_puts\(m, \"Livepatched" "$out"
ends 0 as_nobody ksplice-view first
has "anybody may look" "cmdline_proc_show" "$out"

undo first
is "the old function runs" "$boot" "$(cat /proc/cmdline)"
is "every byte is what it was" "$before" "$(checksum cmdline_proc_show 64)"
ends 0 ksplice-view
has_not "it is not listed any more" "first" "$out"

# Again, as often as one likes; and --all.
for i in 1 2 3; do
	apply first
	is "the new function runs" "Livepatched kernel command line" "$(cat /proc/cmdline)"
	ends 0 ksplice-undo --all
	is_gone first
	is "the old function runs" "$boot" "$(cat /proc/cmdline)"
done
is "every byte is what it was" "$before" "$(checksum cmdline_proc_show 64)"
END
