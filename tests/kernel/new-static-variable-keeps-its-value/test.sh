#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# TEST: new code brings a string and a static variable; the variable keeps its value from call to call.
. "$(dirname "$0")/../../lib/kernel-test.sh"
update counter "$here/fix.diff"

guest <<'END'
is "one line before" 1 "$(wc -l </proc/loadavg)"
apply counter
for i in 1 2 3 4; do
	is "read $i" "read $i times since it was spliced" "$(sed -n 2p /proc/loadavg)"
done
has "the first line is that of before" "^[0-9.]+ [0-9.]+ [0-9.]+ [0-9]+/[0-9]+ [0-9]+$" "$(sed -n 1p /proc/loadavg)"
undo counter
is "one line after undo" 1 "$(wc -l </proc/loadavg)"
apply counter
is "new data begins anew" "read 1 times since it was spliced" "$(sed -n 2p /proc/loadavg)"
undo counter
END
