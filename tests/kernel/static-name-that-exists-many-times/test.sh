#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# TEST: type_show is the name of twelve static functions of this kernel; the one in kernel/irq/irqdesc.c is replaced.
. "$(dirname "$0")/../../lib/kernel-test.sh"
update types "$here/fix.diff"

guest <<'END'
others() { cat /sys/class/net/lo/type /sys/firmware/memmap/0/type /sys/devices/system/cpu/cpu0/cache/index0/type; }
copies=$(grep -c ' type_show$' /proc/kallsyms)
[ "$copies" -gt 5 ] || fail "only $copies functions of this name: the test tests nothing"
is before edge "$(cat /sys/kernel/irq/4/type)"
before=$(others)
apply types
is "after apply" edge-triggered "$(cat /sys/kernel/irq/4/type)"
is "another line" level-triggered "$(cat /sys/kernel/irq/9/type)"
is "the other functions of the name are as they were" "$before" "$(others)"
undo types
is "after undo" edge "$(cat /sys/kernel/irq/4/type)"
is "the other functions of the name are as they were" "$before" "$(others)"
END
