#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# TEST: the diff removes the strong one of two functions: who called it comes to the weak one, which no name in the kernel leads to.
. "$(dirname "$0")/../../lib/kernel-test.sh"
update weak "$here/fix.diff"

guest <<'END'
lines()
{
	grep ^DirectMap /proc/meminfo
}
has "before" "^DirectMap4k: +[0-9]+ kB$" "$(lines)"
apply weak
is "the weak one" "DirectMap:      not told" "$(lines)"
undo weak
has "after undo" "^DirectMap4k: +[0-9]+ kB$" "$(lines)"
END
