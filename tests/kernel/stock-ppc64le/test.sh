#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# TEST: on a stock kernel for ppc64le, with the radix MMU (POWER10, POWER9) and with the hash MMU (POWER8),
# - /proc/cmdline is what the kernel shows before, what the update says after apply, and the kernel's again after undo; so it is with a
#   module, while its functions are traced, and when it comes later. A variable that the kernel exports, and that its symbol table has not,
#   is found for an author's hook
# - a module calls, in every way that there is, functions with arguments on the stack, with variable arguments, with structures for
#   arguments and result; a recursive one, one that never returns, one that ends in a jump, one that others jump to, replaced ones that call
#   each other, one that all of the kernel calls, one that is hooked through ftrace, one of an assembler file; from threads and interrupts of all
#   processors while they are replaced and put back; and one of a unit that calls one of another, and assembler code that calls others. Each is
#   the old one or the new one, and the module's TOC pointer is what it was. So it is with a second update of all of these functions upon the first
# - on POWER9: tracers and probes of the old function and of the new one, before the update, after it, and across the undo; no hook is
#   written nor taken back where a probe is; a task that sleeps inside is seen, also where a kretprobe or the function graph tracer has taken
#   return addresses; an update takes the place of another, and does not fit upon it; three updates are built upon each other, of one function and of
#   one that the first of them has added, undone from the top and in no other order, and one takes the place of all three
export KSPLICE_KERNEL=6.1-ppc64le
. "$(dirname "$0")/../../lib/kernel-test.sh"
update cmdline "$top/demo/cmdline.diff" --image="$image"
update panic "$here/../hooks-of-the-author/only-hooks.diff" --image="$image"
update later "$here/../module-that-comes-later/fix.diff" --image="$image"
update calls "$here/calls.diff" --image="$image"
update same "$tests/bench/same-length.diff"
update flock "$here/../task-sleeps-inside/fix.diff"
update first "$here/upon-first.diff"
patched_tree "$here/upon-first.diff"
# Where the kernel has a variable, the distances of this source do not tell any more.
in_turn create_from "$patched" --patch="$here/by-distance.diff" --id=distance -o "$work/none.tar.gz" --series >"$work/log" 2>&1 &&
	die "found by its distance"
grep -q 'fs/proc/version.o: second: found by its distance from another variable' "$work/log" || die "refused for another reason: $(cat "$work/log")"
update second "$here/upon-second.diff" --source="$patched"
patched_tree "$here/upon-first.diff" "$here/upon-second.diff"
update third "$here/upon-third.diff" --source="$patched"
patched_tree "$here/calls.diff"
update again "$here/calls-upon-calls.diff" --source="$patched"
guest_program park
kernel_modules calls
GUEST_TIMEOUT=400

for cpu in POWER10 POWER9 POWER8; do
	echo "$cpu"
	guest --cpu=$cpu --with-module=zram --with-module=lzo-rle <<'END'
before=$(cat /proc/cmdline)
has "before apply" "console=hvc0" "$before"
for i in 1 2; do
	apply cmdline
	is "after apply" "Livepatched kernel command line" "$(cat /proc/cmdline)"
	undo cmdline
	is "after undo" "$before" "$(cat /proc/cmdline)"
done

echo 5 >/proc/sys/kernel/panic
apply panic
is "a hook has set an exported variable" 33 "$(cat /proc/sys/kernel/panic)"
undo panic
is "and put it back" 5 "$(cat /proc/sys/kernel/panic)"

said()
{
	dmesg -c
}
said >/dev/null
modprobe zram
has "the module's own" "Added device: zram0" "$(said)"
# What is traced calls the tracer through stubs of the module.
cd /sys/kernel/tracing
echo ':mod:zram' >set_ftrace_filter
echo function >current_tracer
apply later
cat /sys/class/zram-control/hot_add >/dev/null
has "new code in the module" "Added spliced device: zram1" "$(said)"
has "traced as before" "zram_add <-" "$(cat trace)"
echo nop >current_tracer
cd /
is "and in the kernel" "$before spliced" "$(cat /proc/cmdline)"
rmmod zram || fail "a spliced module cannot be unloaded"
said >/dev/null
modprobe zram || fail "zram is not loaded"
has "loaded anew, it is spliced before its init function" "Added spliced device: zram0" "$(said)"
# It calls functions of the module, of another module, and of the kernel, and they return to it.
echo 1M >/sys/block/zram0/disksize
echo 1 >/sys/block/zram0/reset
cat /sys/class/zram-control/hot_add >/dev/null
echo 1 >/sys/class/zram-control/hot_remove
has "a new function calls old ones" "Removed spliced device: zram1" "$(said)"
undo later
rmmod zram || fail "zram cannot be unloaded after undo"
has "the module's own again" "Removed device: zram0" "$(said)"

P=/sys/module/calls/parameters
insmod /root/calls.ko activate=0x$(address_of irq_domain_activate_irq) add=0x$(address_of tnum_add) \
	version=0x$(address_of FSE_versionNumber) || fail "no module"
echo 1 >$P/busy
for i in 1 2; do
	is "before the update" old "$(cat $P/check)"
	apply calls
	is "with the update" new "$(cat $P/check)"
	[ $i = 1 ] || {
		apply again
		is "with another one upon it" new "$(cat $P/check)"
		undo again
		is "with the first again" new "$(cat $P/check)"
	}
	undo calls
	is "after undo" old "$(cat $P/check)"
done
echo 0 >$P/busy
has "from all sides" "^old=[1-9].* new=[1-9].* wrong=0 interrupts=[1-9][0-9]" "$(tee /dev/stderr <$P/calls)"

grep -q POWER9 /proc/cpuinfo || exit 0
T=/sys/kernel/tracing
spliced="Livepatched kernel command line"
entry=$(address_of cmdline_proc_show)
probes() { printf '%s\n' "$@" >$T/kprobe_events && echo 1 >$T/events/kprobes/enable || fail "no probe: $*"; }
no_probes() { echo 0 >$T/events/kprobes/enable; echo >$T/kprobe_events; }
# Without a filter, one that is on would trace all functions.
tracer() { echo nop >$T/current_tracer && echo "${2-}" >$T/set_ftrace_filter && echo "$1" >$T/current_tracer || fail "no tracer $1"; }
# seen TEXT WHAT...: the call that shows TEXT is in the trace, by all that is there.
seen()
{
	local text=$1 what

	shift
	echo >$T/trace
	is "with $*" "$text" "$(cat /proc/cmdline)"
	for what; do
		has "it is seen" "$what" "$(cat $T/trace)"
	done
}
at_entry="p:kprobes/before 0x$entry"
at_return="r:kprobes/behind 0x$entry"

for tracer in function function_graph; do
	tracer $tracer cmdline_proc_show
	probes "$at_entry" "$at_return"
	seen "$before" "before:" "behind:" "cmdline_proc_show( <-|\(\))"
	apply cmdline
	seen "$spliced" "before:" "behind:" "cmdline_proc_show( <-|\(\))"
	undo cmdline
	seen "$before" "before:" "behind:" "cmdline_proc_show( <-|\(\))"
	no_probes
	tracer nop
done
# Not all at once: of a function that the graph tracer traces, 6.1 loses a kretprobe that is set by the function's name (ftrace_graph_func()).
apply cmdline
tracer function_graph cmdline_proc_show
seen "$spliced" "cmdline_proc_show\(\) \{"
tracer function cmdline_proc_show
probes "$at_entry" "$at_return" "p:kprobes/new ksplice_cmdline_vmlinux:cmdline_proc_show" \
	"r:kprobes/newret ksplice_cmdline_vmlinux:cmdline_proc_show"
seen "$spliced" "before:" "behind:" "new:" "newret:" "cmdline_proc_show( \[ksplice_cmdline_vmlinux\])? <-"
undo cmdline
seen "$before" "before:" "behind:" "cmdline_proc_show <-"
no_probes
tracer nop

# The hook is behind the function's two entries and its ftrace entry.
hook="p:kprobes/hook 0x$(printf %x $((0x$entry + 16)))"
probes "$hook"
ends $REFUSED ksplice-apply /root/cmdline.tar.gz
has "the probe is named" "cmdline_proc_show: a kprobe is set inside of this function, at \+0x10" "$out"
is_gone cmdline
no_probes
apply cmdline
probes "$hook"
is "a probe upon the hook" "$spliced" "$(cat /proc/cmdline)"
ends $REFUSED ksplice-undo cmdline
is "it stays applied" applied "$(stage cmdline)"
no_probes

ends $NO_MATCH ksplice-apply /root/same.tar.gz
has "what is in the way, and what to do" "the code of update cmdline,.*--replace" "$(echo $out)"
is_gone same
ends 0 ksplice-apply --replace /root/same.tar.gz
has "another in its place" "console=hvc0.*	$" "$(cat /proc/cmdline)"
is_gone cmdline
undo same
is "the kernel's" "$before" "$(cat /proc/cmdline)"

shows() { is "$1" "$2" "$(cat /proc/cmdline)"; }
apply first
shows "the first" "first 1 of 1"
apply second
shows "the second, of a function that the first has added" "first, second 2 of 2"
apply third
shows "the third" "third, second 3 of 3"
is "it stands on both" "first second" "$(sort /sys/kernel/ksplice/third/depends | xargs)"
ends $REFUSED ksplice-undo first
has "it is named who is built upon it" "second|third" "$out"
ends $REFUSED ksplice-undo second
has "it is named who is built upon it" third "$out"
is "it stays applied" applied "$(stage first)"
undo third
shows "the second again" "first, second 4 of 4"
undo second
shows "the first again" "first 5 of 5"
apply second
apply third
shows "the third again" "third, second 6 of 6"
ends 0 ksplice-undo --all
shows "the kernel's own" "$before"
ends 0 ksplice-apply /root/first.tar.gz /root/second.tar.gz /root/third.tar.gz
shows "all in one stop" "third, second 1 of 1"
ends 0 ksplice-apply --replace /root/same.tar.gz
has "one in the place of all three" "console=hvc0.*	$" "$(cat /proc/cmdline)"
is_gone third
is_gone first
undo same
shows "the kernel's own" "$before"

sleeping() { for i in 1 2 3 4 5 6 7 8 9 10; do grep -q flock /proc/$1/wchan /proc/$1/stack && return; sleep 0.2; done; fail "$1 does not sleep"; }
busy()
{
	park /tmp/lock 1000 >/tmp/held & holder=$!
	while ! grep -q locked /tmp/held; do usleep 100000; done
	park /tmp/lock & waiter=$!
	sleeping $waiter
	ends $BUSY ksplice-$1 --retries=0 $2
	has "$3: the task is named, and the function" "park \(pid $waiter\) is in (locks_lock_inode_wait|flock_lock_inode_wait)" "$out"
	kill $holder
	wait $waiter || fail "$3: the waiting task did not get the lock"
	rm /tmp/held
}
probes 'r64:kprobes/away schedule'
busy apply /root/flock.tar.gz kretprobe
is_gone flock
apply flock
busy undo flock kretprobe
no_probes
tracer function_graph schedule
busy undo flock "function graph tracer"
tracer nop
busy undo flock "no tracer"
undo flock
END
done
