#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# TEST: on a stock kernel for ppc64le, with the radix MMU (POWER9) and with the hash MMU (POWER8), /proc/cmdline is what the kernel shows
# before, what the update says after apply, and the kernel's again after undo.
export KSPLICE_KERNEL=6.1-ppc64le
. "$(dirname "$0")/../../lib/kernel-test.sh"
update cmdline "$top/demo/cmdline.diff" --image="$image"

for cpu in POWER9 POWER8; do
	guest --cpu=$cpu <<'END'
before=$(cat /proc/cmdline)
has "before apply" "console=hvc0" "$before"
for i in 1 2; do
	apply cmdline
	is "after apply" "Livepatched kernel command line" "$(cat /proc/cmdline)"
	undo cmdline
	is "after undo" "$before" "$(cat /proc/cmdline)"
done
END
done
