#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# TEST: data in place (a variable, a table of strings and one of functions in read-only memory), data taken as new, data and
# init code that are ignored; and what somebody has written is neither overwritten nor put back.
. "$(dirname "$0")/../../lib/kernel-test.sh"
update inplace "$here/in-place.diff"
update datanew "$here/new.diff"

guest <<'END'
nr_open=/proc/sys/fs/nr_open
# A crash in a directory of its own: which file did it leave?
dump() { (cd "$(mktemp -d)" && ulimit -c unlimited && sh -c 'kill -SEGV $$' 2>/dev/null; echo *); }
state() { sed -n 's/^State:	S (\(.*\))/\1/p' /proc/2/status; }

is "before" 1048576 "$(cat $nr_open)"
is "before" sleeping "$(state)"
has "before" "^Character" "$(head -n 1 /proc/devices)"

# Somebody has written it: it is not ours to change.
echo 2000000 >$nr_open
ends $REFUSED ksplice-apply /root/inplace.tar.gz
has "says what" "sysctl_nr_open.* does not hold what it should" "$out"
is "it stays" 2000000 "$(cat $nr_open)"
is "nothing else has changed" sleeping "$(state)"
is_gone inplace
echo 1048576 >$nr_open

exec 3</proc/devices
apply inplace
is "a variable" 524288 "$(cat $nr_open)"
is "a table of strings" dozing "$(state)"
is "a table of functions" "Devices that this kernel knows" "$(head -n 1 /proc/devices)"
is "a file that was open before has the same table" "Devices that this kernel knows" "$(head -n 1 <&3)"
exec 3<&-

# The same while it is applied: it is not put back.
echo 3000000 >$nr_open
ends $REFUSED ksplice-undo inplace
has "says what" "sysctl_nr_open.* does not hold what it should" "$out"
is "cause" data_changed "$(cat /sys/kernel/ksplice/inplace/abort_cause)"
has "detail" "unit=fs/file.o data=sysctl_nr_open" "$(cat /sys/kernel/ksplice/inplace/abort_detail)"
is "still applied" dozing "$(state)"
is "still as it was written" 3000000 "$(cat $nr_open)"
echo 524288 >$nr_open
undo inplace
is "after undo" 1048576 "$(cat $nr_open)"
is "after undo" sleeping "$(state)"
has "after undo" "^Character" "$(head -n 1 /proc/devices)"

# And between being undone and applied again, without matching.
apply inplace
echo reversed >/sys/kernel/ksplice/inplace/stage || fail "cannot reverse"
echo 2000000 >$nr_open
echo applied >/sys/kernel/ksplice/inplace/stage && fail "applied over what somebody wrote"
is "cause" data_changed "$(cat /sys/kernel/ksplice/inplace/abort_cause)"
is "nothing has changed" sleeping "$(state)"
echo 1048576 >$nr_open
echo applied >/sys/kernel/ksplice/inplace/stage || fail "cannot apply again"
is "again" dozing "$(state)"
undo inplace

is "core dumps before" core "$(dump)"
apply datanew
is "the new object" ksplice-core "$(dump)"
is "the old one is what the file has" core "$(cat /proc/sys/kernel/core_pattern)"
undo datanew
is "core dumps after" core "$(dump)"
has_not "the init code did not run" "core dumps go to" "$(dmesg)"
END
