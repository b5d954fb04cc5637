#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# static_cpu_has() in the kernel's file, and as boot patches it on a machine without the feature; and one that leads elsewhere.
. "$(dirname "$0")/lib.sh"

if [ -z "${KSPLICE_VMLINUX-}" ]; then
	KSPLICE_VMLINUX=$("$tests/lib/packages" kernel dbg) || die "no vmlinux with symbols"
	KSPLICE_VMLINUX=${KSPLICE_VMLINUX#vmlinux=}
fi
objcopy --strip-debug "$KSPLICE_VMLINUX" image || die "no copy of the image"
# do_mprotect_pkey() has one that is too far away from its t_no for a short jump.
diff_of mm/mprotect.c 's/if (start & ~PAGE_MASK)/if (start \& ~PAGE_MASK || start == 77)/' >fix.diff

of()
{
	case_is "$1"
	# shellcheck disable=SC2086
	create --patch=fix.diff --id=features $kernel --image=image "$KSPLICE_SOURCE"
	rm -f ksplice-features.tar.gz
}

of "not patched"
wants 0 'changed .*: do_mprotect_pkey'
cp image whole
far=$("$tests/create/patch-feature-tests.py" image) || die "cannot patch"
[ "$far" -gt 50 ] || die "$far far jumps"
of "patched"
wants 0 'changed .*: do_mprotect_pkey'
mv whole image
"$tests/create/patch-feature-tests.py" image 1 >/dev/null || die "cannot patch"
of "patched to lead elsewhere"
wants 1 'do_mprotect_pkey: differs'
finish
