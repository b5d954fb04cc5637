#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# TEST: system calls: one whose body gcc puts into its wrappers for both ABIs (umask), one without arguments, of which these are other
# names (getppid), and one that only the 32-bit ABI has (the compat one of sysinfo); 64-bit programs see nothing of that.
. "$(dirname "$0")/../../lib/kernel-test.sh"
update calls "$here/fix.diff"
guest_program call

guest <<'END'
umask 027
old()
{
	is "$1: umask" 23 "$(call 64 95 -1)"
	is "$1: umask, 32 bits" 23 "$(call 32 60 -1)"
	is "$1: parent" $$ "$(call 64 110)"
	is "$1: parent, 32 bits" $$ "$(call 32 64)"
	has "$1: 32-bit sysinfo" "^0 [0-9]{2,3}$" "$(call 32 116 at 40)"
	has "$1: 64-bit sysinfo" "^0 [0-9]{2,3}$" "$(call 64 99 at 80)"
}
old before
apply calls
has "a function each" "unit=kernel/sys.o function=__x64_sys_umask$" "$(cat /sys/kernel/ksplice/calls/splices)"
is "umask asks only" $((01027)) "$(call 64 95 -1)"
is "umask asks only, 32 bits" $((01027)) "$(call 32 60 -1)"
is "umask sets" 23 "$(call 64 95 0)"
is "umask sets, 32 bits" 23 "$(call 32 60 0)"
is "parent" $((100000 + $$)) "$(call 64 110)"
is "parent, 32 bits" $((100000 + $$)) "$(call 32 64)"
is "32-bit sysinfo" "0 12345" "$(call 32 116 at 40)"
has "64-bit sysinfo is as it was" "^0 [0-9]{2,3}$" "$(call 64 99 at 80)"
undo calls
old after
END
