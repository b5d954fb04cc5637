#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# TEST: three updates of different functions, applied one after the other, share one core and are undone in any order.
. "$(dirname "$0")/../../lib/kernel-test.sh"
update first "$top/demo/cmdline.diff"
update newfunc "$here/../new-function/fix.diff"
update types "$here/../static-name-that-exists-many-times/fix.diff"

guest <<'END'
boot=$(cat /proc/cmdline)
filesystems=$(cat /proc/filesystems)

# works ID...: these updates are in force, and no other.
works()
{
	local which=" $* " cmdline=$boot proc="^nodev	proc$" irq=edge

	case $which in *" first "*) cmdline="Livepatched kernel command line" ;; esac
	case $which in *" newfunc "*) proc="^[0-9]+: proc \(no device\)$" ;; esac
	case $which in *" types "*) irq=edge-triggered ;; esac
	is "with '$*', /proc/cmdline" "$cmdline" "$(cat /proc/cmdline)"
	has "with '$*', /proc/filesystems" "$proc" "$(cat /proc/filesystems)"
	is "with '$*', the interrupt's type" $irq "$(cat /sys/kernel/irq/4/type)"
	is "with '$*', there are as many updates" $# "$(ls -d /sys/kernel/ksplice/*/ 2>/dev/null | wc -l)"
	[ $# = 0 ] || is "with '$*', one core" 1 "$(grep -c '^ksplice ' /proc/modules)"
}

all()
{
	apply first
	apply newfunc
	apply types
	works first newfunc types
	for id in first newfunc types; do
		is "$id stands on no other" "" "$(cat /sys/kernel/ksplice/$id/depends)"
	done
}

works
all
# The middle one first.
undo newfunc
works first types
undo types
works first
undo first
works
all
undo newfunc
undo first
works types
# One that comes again stands with those that stayed.
apply newfunc
works newfunc types
ends 0 ksplice-undo --all
works
is_gone newfunc
is_gone types
is "in the end" "$filesystems" "$(cat /proc/filesystems)"
END
