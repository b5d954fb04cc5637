#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# TEST: new code takes the address of a function whose ENDBR the kernel has removed, as nothing points to it: refused, and
# what is advised then works. (The stock 6.1 is not built for IBT.)
export KSPLICE_KERNEL=6.12
. "$(dirname "$0")/../../lib/kernel-test.sh"
update pointer "$here/pointer.diff"
update called "$here/called.diff"
guest_program peek

guest <<'END'
is "sealed" 660f1f00 "$(peek "$(address_of proc_fill_cache)" 4 | hexdump -e '4/1 "%02x"')"
boot=$(cat /proc/cmdline)
ends $NO_MATCH ksplice-apply /root/pointer.tar.gz
has "the function is named" "proc_fill_cache" "$out"
has "and what to do" "a new function that calls it" "$out"
is_gone pointer
is "nothing has changed" "$boot" "$(cat /proc/cmdline)"

apply called
has "the pointer is to new code" "fill_cache \[ksplice_called_vmlinux\]" "$(cat /proc/cmdline)"
undo called
is "after undo" "$boot" "$(cat /proc/cmdline)"
END
