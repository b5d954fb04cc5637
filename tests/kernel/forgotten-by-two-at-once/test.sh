#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# TEST: an update that did not match stays, to tell why, until it is forgotten: by one of several who try at the same time, while others
# read its files and the same update is tried again.
# On one kernel, as the tools and the core do the same on each; by hand on any.
export KSPLICE_KERNEL=${KSPLICE_KERNEL:-6.1}
. "$(dirname "$0")/../../lib/kernel-test.sh"
patched_tree "$here/../update-upon-update/first.diff"
update stray "$here/../update-upon-update/second.diff" --source="$patched"

guest --cpus=2 <<'END'
dir=/sys/kernel/ksplice/stray
tar -xzf /root/stray.tar.gz -C /tmp || fail "no tar"
match=/tmp/ksplice-stray/ksplice_stray_vmlinux_match.ko
insmod /tmp/ksplice-stray/ksplice.ko || fail "no core"

# Each writer's outcome is a line in /tmp/forgets: done, or why not.
forget()
{
	if echo 1 2>/dev/null >$dir/forget; then
		echo done
	elif [ -e $dir ]; then
		echo busy
	else
		echo gone
	fi >>/tmp/forgets
}

try()
{
	insmod $match 2>/dev/null && fail "it matches, though the first update is not there"
	return 0
}

try
is "it stays" no_match "$(cat $dir/abort_cause)"
echo 2 2>/dev/null >$dir/forget && fail "2 is taken for 1"
is "still" no_match "$(cat $dir/abort_cause)"
as_nobody "echo 1 >$dir/forget" 2>/dev/null && fail "nobody may forget"

rounds=0 all=0
while [ $rounds -lt 40 ]; do
	try
	[ -e $dir ] || fail "it does not stay"
	: >/tmp/forgets
	forget & a=$!
	forget & b=$!
	forget & c=$!
	cat $dir/stage $dir/abort_detail $dir/splices >/dev/null 2>&1
	wait $a $b $c
	times=$(grep -c done /tmp/forgets)
	[ "$(wc -l </tmp/forgets)" = 3 ] || fail "a writer has not ended: $(cat /tmp/forgets)"
	# All may have found it in use by each other; two cannot have forgotten it.
	[ "$times" -le 1 ] || fail "forgotten $times times"
	[ "$times" = 1 ] && [ -e $dir ] && fail "forgotten, but there"
	[ "$times" = 0 ] && [ ! -e $dir ] && fail "gone, but by nobody: $(cat /tmp/forgets)"
	all=$((all + times))
	rounds=$((rounds + 1))
done
echo "forgotten $all times of $rounds"
[ $all -ge 20 ] || fail "they only get in each other's way"

# Tried again and forgotten at the same time.
(i=0; while [ $i -lt 40 ]; do insmod $match 2>/dev/null; i=$((i + 1)); done) & tries=$!
while kill -0 $tries 2>/dev/null; do
	forget
	cat $dir/conflicts >/dev/null 2>&1
done
wait $tries
[ ! -e $dir ] || echo 1 >$dir/forget || fail "it cannot be forgotten in the end"
[ ! -e $dir ] || fail "it is there"
rmmod ksplice || fail "something holds the core"
END
