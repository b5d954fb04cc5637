#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# TEST: a function with jump labels, a static call, alternatives and a new WARN, which tells the right file and line.
. "$(dirname "$0")/../../lib/kernel-test.sh"
update sites "$here/fix.diff"
patched_tree "$here/fix.diff"
awk '/WARN_ON_ONCE.*warn-me/ { print NR }' "$patched/fs/proc/task_mmu.c" >"$work/line"

# Its tables have an entry for each site of the one function that is carried, and no other.
tar -xzOf "$work/sites.tar.gz" --wildcards '*/ksplice_sites_vmlinux.ko' >"$work/code.ko" || die "no code module"
objdump -dr -j .text.smaps_pte_range "$work/code.ko" >"$work/code" || die "objdump cannot read it"
# objtool has the calls of __fentry__ in a table of their own.
grep -A1 -E '\scall +[0-9a-f]' "$work/code" | grep R_X86_64_ | grep -v :__fentry__ >"$work/calls"
# entries TABLE BYTES PATTERN [FILE]: of that size, as many as the code (or FILE) has lines like this
entries()
{
	local size

	size=$(objdump -h "$work/code.ko" | awk -v name="$1" '$2 == name { print $3 }')
	[ $((16#${size:-0})) = $(($(grep -cE "$3" "$work/${4:-code}") * $2)) ] || die "$1 has $((16#${size:-0})) bytes, $2 for each of $3"
}
entries .return_sites 4 'R_X86_64_.*:__x86_return_thunk'
entries __bug_table 12 '\sud2'
[ "$KSPLICE_KERNEL" = 6.1 ] || entries .call_sites 4 R_X86_64_ calls

guest --add="$work/line" <<'END'
line=$(cat /root/line)
# How many mappings of this shell are said to have huge pages: none can have any.
huge() { grep -c 'Private_Hugetlb: *[1-9]' /proc/$$/smaps; }
is before 0 "$(huge)"
apply sites
[ "$(huge)" -gt 3 ] || fail "smaps is as before"
has "the count is per table" "Private_Hugetlb: *4 kB" "$(cat /proc/$$/smaps)"
has "pages are still found" "^Rss: *[1-9][0-9]* kB" "$(cat /proc/$$/smaps)"
has_not "no warning without cause" "smaps_pte_range" "$(dmesg)"

# A jump label of the function may change its state while it is spliced: the tracepoint's key and the original's.
echo 1 >/sys/kernel/tracing/events/mmap_lock/enable
cat /proc/$$/smaps >/dev/null
echo 0 >/sys/kernel/tracing/events/mmap_lock/enable

vm-expect "WARNING: .* at fs/proc/task_mmu.c:$line smaps_pte_range"
printf '#!/bin/sh\nwhile read -r x; do :; done </proc/self/smaps\n' >/tmp/warn-me
chmod +x /tmp/warn-me
/tmp/warn-me
has "the warning names file and line" "WARNING: CPU: .* at fs/proc/task_mmu.c:$line smaps_pte_range\+0x" "$(dmesg)"
/tmp/warn-me
is "once" 1 "$(dmesg | grep -c 'WARNING: CPU: .*smaps_pte_range')"
undo sites
is "after undo" 0 "$(huge)"
END
