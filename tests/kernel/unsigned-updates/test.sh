#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# TEST: a kernel that enforces nothing takes updates that are not signed, or by a key that it does not know, and its taint says so. Locked
# down later, it takes none of them, and what is applied can be undone.
# On one kernel, for want of time; by hand on any.
export KSPLICE_KERNEL=${KSPLICE_KERNEL:-6.1}
. "$(dirname "$0")/../../lib/kernel-test.sh"
update first "$top/demo/cmdline.diff"
sign_as_stranger first

guest --cpus=1 <<'END'
taint() { cat /proc/sys/kernel/tainted; }
# refused UPDATE WHY
refused()
{
	ends $REFUSED ksplice-apply "/root/$1.tar.gz"
	has "why" "$2" "$out"
	is_gone first
}

# O is 4096, E 8192, K 32768: Documentation/admin-guide/tainted-kernels.rst
is "taint, before" 0 "$(taint)"
ends 0 ksplice-apply /root/stranger.tar.gz
is "taint: from elsewhere, not signed by a known key, changed while it runs" $((4096 + 8192 + 32768)) "$(taint)"
is "taint of the core" OE "$(cat /sys/module/ksplice/taint)"
is "taint of the code module" OE "$(cat /sys/module/ksplice_first_vmlinux/taint)"
undo first
apply first
is "taint of an unsigned one" OE "$(cat /sys/module/ksplice_first_vmlinux/taint)"

mount -t securityfs none /sys/kernel/security
echo integrity >/sys/kernel/security/lockdown || fail "cannot lock the kernel down"
undo first
refused first "^ksplice-apply: ksplice: is not signed, and this kernel loads only .* \(lockdown=integrity\)$"
has "what to do" "ksplice-create --sign-key and --sign-cert" "$out"
refused stranger "ksplice: is signed by a key that .* not know \(serial [0-9a-f]+ of CN=A stranger\), .* \(lockdown=integrity\)$"
has "what to do" "Enrol the certificate" "$out"
echo confidentiality >/sys/kernel/security/lockdown || fail "cannot lock the kernel down"
refused first "\(lockdown=confidentiality\)$"
umount /sys/kernel/security
refused first "^ksplice-apply: ksplice: is not signed, and this kernel loads only .* \(lockdown\)$"
echo 1 >/sys/module/module/parameters/sig_enforce
refused stranger "ksplice: is signed by a key that .* not know .* \(module.sig_enforce\)$"
END
