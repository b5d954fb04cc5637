#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# TEST: where the kernel takes only signed modules, an update whose modules are signed by an enrolled key applies, is shown and is
# undone, with functions hooked at their entries and through ftrace; else nothing is loaded, and the refusal tells why.
# - Secure Boot, with which the kernel locks itself down (integrity) and enforces signatures; then lockdown=confidentiality, which forbids
#   nothing that the core does
# - not signed; signed by a key that is not enrolled; the core, or the last module, altered after it was signed
# - taint: "O", as all modules from elsewhere, and "K" once something was applied; not "E", which is for unsigned ones
. "$(dirname "$0")/../../lib/kernel-test.sh"
export KBUILD_SIGN_PIN=snakeoil
secure_boot
update signed "$top/demo/cmdline.diff" --patch="$here/../hook-where-the-kernel-writes/first.diff" \
	--sign-key="$enrolled.key" --sign-cert="$enrolled.pem"
update first "$top/demo/cmdline.diff"
sign_as_stranger first
remake() { "$lib/remake-update" "$work/signed.tar.gz" "$work/$1.tar.gz" "$2" "$3" "$4" || exit 1; }
remake altered-core ksplice.ko "replaces functions of the running" "replaces function! of the running"
remake altered-code ksplice_signed_vmlinux.ko "Livepatched kernel" "Livepatched kerne!"

guest --cpus=1 "${secure_boot[@]}" <<'END'
lockdown=/sys/kernel/security/lockdown
zeros() { dd if=/dev/random bs=7 count=1 2>/dev/null | hexdump -v -e '/1 "%02x"'; }
taint() { cat /proc/sys/kernel/tainted; }

# refused UPDATE WHY WHAT-TO-DO: and nothing of it is loaded
refused()
{
	ends $REFUSED ksplice-apply "/root/$1.tar.gz"
	has "$1: why" "$2" "$out"
	has "$1: what to do" "$3" "$out"
	is_gone first
	is_gone signed
}

all_refused()
{
	refused first "^ksplice-apply: ksplice: is not signed, and this kernel loads only .* \(module.sig_enforce\)$" "--sign-key and --sign-cert"
	refused stranger "ksplice: is signed by a key that .* not know \(serial [0-9a-f]+ of CN=A stranger\), .* \(module.sig_enforce\)$" "Enrol the certificate"
	refused altered-core "ksplice: is not what was signed \(serial 2d3b[0-9a-f]+ of O=SnakeOil,.*altered after that" "Get the update again"
	refused altered-code "ksplice_signed_vmlinux: is not what was signed .*altered after that" "Get the update again"
}

applies()
{
	apply signed
	is "$1: taint" $((4096 + 32768)) "$(taint)"
	is "$1: taint of the core" O "$(cat /sys/module/ksplice/taint)"
	is "$1: taint of the code module" O "$(cat /sys/module/ksplice_signed_vmlinux/taint)"
	is "$1: the function hooked at its entry" "Livepatched kernel command line" "$(cat /proc/cmdline)"
	is "$1: the function hooked through ftrace" 00000000000000 "$(zeros)"
	ends 0 ksplice-view signed
	has "$1: it is shown" "cmdline_proc_show" "$out"
	undo signed
	has_not "$1: after the undo" Livepatched "$(cat /proc/cmdline)"
	has_not "$1: likewise" "^0*$" "$(zeros)"
}

mount -t securityfs none /sys/kernel/security
is "Secure Boot locks the kernel down" integrity "$(sed 's/.*\[\(.*\)\].*/\1/' $lockdown)"
# arch_get_ima_policy() in security/integrity/ima/ima_efi.c
is "... and has it enforce signatures" Y "$(cat /sys/module/module/parameters/sig_enforce)"
all_refused

# O is 4096, E 8192, K 32768: Documentation/admin-guide/tainted-kernels.rst
is "what was refused taints nothing, but for the core before an altered module" 4096 "$(taint)"
ends 0 ksplice-apply --dry-run /root/signed.tar.gz
is "taint after a dry run" 4096 "$(taint)"
applies "Secure Boot"
ends 0 ksplice-view --file=/root/signed.tar.gz
has "the file tells who has signed it" "^signed by +serial 2d3b[0-9a-f]+ of O=SnakeOil" "$out"
ends 0 ksplice-view --file=/root/first.tar.gz
has "or nobody" "^signed by +nobody$" "$out"

echo confidentiality >$lockdown || fail "cannot lock the kernel down further"
applies "confidentiality"
refused first "is not signed" "--sign-key"
is "nothing unsigned was loaded, and what was applied shows until the next boot" $((4096 + 32768)) "$(taint)"
END
