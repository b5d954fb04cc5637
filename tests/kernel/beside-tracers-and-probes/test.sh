#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# TEST: tracers and probes on a replaced function and on its replacement: the function tracer, the function graph tracer, a kprobe and a
# kretprobe, an fprobe where the kernel has them, before the update is applied, after it, and across undo; probes inside: in a
# function beside the replaced one they are looked through, plain and optimised, inside of the replaced one they are a refusal in both directions,
# and in the replacement they go with it; jump labels and static calls are changed in both. docs/beside.md says what is to be expected. (On one CPU: see probes-and-tracers.)
. "$(dirname "$0")/../../lib/kernel-test.sh"
update first "$top/demo/cmdline.diff"
update flock "$tests/kernel/task-sleeps-inside/fix.diff"
update sites "$tests/kernel/function-with-every-kind-of-site/fix.diff"
guest_program peek

guest --cpus=1 <<'END'
T=/sys/kernel/tracing
boot=$(cat /proc/cmdline) spliced="Livepatched kernel command line"
entry=$(address_of cmdline_proc_show)
shows_boot() { is "$1" "$boot" "$(cat /proc/cmdline)"; }
shows_new() { is "$1" "$spliced" "$(cat /proc/cmdline)"; }
# The address of a symbol of the update's code: new_address UPDATE SYMBOL
new_address() { awk -v name="$2" -v module="[ksplice_$1_vmlinux]" '$3 == name && $4 == module { print $1; exit }' /proc/kallsyms; }

# seen WHAT COMMAND: the call that COMMAND makes is in the trace, by the event or function $sees.
seen()
{
	echo >$T/trace
	$2 "$1"
	has "$1: it is seen" "$sees" "$(cat $T/trace)"
}

event() { echo "$1" >>$T/$2 && echo 1 >$T/events/beside/enable || fail "no event $1"; sees=$3; }
no_event() { echo 0 >$T/events/beside/enable; echo >$T/kprobe_events; [ ! -e $T/dynamic_events ] || echo >$T/dynamic_events; }
tracer() { echo cmdline_proc_show >$T/set_ftrace_filter && echo $1 >$T/current_tracer || fail "no tracer $1"; sees=cmdline_proc_show; }
no_tracer() { echo nop >$T/current_tracer; echo >$T/set_ftrace_filter; }

function_tracer() { tracer function; }
graph_tracer() { tracer function_graph; }
kprobe() { event "p:beside/entry 0x$entry" kprobe_events " entry: "; }
kretprobe() { event "r:beside/return 0x$entry" kprobe_events " return: "; }
fprobe() { event "f:beside/enter cmdline_proc_show" dynamic_events " enter: "; }
fprobe_exit() { event "f:beside/leave cmdline_proc_show%return" dynamic_events " leave: "; }

beside()
{
	local who=$1 add=$2 remove=$3

	$add
	seen "$who, before" shows_boot
	apply first
	seen "$who, then the update" shows_new
	undo first
	seen "$who, and after undo" shows_boot
	$remove
	apply first
	$add
	seen "the update, then $who" shows_new
	undo first
	seen "the update, $who, undo" shows_boot
	$remove
	shows_boot "$who has gone"
}

beside "function tracer" function_tracer no_tracer
beside "function graph tracer" graph_tracer no_tracer
beside kprobe kprobe no_event
beside kretprobe kretprobe no_event
if grep -q 'f\[:' $T/README; then
	beside fprobe fprobe no_event
	beside "fprobe at exit" fprobe_exit no_event
else
	case $(uname -r) in 6.1.*) ;; *) fail "this kernel should have fprobe events" ;; esac
fi

# All at once.
function_tracer
kprobe
kretprobe
apply first
sees=' return: '
seen "all at once" shows_new
undo first
seen "all at once, undone" shows_boot
no_event
no_tracer

# By name, a probe is ambiguous while the new function is there, too: the kernel says so, and what it takes instead.
apply first
echo "p:beside/byname cmdline_proc_show" >$T/kprobe_events 2>/dev/null && fail "a probe by an ambiguous name"
has "the kernel says why" "not unique|Invalid probed address|ambig|unique" "$(cat $T/error_log)"
text=$(address_of _text)
event "p:beside/entry _text+$((0x$entry - 0x$text))" kprobe_events " entry: "
seen "as perf probe does it" shows_new
event "p:beside/fresh ksplice_first_vmlinux:cmdline_proc_show" kprobe_events " fresh: "
seen "a probe at the entry of the new function" shows_new
event "r:beside/back ksplice_first_vmlinux:cmdline_proc_show" kprobe_events " back: "
seen "a kretprobe of the new function" shows_new
sees='cmdline_proc_show'
echo 'cmdline_proc_show:mod:ksplice_first_vmlinux' >$T/set_ftrace_filter && echo function >$T/current_tracer || fail "no tracer"
seen "a tracer of the new function" shows_new
# Undone beneath all of them: the probe of the old function stays, the others are gone with the module.
undo first
sees=' entry: '
seen "undone beneath probes and tracers of the new function" shows_boot
has_not "nothing of the new one" "fresh|back" "$(cat $T/trace)"
no_event
no_tracer

mount -t debugfs none /sys/kernel/debug 2>/dev/null
where() { grep -v FTRACE /sys/kernel/debug/kprobes/list; }
optimised() { for i in 1 2 3 4 5 6; do where | grep -q OPTIMIZED && return; sleep 0.1; done; return 1; }
# Sets a probe at an instruction of a function, at least FROM bytes behind its start; one that is optimised, or one that is not: inside ADDRESS FROM
inside()
{
	local at=$2

	while [ $at -lt 100 ]; do
		if echo "p:beside/inside 0x$(printf %x $((0x$1 + at)))" >$T/kprobe_events 2>/dev/null && echo 1 >$T/events/beside/enable; then
			[ $optimise = 1 ] || break
			optimised && break
			no_event
		fi
		at=$((at + 1))
	done
	echo "    | $(where)"
	has "a probe inside, optimised: $optimise" "[0-9a-f]{16}" "$(where)"
	[ $optimise = 1 ] || has_not "not optimised" OPTIMIZED "$(where)"
	sees=' inside: '
}

# Of the unit that flock changes, a function that stays as it is: its probes are no difference.
for optimise in 0 1; do
	echo $optimise >/proc/sys/debug/kprobes-optimization
	inside $(address_of posix_lock_inode) 12
	apply flock
	undo flock
	no_event

	inside $entry 12
	ends $REFUSED ksplice-apply /root/first.tar.gz
	has "the function and the probe are named" "cmdline_proc_show: a kprobe is set inside of this function, at \+0x" "$out"
	is_gone first
	shows_boot "refused"
	no_event
	# One that comes later is never hit, and may be where an instruction of the old function's is not at its beginning.
	apply first
	inside $entry 12
	shows_new "a probe inside of the old function"
	has_not "which does not run" " inside: " "$(cat $T/trace)"
	ends $REFUSED ksplice-undo first
	has "the function and the probe are named" "cmdline_proc_show: a kprobe is set inside of this function, at \+0x" "$out"
	is "it stays applied" applied "$(stage first)"
	echo 0 >$T/events/beside/enable
	ends $REFUSED ksplice-undo first
	no_event
	undo first
	# In the new function it is like any other, and goes with it.
	apply first
	inside $(new_address first cmdline_proc_show) 5
	seen "a probe inside of the new function" shows_new
	undo first
	shows_boot "undone beneath it"
	no_event
done
shows_boot "at the end"

# smaps_pte_range() has a static call (cond_resched(), which the scheduler's preemption mode changes) and a tracepoint's jump label.
# The new one says of each table of pages that it has a huge one.
huge() { grep -c 'Private_Hugetlb: *[1-9]' /proc/$$/smaps; }
changed()
{
	echo $1 >/sys/kernel/debug/sched/preempt || fail "no preemption mode $1"
	has "preemption mode $1" "\($1\)" "$(cat /sys/kernel/debug/sched/preempt)"
	echo $2 >$T/events/mmap_lock/enable
}
old_smaps() { is "$1: the old function" 0 "$(huge)"; }
new_smaps() { [ "$(huge)" -gt 3 ] || fail "$1: smaps is as before"; echo "ok: $1: the new function"; }
for mode in full none voluntary; do
	changed $mode 0
	old_smaps $mode
	apply sites
	new_smaps $mode
	for other in none full voluntary; do
		changed $other 1
		new_smaps "$mode, $other"
		changed $other 0
		new_smaps "$mode, $other"
	done
	undo sites
	old_smaps "$mode, undone"
done
END
