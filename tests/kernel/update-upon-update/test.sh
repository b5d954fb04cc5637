#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# TEST: the second update replaces a function that the first has replaced already; undo goes in the reverse order.
. "$(dirname "$0")/../../lib/kernel-test.sh"
update one "$here/first.diff"
patched_tree "$here/first.diff"
update two "$here/second.diff" --source="$patched"
guest_program peek

guest <<'END'
boot=$(cat /proc/cmdline)
before=$(checksum cmdline_proc_show 64)
ksplice-apply /root/two.tar.gz >/tmp/out 2>&1 && fail "the second fits without the first"
has "which is no match" "cmdline_proc_show" "$(cat /tmp/out)"
is_gone two
is "nothing has changed" "$boot" "$(cat /proc/cmdline)"

apply one
is "the first" "Livepatched kernel command line" "$(cat /proc/cmdline)"
apply two
is "the second upon it" "Livepatched twice: $boot" "$(cat /proc/cmdline)"
is "it stands on the first" one "$(cat /sys/kernel/ksplice/two/depends)"
ends $REFUSED ksplice-undo one
has "the first cannot go before the second, which is named" two "$out"
is "the reason" depends "$(cat /sys/kernel/ksplice/one/abort_cause)"
is "and which it is" update=two "$(cat /sys/kernel/ksplice/one/abort_detail)"
is "nothing has changed" "Livepatched twice: $boot" "$(cat /proc/cmdline)"
undo two
is "the first again" "Livepatched kernel command line" "$(cat /proc/cmdline)"
apply two
is "the second again" "Livepatched twice: $boot" "$(cat /proc/cmdline)"
ends 0 ksplice-undo --all
is_gone one
is_gone two
is "the original" "$boot" "$(cat /proc/cmdline)"
is "every byte is what it was" "$before" "$(checksum cmdline_proc_show 64)"
END
