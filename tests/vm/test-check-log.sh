#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# check-log on messages as kernels print them: each kind of complaint is seen, what is none is not.
set -u
here=$(dirname "$(readlink -f "$0")")
log=$(mktemp) || exit 1
trap 'rm -f "$log"' EXIT
failed=0

# check NAME STATUS REGEX [ANNOUNCED...] with the log on standard input; its output, "~" for newline, matches the regex
check()
{
	local name=$1 status=$2 regex=$3 out got

	shift 3
	cat >"$log"
	out=$("$here/check-log" "$log" "$@")
	got=$?
	if [ $got = "$status" ] && tr '\n' '~' <<<"$out" | grep -qE -- "$regex"; then
		echo "ok   $name"
	else
		echo "FAIL $name: status $got, output: $out"
		failed=1
	fi
}

warn='[    3.1] ------------[ cut here ]------------
[    3.1] WARNING: CPU: 1 PID: 77 at fs/proc/x.c:12 f+0x1/0x2 [m]
[    3.1] Modules linked in: m(OE)
[    3.1] CPU: 1 PID: 77 Comm: cat Tainted: G           OE      6.1.0 #1
[    3.1] RIP: 0010:f+0x1/0x2 [m]
[    3.1] Call Trace:
[    3.1]  <TASK>
[    3.1]  g+0x1/0x2
[    3.1]  </TASK>
[    3.1] ---[ end trace 0000000000000000 ]---'

check quiet 0 '^~$' <<<'[    1.0] mtrr: your CPUs had inconsistent fixed MTRR settings
[    1.1] Unstable clock detected, switching default tracing clock to "global"
[    2.0] ksplice: loading out-of-tree module taints kernel.
[    2.1] ksplice: module verification failed: signature and/or required key missing - tainting kernel
[    2.2] audit: debug warning about nothing
[    2.3] kmemleak: Kernel memory leak detector initialized (mem pool available: 13820)
[    2.4] kmemleak: Automatic memory scanning thread started
[    3.0] reboot: Power down'
check empty 0 '^~$' </dev/null
check warn 1 'not announce it:~.*x.c:12' <<<"$warn"
check warn-announced 0 '^~$' 'at fs/proc/x\.c:12 f\+' <<<"$warn"
check warn-announced-by-guest 0 '^~$' <<<"[    2.0] vm-expect: WARNING: .*x\.c:12
$warn"
check announced-after 1 'did not announce it:.*never complained' <<<"$warn
[    4.0] vm-expect: WARNING: .*x\.c:12"
check other-line-announced 1 'did not announce it:.*never complained so: x.c:13' 'x.c:13' <<<"$warn"
check second-of-two 1 'announce it:~ *\[    5.0\] BUG: kernel NULL' 'x\.c:12' <<<"$warn
[    5.0] BUG: kernel NULL pointer dereference, address: 0000000000000000
[    5.0] #PF: supervisor read access in kernel mode
[    5.0] Oops: 0000 [#1] PREEMPT SMP NOPTI
[    5.0] ---[ end trace 0000000000000000 ]---"
check two-right-behind-each-other 1 'y.c:1' 'x\.c:12' <<<"$warn
${warn//x.c:12/y.c:1}"
check no-end 1 'announce it:~.*x.c:12' <<<"${warn%$'\n'*}"
for line in \
	'general protection fault, probably for non-canonical address 0xdead: 0000 [#1] PREEMPT SMP' \
	'Oops: 0002 [#1] PREEMPT SMP NOPTI' \
	'Kernel panic - not syncing: Fatal exception' \
	'kernel BUG at mm/slub.c:1!' \
	'INFO: task cat:123 blocked for more than 120 seconds.' \
	'rcu: INFO: rcu_preempt self-detected stall on CPU' \
	'watchdog: BUG: soft lockup - CPU#0 stuck for 22s! [cat:123]' \
	'WARNING: possible circular locking dependency detected' \
	'WARNING: suspicious RCU usage' \
	'BUG: sleeping function called from invalid context at mm/slab.h:1' \
	'BUG: scheduling while atomic: cat/1/0x2' \
	'list_del corruption. prev->next should be ffff, but was ffff' \
	'refcount_t: underflow; use-after-free.' \
	'traps: PANIC: double fault, error_code: 0x0' \
	'unchecked MSR access error: WRMSR to 0x1' \
	'BUG: unable to handle page fault for address: ffffffffc0000000' \
	'BUG: KASAN: slab-out-of-bounds in read_at+0xe/0x20 [complain]' \
	'BUG: KASAN: vmalloc-out-of-bounds in read_at+0xe/0x20 [complain]' \
	'WARNING: lock held when returning to user space!' \
	'kmemleak: 1 new suspected memory leaks (see /sys/kernel/debug/kmemleak)' \
	'kmemleak: Cannot insert 0xffff888003a6d000 into the object search tree (overlaps existing)' \
	'Kernel attempted to read user page (0) - exploit attempt? (uid: 0)' \
	'jump_label: Fatal kernel bug, unexpected op at f+0x1/0x2' \
	'Call Trace:'; do
	check "${line:0:40}" 1 'did not announce' <<<"[    3.0] $line"
	check "${line:0:30}, after one that is announced" 1 'did not announce' 'x\.c:12' <<<"$warn
[    4.0] $line"
done
check announced-but-absent 1 'never complained so: never' never <<<'[    1.0] fine'
exit $failed
