#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# TEST: a system call that was interrupted will go on in a function of the new code: on no stack is anything of it, and undo gives up all the
# same, and says who; when the task has gone on, it succeeds. One that will go on in the kernel's own function is in nobody's way.
# On one kernel, for want of time; by hand on any.
export KSPLICE_KERNEL=${KSPLICE_KERNEL:-6.1}
. "$(dirname "$0")/../../lib/kernel-test.sh"
update restart "$here/fix.diff"
guest_program call

guest <<'END'
soon() { for i in $(seq 100); do "$@" && return; usleep 100000; done; fail "never: $*"; }
state() { soon grep -q "^State:	$2" /proc/$1/status; }
# A task in poll(NULL, 0, -1), which is stopped there and so has left the system call; sets $poller.
stopped_poll()
{
	call 64 7 & poller=$!
	soon grep -q do_sys_poll /proc/$poller/stack
	kill -STOP $poller
	state $poller T
	has_not "it has left poll" "poll" "$(cat /proc/$poller/stack)"
}

stopped_poll
before=$poller
apply restart
ends 0 ksplice-undo restart
kill -KILL $before
apply restart
stopped_poll
ends $BUSY ksplice-undo --retries=0 restart
has "the task is named" "pid $poller\)" "$out"
has "and where it would go on" "do_restart_poll_later" "$out"
is "it is the only one" 1 "$(wc -l </sys/kernel/ksplice/restart/conflicts)"
is "the update is applied" applied "$(stage restart)"
# It goes on, and is stopped again: then it will go on in the kernel's own function.
kill -CONT $poller
soon grep -q do_restart_poll /proc/$poller/stack
kill -STOP $poller
state $poller T
undo restart
kill -CONT $poller
soon grep -q do_restart_poll /proc/$poller/stack
kill -KILL $poller
END
