#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# TEST: the changed function has no code of its own: gcc put it into its callers, which all must be replaced.
. "$(dirname "$0")/../../lib/kernel-test.sh"
update inlined "$here/fix.diff"

guest --module=loop <<'END'
is "the function is nowhere in the kernel" 0 "$(grep -c ' queue_var_show$' /proc/kallsyms)"
cd /sys/block/loop0/queue
files="nr_requests read_ahead_kb max_sectors_kb logical_block_size max_segments dma_alignment"
before=$(cat $files)
has_not before units "$before"
apply inlined
is "after apply" "$(printf '%s\n' "$before" | sed 's/$/ units/')" "$(cat $files)"
has_not "what does not use it is as before" units "$(cat scheduler write_cache)"
undo inlined
is "after undo" "$before" "$(cat $files)"
END
