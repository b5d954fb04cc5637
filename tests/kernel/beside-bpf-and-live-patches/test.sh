#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# TEST: BPF at entry and exit, a direct call of ftrace's, a kprobe with a post_handler and a live patch of the kernel's, on a function that
# is hooked behind its ftrace entry (cmdline_proc_show) and on one that is hooked through ftrace (random_read_iter): before the update is
# applied, after it, and across undo. docs/beside.md says what is to be expected. (On one CPU: see probes-and-tracers.)
. "$(dirname "$0")/../../lib/kernel-test.sh"
update first "$top/demo/cmdline.diff"
update one "$tests/kernel/update-upon-update/first.diff"
patched_tree "$tests/kernel/update-upon-update/first.diff"
update two "$tests/kernel/update-upon-update/second.diff" --source="$patched"
update zeros "$here/../hook-where-the-kernel-writes/first.diff"
kernel_modules direct livepatch
guest_program fentry
guest_program peek

guest --cpus=1 <<'END'
new="Livepatched kernel command line" patched="kernel live patch"
boot=$(cat /proc/cmdline)
shows() { is "$1" "$2" "$(cat /proc/cmdline)"; }
# Seven bytes of /dev/random are zeros in the new function.
old_random() { has_not "$1: the old random_read_iter runs" "^0*$" "$(dd if=/dev/random bs=7 count=1 2>/dev/null | hexdump -v -e '/1 "%02x"')"; }
new_random() { has "$1: the new random_read_iter runs" "^0{14}$" "$(dd if=/dev/random bs=7 count=1 2>/dev/null | hexdump -v -e '/1 "%02x"')"; }

# counted WHAT COMMAND COUNTER...: COMMAND makes a call, and each counter ("fentry count NAME") counts one.
counts() { for counter in $counters; do case $counter in direct) cat /sys/module/direct/parameters/calls ;; *) fentry count "$counter" ;; esac; done | xargs; }
counted()
{
	local what=$1 expected='' n

	shift
	for n in $(counts); do expected="$expected $((n + 1))"; done
	has "$what: there are counters" "[0-9]" "$expected"
	"$@" "$what"
	is "$what: $counters count the call" "${expected# }" "$(counts)"
}
shows_new() { shows "$1" "$new"; }
shows_boot() { shows "$1" "$boot"; }

# beside WHAT ADD REMOVE ID OLD NEW: what ADD puts at the entry counts before, with and after the update, and if it comes in between.
beside()
{
	local who=$1 add=$2 remove=$3 id=$4 original=$5 replaced=$6

	$add
	counted "$who, before" $original
	apply $id
	counted "$who, then the update" $replaced
	undo $id
	counted "$who, and after undo" $original
	$remove
	$original "$who has gone"
	apply $id
	$add
	counted "the update, then $who" $replaced
	$remove
	$replaced "$who comes and goes"
	$add
	undo $id
	counted "the update, $who, undo" $original
	$remove
	$original "$who has gone"
}

bpf_on() { fentry attach exit exit $1 && fentry attach entry entry $1 || fail "BPF cannot be attached to $1"; counters="entry exit"; }
bpf_off() { fentry detach entry && fentry detach exit || fail "BPF cannot be detached"; counters=; }
bpf_cmdline() { bpf_on cmdline_proc_show; }
bpf_random() { bpf_on random_read_iter; }
direct() { ends 0 insmod /root/direct.ko address=0x$(behind_entry $1 -5) ${2-}; counters=direct; }
no_direct() { ends 0 rmmod direct; counters=; }
direct_cmdline() { direct cmdline_proc_show; }
probe_cmdline() { direct cmdline_proc_show probe=1; }

beside BPF bpf_cmdline bpf_off first shows_boot shows_new
beside "a direct call" direct_cmdline no_direct first shows_boot shows_new
beside "a kprobe with a post_handler" probe_cmdline no_direct first shows_boot shows_new
beside "BPF, hooked through ftrace" bpf_random bpf_off zeros old_random new_random

# A call that ftrace cannot share with a redirect: whoever comes second is refused.
direct random_read_iter
ends $REFUSED ksplice-apply /root/zeros.tar.gz
has "the function is named, and by whom" "random_read_iter.*ftrace" "$out"
is_gone zeros
no_direct
apply zeros
insmod /root/direct.ko address=0x$(behind_entry random_read_iter -5) && fail "a direct call beside the redirect"
new_random "a direct call is refused"
undo zeros

# Nor do two who claim the entry get on.
direct random_read_iter probe=1
ends $REFUSED ksplice-apply /root/zeros.tar.gz
has "the function is named, and by whom" "random_read_iter.*kprobe" "$out"
is_gone zeros
no_direct
apply zeros
insmod /root/direct.ko address=0x$(behind_entry random_read_iter -5) probe=1 && fail "a kprobe with a post_handler beside the redirect"
new_random "the kprobe is refused"
undo zeros

live_patch()
{
	ends 0 insmod /root/livepatch.ko "$@"
	for i in 1 2 3 4 5 6 7 8 9 10; do [ "$(cat /sys/kernel/livepatch/livepatch/transition)" = 0 ] && return; sleep 1; done
	fail "the live patch does not come into force"
}
no_live_patch()
{
	echo 0 >/sys/kernel/livepatch/livepatch/enabled || fail "the live patch cannot be disabled"
	for i in 1 2 3 4 5 6 7 8 9 10; do [ -e /sys/kernel/livepatch/livepatch ] || break; sleep 1; done
	ends 0 rmmod livepatch
}

live_patch
shows "a live patch" "$patched"
ends $REFUSED ksplice-apply /root/first.tar.gz
has "the function is named" "cmdline_proc_show: a kernel live patch has this function replaced" "$out"
is_gone first
no_live_patch
apply first
shows_new "without the live patch"
has_not "nobody is in the way" "bypassed|not reached" "$(cat /sys/kernel/ksplice/first/splices; ksplice-view first)"
live_patch
shows "a live patch upon the update" "$patched"
is "the core says so" "target=vmlinux unit=fs/proc/cmdline.o function=cmdline_proc_show bypassed_by=livepatch" "$(cat /sys/kernel/ksplice/first/splices)"
has "ksplice-view says so" "cmdline_proc_show, which is not reached: livepatch sends calls elsewhere" "$(ksplice-view first)"
no_live_patch
shows_new "the live patch has gone"
has_not "ksplice-view says so" "not reached" "$(ksplice-view first)"
live_patch
undo first
shows "the update is undone beneath the live patch" "$patched"
no_live_patch
shows_boot "and the live patch has gone, too"

# What is built upon another update is bypassed with that.
apply one
live_patch
ends $REFUSED ksplice-apply /root/two.tar.gz
has "the function is named" "cmdline_proc_show: a kernel live patch has this function replaced" "$out"
no_live_patch
apply two
live_patch
has "the upper one is not reached" "1 of 1 functions not reached" "$(ksplice-view | grep '^two')"
has "nor the lower one" "1 of 1 functions not reached" "$(ksplice-view | grep '^one')"
no_live_patch
has_not "both are reached" "not reached" "$(ksplice-view)"
shows "the upper one" "Livepatched twice: $boot"
undo two
undo one

# Anybody else who redirects.
direct cmdline_proc_show redirect=1
ends $REFUSED ksplice-apply /root/first.tar.gz
has "the function is named, and by whom" "cmdline_proc_show.*changed by somebody else \(ftrace\)" "$out"
is_gone first
no_direct
apply first
direct cmdline_proc_show redirect=1
has "the core says so" "function=cmdline_proc_show bypassed_by=ftrace$" "$(cat /sys/kernel/ksplice/first/splices)"
no_direct
undo first

apply first
live_patch object=ksplice_first_vmlinux
shows "a live patch of the new function" "$patched"
undo first
shows_boot "the new function goes beneath it"
no_live_patch

live_patch function=random_read_iter
ends $REFUSED ksplice-apply /root/zeros.tar.gz
has "the function is named" "random_read_iter: a kernel live patch has this function replaced" "$out"
is_gone zeros
no_live_patch
apply zeros
insmod /root/livepatch.ko function=random_read_iter && fail "a live patch beside the redirect"
new_random "the live patch is refused"
undo zeros
old_random "at the end"
shows_boot "at the end"

# 6.1 has an error of its own, which live patching meets as well: where calls are redirected, a BPF program at the exit that
# joins one at the entry has ftrace give up (bpf_trampoline_update() sets ops->func to NULL and leaves it so). Nobody can keep it from that,
# but it is not hidden.
case $(uname -r) in 6.1.*) ;; *) exit 0 ;; esac
vm-expect "WARNING: .* arch_ftrace_ops_list_func"
apply zeros
fentry attach entry entry random_read_iter && fentry attach exit exit random_read_iter || fail "BPF cannot be attached"
old_random "ftrace gives up"
has "the core says so" "function=random_read_iter bypassed_by=dead_ftrace$" "$(cat /sys/kernel/ksplice/zeros/splices)"
has "ksplice-view says so" "random_read_iter, which may not be reached: ftrace has given up" "$(ksplice-view zeros)"
ksplice-undo zeros
is "it can be undone" "" "$(cat /sys/kernel/ksplice/*/stage 2>/dev/null)"
has "the core stays" "^ksplice " "$(cat /proc/modules)"
old_random "undone"
ends $REFUSED ksplice-apply /root/zeros.tar.gz
has "the function is named" "random_read_iter: this function would be hooked through ftrace, which has given up" "$out"
apply first
shows_new "what needs no ftrace"
ends 0 ksplice-undo first
shows_boot "and back"
END
