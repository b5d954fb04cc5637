#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# TEST: code matches and is replaced where branches lead through thunks that the kernel has made for a mitigation: with ITS
# in any page of module space, with call depth tracking (since 6.2) in the padding before a function.
. "$(dirname "$0")/../../lib/kernel-test.sh"
update sites "$here/../function-with-every-kind-of-site/fix.diff"
update flock "$here/../task-sleeps-inside/fix.diff"
guest_program park

# spliced RUN-IN-VM-OPTION...: with these, and after what standard input says, all works.
spliced()
{
	cat - "$here/in-guest" | guest "$@"
}

# QEMU emulates no CPU that has IBRS, which is what decides for ITS thunks; but it can be told to say so.
cpu=max expect=()
if [ "$KSPLICE_KERNEL" != 6.1 ]; then
	cpu=max,-cx16
	# The stock kernel warns of what it does itself, when a module with two such thunks is loaded (its_allocate_thunk()).
	expect=(--expect='WARNING: .* __change_page_attr_set_clr')
fi
spliced "${expect[@]}" --cpu=$cpu,vendor=GenuineIntel,+spec-ctrl,x-force-features=on --append=spectre_v2=ibrs \
	--append=indirect_target_selection=force <<'END'
has ITS "Aligned branch/return thunks" "$(cat /sys/devices/system/cpu/vulnerabilities/indirect_target_selection)"
END
[ "$KSPLICE_KERNEL" != 6.1 ] || exit 0
# Without slub_debug the stock kernel itself does not come up: its cmpxchg16b by hand, as the guest has none, returns through
# a thunk that changes the flags.
spliced --append=spectre_v2=retpoline --append=retbleed=force,stuff --append=slub_debug=F <<'END'
has "call depth" "Mitigation: Stuffing" "$(cat /sys/devices/system/cpu/vulnerabilities/retbleed)"
END
