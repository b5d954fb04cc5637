#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# TEST: shadow variables that one update attaches to objects which are there already: another update finds them, they outlive the
# update that attached them and hold the core until a third frees them, one and all.  What a constructor refuses is not attached, and
# not tried again.
# On one kernel, for want of time; by hand on any.
export KSPLICE_KERNEL=${KSPLICE_KERNEL:-6.1}
. "$(dirname "$0")/../../lib/kernel-test.sh"
update attach "$here/attach.diff"
update look "$here/look.diff"
update free "$here/free.diff"

guest <<'END'
boot=$(cat /proc/cmdline)
version=$(cat /proc/version)
nr()
{
	is "$1" "$2" "$(cat /sys/kernel/ksplice/shadow-variables)"
}

# The user_struct of nobody lives as long as a process of his.
as_nobody sleep 1000 &
apply attach
nr "none is attached by the update alone" 0
is "attached and constructed" "user 0 read 101 $boot" "$(cat /proc/cmdline)"
is "found" "user 0 read 102 $boot" "$(cat /proc/cmdline)"
is "another object has its own" "user 65534 read 101 $boot" "$(as_nobody cat /proc/cmdline)"
nr "so there are two" 2
apply look
is "another update finds it" "0: 102 $version" "$(cat /proc/version)"
is "for each object" "65534: 101 $version" "$(as_nobody cat /proc/version)"
undo attach
is "it outlives the update that attached it" "0: 102 $version" "$(cat /proc/version)"
ends 0 ksplice-undo look
has "with a warning" "core stays loaded: it holds 2 shadow variables" "$out"
has_not "no module of it is left" "^ksplice_look" "$(cat /proc/modules)"
nr "even when no update is there" 2
has "and holds the core" "^ksplice [0-9]+ 1 " "$(cat /proc/modules)"
ends 1 rmmod ksplice
nr "and nothing happens to them" 2
apply attach
is "it is found again" "user 0 read 103 $boot" "$(cat /proc/cmdline)"
apply free
has "one is freed, after its destructor" "^freed 1 gone [0-9]" "$(as_nobody cat /proc/loadavg)"
has "and only once" "^none 1 gone [0-9]" "$(as_nobody cat /proc/loadavg)"
nr "the other is there" 1
is "a new one is constructed anew" "user 65534 read 101 $boot" "$(as_nobody cat /proc/cmdline)"
has "all are freed" "^3 gone [0-9]" "$(cat /proc/loadavg)"
nr "none is left" 0
ends 0 ksplice-undo --all
is_gone attach
is_gone free
END
