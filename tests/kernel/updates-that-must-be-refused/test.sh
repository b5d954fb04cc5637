#!/bin/bash
# TEST: damaged, foreign and impossible updates, unknown ids and ordinary users are refused, each in its own way.
. "$(dirname "$0")/../../lib/kernel-test.sh"
update first "$top/demo/cmdline.diff"
update foreign "$top/demo/cmdline.diff" --release=6.1.0-99-cloud-amd64

# remake NAME EDIT: the update "first" with one of its files changed, and a manifest that agrees.
remake()
{
	python3 "$lib/remake-update" "$work/first.tar.gz" "$work/$1.tar.gz" "$2" "$3" "$4" || die "cannot remake $1"
}

# The module loader refuses a module for another kernel, and one with a symbol that nobody has.
remake code_for_other_kernel ksplice_first_vmlinux.ko vermagic=6.1.0-56 vermagic=6.1.0-57
remake code_with_unknown_symbol ksplice_first_vmlinux.ko seq_puts seq_xxxx
remake match_is_damaged ksplice_first_vmlinux_match.ko KSPMATCH KSPMATXX
remake core_for_other_kernel ksplice.ko vermagic=6.1.0-56 vermagic=6.1.0-57
size=$(stat -c %s "$work/first.tar.gz")
for part in 0 100 $((size / 2)) $((size - 1)); do
	head -c $part "$work/first.tar.gz" >"$work/cut$part.tar.gz"
done
python3 "$lib/remake-update" --altered "$work/first.tar.gz" "$work/altered.tar.gz" || die "cannot alter"

guest <<'END'
boot=$(cat /proc/cmdline)
unchanged()
{
	is "nothing has changed" "$boot" "$(cat /proc/cmdline)"
	is_gone first
	ends 0 ksplice-view
	has_not "nothing is listed" "^first.*applied" "$out"
}

ends $UNKNOWN_ID ksplice-undo first
ends $UNKNOWN_ID ksplice-view first
ends 2 ksplice-apply
ends 2 ksplice-undo
ends $NOT_PERMITTED as_nobody ksplice-apply /root/first.tar.gz
unchanged

ends $WRONG_KERNEL ksplice-apply /root/foreign.tar.gz
has "both kernels are named" "6.1.0-99-cloud-amd64" "$out"
has "both" "6.1.0-56-cloud-amd64" "$out"
for file in /root/cut*.tar.gz /root/altered.tar.gz; do
	ends $BAD_FILE ksplice-apply $file
done
ends 1 ksplice-apply /root/there-is-none.tar.gz
has "the file is named" "there-is-none" "$out"
unchanged

# These have a manifest that agrees with them: only the kernel notices.
for name in core_for_other_kernel match_is_damaged code_for_other_kernel code_with_unknown_symbol; do
	ksplice-apply /root/$name.tar.gz >/tmp/out 2>&1 && fail "$name was applied"
	sed 's/^/    | /' /tmp/out
	[ -s /tmp/out ] || fail "$name: refused without a word"
	unchanged
done

# After all of this, the good one goes.
apply first
is "the new function runs" "Livepatched kernel command line" "$(cat /proc/cmdline)"
ends $NOT_PERMITTED as_nobody ksplice-undo first
is "and runs on" "Livepatched kernel command line" "$(cat /proc/cmdline)"
undo first
unchanged
END
