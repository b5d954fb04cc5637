#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# TEST: what a single tracer traces calls that tracer's own copy of ftrace_caller: it matches, is replaced and put back, and goes on being
# traced; with the tracer on that function alone, on all functions, and turned on in between.
# (On one CPU: see probes-and-tracers.)
. "$(dirname "$0")/../../lib/kernel-test.sh"
update first "$top/demo/cmdline.diff"

guest --cpus=1 <<'END'
T=/sys/kernel/tracing
traced() { grep -q 'cmdline_proc_show' $T/trace || fail "$1: not traced"; echo >$T/trace; }
switched()
{
	apply first
	is "$1: the new function runs" "Livepatched kernel command line" "$(cat /proc/cmdline)"
	[ "$2" = no ] || traced "$1, new"
	undo first
	is "$1: the old function runs" "$boot" "$(cat /proc/cmdline)"
	[ "$2" = no ] || traced "$1, old"
}

boot=$(cat /proc/cmdline)
echo cmdline_proc_show >$T/set_ftrace_filter
echo function >$T/current_tracer
is "before" "$boot" "$(cat /proc/cmdline)"
traced before
switched "that function alone" yes
echo >$T/set_ftrace_filter
# The buffer of all that is traced holds a part of a second.
switched "all functions" no

echo nop >$T/current_tracer
apply first
echo cmdline_proc_show >$T/set_ftrace_filter
echo function >$T/current_tracer
is "turned on in between" "Livepatched kernel command line" "$(cat /proc/cmdline)"
traced "turned on in between"
undo first
is "and after undo" "$boot" "$(cat /proc/cmdline)"
traced "and after undo"
echo nop >$T/current_tracer
END
