#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# TEST: anybody may read what the core and the tools tell, but for the call chains of tasks; only root may write; and nothing of
# it has an address of the kernel, whatever kptr_restrict says.
# On one kernel, as the files are the same on each; by hand on any.
export KSPLICE_KERNEL=${KSPLICE_KERNEL:-6.1}
. "$(dirname "$0")/../../lib/kernel-test.sh"
update first "$top/demo/cmdline.diff"
update second "$top/demo/cmdline.diff"
update flock "$here/../task-sleeps-inside/fix.diff"
guest_program park

guest --cpus=1 <<'END'
soon() { for i in $(seq 100); do "$@" && return; usleep 100000; done; fail "never: $*"; }
# Three kinds of update: applied, one that did not match, one that could not be undone because of a task inside of it.
apply first
tar -xzf /root/second.tar.gz -C /tmp || fail "no tar"
insmod /tmp/ksplice-second/ksplice_second_vmlinux_match.ko 2>/dev/null && fail "it matches, though the function is replaced"
is "one that does not match" no_match "$(cat /sys/kernel/ksplice/second/abort_cause)"
has "detail" "function=cmdline_proc_show" "$(cat /sys/kernel/ksplice/second/abort_detail)"
apply flock
park /tmp/lock 1000 >/tmp/held & holder=$!
soon grep -q locked /tmp/held
park /tmp/lock & waiter=$!
soon grep -q flock /proc/$waiter/wchan /proc/$waiter/stack
ends $BUSY ksplice-undo --retries=0 flock
is "one that is busy" code_busy "$(cat /sys/kernel/ksplice/flock/abort_cause)"
has "root sees who, and how it came there" "^pid=$waiter .* trace=.*flock.*,.*sys" "$(cat /sys/kernel/ksplice/flock/conflicts)"

root_files="444 abi
200 in-one-stop
200 late-helper
444 machine-stops
444 shadow-variables
200 wait-for"
update_files="444 abort_cause
444 abort_detail
444 applied_at
400 conflicts
444 depends
200 forget
444 late
444 sequence
444 splices
644 stage
444 timing"
cd /sys/kernel/ksplice || exit 1
is "files of the core" "$root_files" "$(find . -maxdepth 1 -type f | sed 's|^./||' | sort | xargs stat -c '%a %n')"
for id in first second flock; do
	is "files of $id" "$update_files" "$(cd $id && find . -type f | sed 's|^./||' | sort | xargs stat -c '%a %n')"
done
is "all of root" "0:0" "$(find . | xargs stat -c %u:%g | sort -u)"

# Of everything that is about updates, beside the kernel's own files about modules.
all="/sys/kernel/ksplice /run/ksplice $(ls -d /sys/module/ksplice*/parameters 2>/dev/null)"
address='(^|[^0-9a-f])(0x)?ffff[0-9a-f]{12}([^0-9a-f]|$)'
has "an address would be found" "$address" "$(grep ' saved_command_line$' /proc/kallsyms)"
for restrict in 0 1; do
	echo $restrict >/proc/sys/kernel/kptr_restrict
	seen=$(as_nobody "find $all -type f -exec cat {} +" 2>/tmp/denied)
	has "kptr_restrict=$restrict: nobody sees which functions" "function=cmdline_proc_show" "$seen"
	has_not "no address" "$address" "$seen"
	# Whoever can open the lock can keep the tools from their work.
	is "what nobody may not see" "/run/ksplice/lock /sys/kernel/ksplice/first/conflicts /sys/kernel/ksplice/first/forget /sys/kernel/ksplice/flock/conflicts /sys/kernel/ksplice/flock/forget /sys/kernel/ksplice/in-one-stop /sys/kernel/ksplice/late-helper /sys/kernel/ksplice/second/conflicts /sys/kernel/ksplice/second/forget /sys/kernel/ksplice/wait-for" \
		"$(sed -n "s/^cat: can't open '\(.*\)': Permission denied$/\1/p" /tmp/denied | sort | xargs)"
	has_not "nor has root" "$address" "$(find $all -type f ! -name forget ! -name in-one-stop ! -name late-helper ! -name wait-for -exec cat {} +)"
	has_not "nor the log" "$address" "$(dmesg | grep -i ksplice)"
done
for file in first/stage first/forget in-one-stop; do
	as_nobody "echo reversed >$PWD/$file" 2>/dev/null && fail "nobody may write $file"
done
is "and nothing has happened" applied "$(stage first)"

# ksplice-view for everybody, but for whom the tasks are.
ends 0 as_nobody ksplice-view
has "the list" "^first +applied" "$out"
ends 0 as_nobody ksplice-view flock
has "the reason" "code_busy" "$out"
ends 0 as_nobody ksplice-view --json flock
has "and null for the tasks" '"conflicts": null' "$out"
ends $NOT_PERMITTED as_nobody ksplice-view --conflicts flock
has "why" "/sys/kernel/ksplice/flock/conflicts: only root may read it" "$out"
ends 0 ksplice-view --conflicts flock
has "root may" "$waiter" "$out"
kill $holder
wait $waiter
undo flock
undo first
END
