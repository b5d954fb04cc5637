#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# TEST: random_read_iter() has a jump label where its hook would be, so it is hooked through ftrace.
# - it is replaced and put back while it is in use all the time (on one CPU: on two, QEMU 7.2 now and then goes on executing an int3
#   that the kernel has overwritten long since, also when only the kernel's own tracers come and go)
# - tracers and probes of the function come and go, before and after
# - ftrace cannot be switched off beneath it; while it is off, the update is refused
# - another update can be built upon it
# - one that would overwrite the jump label all the same, made by somebody else than ksplice-create, is refused
. "$(dirname "$0")/../../lib/kernel-test.sh"
update one "$here/first.diff"
patched_tree "$here/first.diff"
update two "$here/second.diff" --source="$patched"
guest_program peek
python3 "$lib/remake-update" --overwrite "$work/one.tar.gz" "$work/evil.tar.gz" || die "cannot remake the update"

cat >"$work/common" <<'END'
T=/sys/kernel/tracing
zeros() { dd if=/dev/random bs="$1" count=1 2>/dev/null | hexdump -v -e '/1 "%02x"'; }
old() { has_not "the old function runs" "^0*$" "$(zeros 7)"; }
new() { is "the new function runs" 00000000000000 "$(zeros 7)"; has_not "... with other sizes as before" "^0*$" "$(zeros 8)"; }
END

guest_with_common() { cat "$work/common" - | guest "$@"; }

guest_with_common <<'END' || exit 1
old
before=$(checksum random_read_iter 64)
echo random_read_iter >$T/set_ftrace_filter
apply one
echo function >$T/current_tracer
new
has "the tracer sees the calls" "random_read_iter <-" "$(head -n 50 $T/trace)"
echo function_graph >$T/current_tracer
new
echo nop >$T/current_tracer
new
echo "p:p1 0x$(address_of random_read_iter)" >$T/kprobe_events && echo 1 >$T/events/kprobes/enable || fail "no probe"
new
has "a probe on the entry counts" "p1 +[1-9]" "$(cat $T/kprobe_profile)"
echo 0 >$T/events/kprobes/enable; echo >$T/kprobe_events
new
echo 0 >/proc/sys/kernel/ftrace_enabled 2>/dev/null && fail "ftrace is switched off beneath the hook"
new
echo function >$T/current_tracer
undo one
old
echo nop >$T/current_tracer
is "every byte is what it was" "$before" "$(checksum random_read_iter 64)"

echo 0 >/proc/sys/kernel/ftrace_enabled || fail "ftrace cannot be switched off"
ends $REFUSED ksplice-apply /root/one.tar.gz
has "the function is named, and ftrace's error" "random_read_iter: .*[(]ftrace; error 16: .*kernel[.]ftrace_enabled" "$(echo $out)"
is_gone one
old
echo 1 >/proc/sys/kernel/ftrace_enabled

ends $REFUSED ksplice-apply /root/evil.tar.gz
has "who writes there is named" "random_read_iter: .*[(]jump_label[);]" "$(echo $out)"
is_gone one
old
is "every byte is what it was" "$before" "$(checksum random_read_iter 64)"

apply one
apply two
is "the second upon it" 000000 "$(zeros 3)"
undo two
new
has_not "the first again" "^0*$" "$(zeros 3)"
undo one
old
is "every byte is what it was" "$before" "$(checksum random_read_iter 64)"
END

guest_with_common --cpus=1 <<'END' || exit 1
before=$(checksum random_read_iter 64)
while :; do dd if=/dev/random of=/dev/null bs=512 count=2000; done >/dev/null 2>&1 & reader=$!
for i in 1 2 3 4 5; do
	apply one
	new
	undo one
	old
done
kill $reader
is "every byte is what it was" "$before" "$(checksum random_read_iter 64)"
END
