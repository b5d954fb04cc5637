#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# TEST: per-CPU variables, a static key, a static call, a module parameter, a variable that is __ro_after_init, a message for the trace, and an export that the diff adds.
# - each works as it would in a kernel that was built so
# - the export is visible to nobody else
# - after undo, nothing of them is left, and they can come again
. "$(dirname "$0")/../../lib/kernel-test.sh"
update newdata "$here/fix.diff"

guest <<'END'
before=$(cat /proc/cmdline)
limit=/sys/module/ksplice_newdata_vmlinux/parameters/proc.cmdline_limit
state()
{
	sed -n '/^reads=/p' /proc/cmdline
}
for round in 1 2; do
	apply newdata
	is "before the first switch" "reads=1 last=1 limit=5 seen=0 call=1 added=9" "$(taskset 1 cat /proc/cmdline | head -n 1)"
	is "after it, on the other CPU" "reads=2 last=2 limit=5 seen=1 call=2 added=9" "$(taskset 2 cat /proc/cmdline | head -n 1)"
	echo 7 >$limit || fail "the parameter cannot be set"
	is "the parameter" "reads=3 last=3 limit=7 seen=1 call=2 added=9" "$(state)"
	has "the rest" "^$before$" "$(cat /proc/cmdline)"
	grep -qF __ksymtab_cmdline_total /proc/kallsyms && fail "it is exported"
	undo newdata
	has "the trace is readable, though its format is gone" ": 1 reads$" "$(cat /sys/kernel/tracing/trace)"
	echo >/sys/kernel/tracing/trace
	is "after undo" "$before" "$(cat /proc/cmdline)"
done
END
