#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# TEST: ksplice-apply --replace is killed before each system call that changes anything: the old update is in force or the new one,
# and never neither; the next run goes on, and what was prepared and not applied cannot be applied beside the old one.
# On one kernel, as the tools and the core do the same on each; by hand on any.
export KSPLICE_KERNEL=${KSPLICE_KERNEL:-6.1}
. "$(dirname "$0")/../../lib/kernel-test.sh"
update one "$here/../update-upon-update/first.diff"
update cum "$here/../replaced-by-a-cumulative-one/cumulative.diff"
guest_program kill-at
guest_program never
GUEST_TIMEOUT=900

# Every moment with KSPLICE_KILL_STEP=1; for want of time, some.
{ echo "step=${KSPLICE_KILL_STEP:-3}"; cat <<'END'; } | guest
read -r boot </proc/cmdline
first="Livepatched kernel command line" all="Livepatched with all that there is"
# ok COMMAND...: it succeeds.
ok() { "$@" >/tmp/out 2>&1 || fail "$*: $(cat /tmp/out)"; }

ok ksplice-apply /root/one.tar.gz
never /proc/cmdline "$boot" /tmp/enough >/tmp/seen & watcher=$!
moment=1 prepared=0
while kill-at $moment ksplice-apply --replace /root/cum.tar.gz >/tmp/kill 2>/tmp/kill.err; do
	grep killed /tmp/kill
	read -r now </proc/cmdline
	[ "$now" = "$first" ] || [ "$now" = "$all" ] || fail "neither the old nor the new one: $now"
	ok ksplice-view
	if [ "$now" = "$first" ] && grep -q '^ksplice_cum_vmlinux .* Live ' /proc/modules &&
	   ! grep -q '^ksplice_cum_vmlinux_match ' /proc/modules; then
		prepared=$((prepared + 1))
		echo applied >/sys/kernel/ksplice/cum/stage 2>/dev/null && fail "applied beside the old one"
		is "and why not" "replaces update=one" "$(cat /sys/kernel/ksplice/cum/abort_cause /sys/kernel/ksplice/cum/abort_detail | xargs)"
	fi
	ok ksplice-apply --replace /root/cum.tar.gz
	is "the new one" "$all" "$(cat /proc/cmdline)"
	is_gone one
	ok ksplice-apply --replace /root/one.tar.gz
	is "the old one" "$first" "$(cat /proc/cmdline)"
	is_gone cum
	moment=$((moment + step))
done
is "it was not killed in the end" "" "$(cat /tmp/kill /tmp/kill.err | grep -E 'killed|kill-at')"
is "the new one" "$all" "$(cat /proc/cmdline)"
[ $moment -gt 10 ] || fail "only $moment moments: they are not seen"
[ $prepared -gt 0 ] || fail "it was never killed before its last step"
touch /tmp/enough
wait $watcher || fail "the unfixed function ran: $(cat /tmp/seen)"
ok ksplice-undo --all
is "the original" "$boot" "$(cat /proc/cmdline)"
END
