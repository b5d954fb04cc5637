#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# TEST: several updates in one stop, with all that an update may have.
# - the author's hooks of all run in the order of the updates; when one aborts, those of all are taken back, backwards
# - data that two change in place, the second upon the first, and what somebody has written before or since
# - hooks through ftrace, the second upon the first
# On one kernel, for want of time; by hand on any.
export KSPLICE_KERNEL=${KSPLICE_KERNEL:-6.1}
. "$(dirname "$0")/../../lib/kernel-test.sh"
update hone "$here/hooks-one.diff"
update htwo "$here/hooks-two.diff"
update data "$here/../data-of-the-author/in-place.diff"
# A source with the first one's value, and not its declaration: that is for the second to make.
patched_tree "$here/data-base.diff"
update dtwo "$here/data-two.diff" --source="$patched"
update fone "$here/../hook-where-the-kernel-writes/first.diff"
patched_tree "$here/../hook-where-the-kernel-writes/first.diff"
update ftwo "$here/../hook-where-the-kernel-writes/second.diff" --source="$patched"
guest_program peek

guest <<'END'
panic=/proc/sys/kernel/panic nr_open=/proc/sys/fs/nr_open
files() { for id; do printf ' /root/%s.tar.gz' "$id"; done; }
stops() { cat /sys/kernel/ksplice/machine-stops; }
zeros() { dd if=/dev/random bs="$1" count=1 2>/dev/null | hexdump -v -e '/1 "%02x"'; }
state() { sed -n 's/^State:	S (\(.*\))/\1/p' /proc/2/status; }

echo 0 >$panic
ends 0 ksplice-apply $(files hone htwo)
is "all hooks of one phase, then those of the next" 16273849 "$(cat $panic)"
ends 0 ksplice-undo --all
for start in "7 7165 pre_apply" "8 8162705 check_apply"; do
	set -- $start
	echo $1 >$panic
	ends $REFUSED ksplice-apply $(files hone htwo)
	has "which update says no" "update htwo does not want to: its function (pre|check) \($3\)" "$out"
	is "what was begun is taken back" $2 "$(cat $panic)"
	is_gone hone
	is_gone htwo
done
echo 0 >$panic

# Data.
ends $REFUSED ksplice-apply $(files dtwo)
ends 0 ksplice-apply $(files data dtwo)
is "one stop" 1 "$(stops)"
is "what the second leaves" "262144 dozing" "$(cat $nr_open) $(state)"
undo dtwo
is "what the first has" "524288 dozing" "$(cat $nr_open) $(state)"
undo data
is "what was there" "1048576 sleeping" "$(cat $nr_open) $(state)"
ends 0 ksplice-apply $(files data dtwo)
echo "-data -dtwo" >/sys/kernel/ksplice/in-one-stop || fail "not back in one stop"
is "what was there" "1048576 sleeping" "$(cat $nr_open) $(state)"
echo 2000000 >$nr_open
echo "+data +dtwo" >/sys/kernel/ksplice/in-one-stop 2>/dev/null && fail "over what somebody has written"
is "who is told" "data_changed other_update" "$(cat /sys/kernel/ksplice/dtwo/abort_cause /sys/kernel/ksplice/data/abort_cause | xargs)"
is "as it was written" "2000000 sleeping" "$(cat $nr_open) $(state)"
echo 1048576 >$nr_open
ends 0 ksplice-undo --all

# Through ftrace.
before=$(checksum random_read_iter 64)
ends 0 ksplice-apply $(files fone ftwo)
is "one stop" 1 "$(stops)"
is "the second upon the first" 000000 "$(zeros 3)"
undo ftwo
has_not "the first alone" "^0*$" "$(zeros 3)"
is "the first alone" 00000000000000 "$(zeros 7)"
undo fone
has_not "the old function" "^0*$" "$(zeros 7)"
echo 0 >/proc/sys/kernel/ftrace_enabled || fail "ftrace cannot be switched off"
ends $REFUSED ksplice-apply $(files hone fone ftwo)
has "the function is named" random_read_iter "$out"
echo 1 >/proc/sys/kernel/ftrace_enabled
for id in hone fone ftwo; do is_gone $id; done
is "every byte is what it was" "$before" "$(checksum random_read_iter 64)"
END
