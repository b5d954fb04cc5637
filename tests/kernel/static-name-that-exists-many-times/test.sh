#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# TEST: type_show is the name of twelve static functions of this kernel; the one in kernel/irq/irqdesc.c is replaced. So it is by a core that
# goes through all names of the kernel, as it must on one before 6.1.60, and as it does for a match with many names.
. "$(dirname "$0")/../../lib/kernel-test.sh"
update types "$here/fix.diff"

# A core with $2 in the place of $1, a whole line of one file; it stands for a kernel or a match that there is not here.
another_core()
{
	local at

	cp -r "$top/kmodsrc" "$work/kmodsrc" || exit 1
	at=$(grep -rnFx "$1" "$work/kmodsrc")
	[ "$(grep -c . <<<"$at")" = 1 ] || die "'$1' is not once in kmodsrc"
	at=${at#*:}
	sed -i "${at%%:*}s|.*|$2|" "$(grep -rlFx "$1" "$work/kmodsrc")" || exit 1
	export KSPLICE_KMODSRC=$work/kmodsrc
}
case $KSPLICE_KERNEL in
6.1) another_core '#define COMPAT_SYMBOLS_BY_NAME' '' ;;
*) another_core '#define MANY 12000	/* names */' '#define MANY 0' ;;
esac
update onepass "$here/fix.diff"

guest <<'END'
others() { cat /sys/class/net/lo/type /sys/firmware/memmap/0/type /sys/devices/system/cpu/cpu0/cache/index0/type; }
copies=$(grep -c ' type_show$' /proc/kallsyms)
[ "$copies" -gt 5 ] || fail "only $copies functions of this name: the test tests nothing"
is before edge "$(cat /sys/kernel/irq/4/type)"
before=$(others)
for id in types onepass; do
	apply $id
	is "after apply" edge-triggered "$(cat /sys/kernel/irq/4/type)"
	is "another line" level-triggered "$(cat /sys/kernel/irq/9/type)"
	is "the other functions of the name are as they were" "$before" "$(others)"
	undo $id
	is "after undo" edge "$(cat /sys/kernel/irq/4/type)"
	is "the other functions of the name are as they were" "$before" "$(others)"
done
END
