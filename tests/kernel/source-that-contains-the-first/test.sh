#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# TEST: a source that contains the first update: made with --series and the image, the second changes a function that the first has
# brought, and goes on with its static variable and its shadow variables.
. "$(dirname "$0")/../../lib/kernel-test.sh"
eval "$("$lib/packages" kernel dbg)" || die "no vmlinux with symbols"
update first "$here/first.diff" --image="$vmlinux"
patched_tree "$here/first.diff"

second()
{
	in_turn create_from "$patched" --patch="$here/second.diff" --id=second --image="$vmlinux" -o "$work/second.tar.gz" "$@" >"$work/log" 2>&1
}

# The image has nothing of the first.
second && die "fits the image without --series"
grep -q 'fs/proc/cmdline.o: ' "$work/log" || die "refused for another reason: $(cat "$work/log")"
[ ! -e "$work/second.tar.gz" ] || die "made all the same"
second --series || die "not made with --series: $(cat "$work/log")"
grep -q 'note: fs/proc/cmdline.o: cmdline_proc_show: not as in the image; that must be because of an update which is in force' \
	"$work/log" || die "does not say what the image has not: $(cat "$work/log")"

guest <<'END'
boot=$(cat /proc/cmdline)
ksplice-apply /root/second.tar.gz >/tmp/out 2>&1 && fail "the second fits without the first"
is_gone second
apply first
is "the first" "reads 1 mine 1 $boot" "$(cat /proc/cmdline)"
apply second
is "the second goes on with what the first has counted" "READS 2 MINE 2 $boot" "$(cat /proc/cmdline)"
is "it stands on the first" first "$(cat /sys/kernel/ksplice/second/depends)"
is "only what it changes is replaced" "target=vmlinux unit=fs/proc/cmdline.o function=show_reads" \
	"$(cat /sys/kernel/ksplice/second/splices)"
undo second
is "so does the first after it" "reads 3 mine 3 $boot" "$(cat /proc/cmdline)"
apply second
is "and the second again" "READS 4 MINE 4 $boot" "$(cat /proc/cmdline)"
ends 0 ksplice-undo --all
is_gone first
is "the original" "$boot" "$(cat /proc/cmdline)"
END
