#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# TEST: a changed function uses the kernel's own copy of a string that it had before, so that it outlives the update.
. "$(dirname "$0")/../../lib/kernel-test.sh"
update strings "$here/fix.diff"
guest_program peek

guest <<'END'
before=$(cat /proc/filesystems)
start=$(address_of __start_rodata) end=$(address_of __end_rodata)

# in_rodata ADDRESS: all have 16 digits.
in_rodata()
{
	awk -v a="$1" -v s="$start" -v e="$end" 'BEGIN { exit !(a "" >= s "" && a "" < e "") }'
}

apply strings
set -- $(sed -n 's/ strings$//p' /proc/filesystems)
is "two addresses" 2 $#
in_rodata "$1" || fail "the old string is at $1, not in the kernel, from $start to $end"
in_rodata "$2" && fail "the new string is at $2, in the kernel"
is "the old string" nodev "$(peek "$1" 5)"
is "the new string" "of the update alone" "$(peek "$2" 19)"
is "all else" "$before" "$(grep -v ' strings$' /proc/filesystems)"
undo strings
is "after undo" "$before" "$(cat /proc/filesystems)"
is "the old string is still there" nodev "$(peek "$1" 5)"
END
