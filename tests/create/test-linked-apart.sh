#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# What is linked by itself, and in the kernel as data: a diff that changes it is refused, also by a header or a file that is a unit
# as well; one that does not, is none.
. "$(dirname "$0")/lib.sh"

# of FILE COMMAND: a diff of that file alone
of()
{
	case_is "$1 ($2)"
	diff_of "$1" "$2" >one.diff
	[ -s one.diff ] || fail "the diff is empty"
	# shellcheck disable=SC2086
	create --patch=one.diff --id=apart $kernel "$KSPLICE_SOURCE"
	rm -f ksplice-apart.tar.gz
}

of lib/vdso/gettimeofday.c 's/if (unlikely(!vdso_cycles_ok(cycles)))/if (unlikely(!cycles))/'
wants 3 'lib/vdso/gettimeofday.c: changes the vDSO, which runs in processes: arch/x86/entry/vdso/vdso-image-[0-9]*.o stays as it is'
of lib/vdso/gettimeofday.c '1i /* x */'
wants 66 'changes no object code'
of arch/x86/entry/vdso/vgetcpu.c 's/return 0;/return 7;/'
wants 3 'changes the vDSO'
of arch/x86/realmode/rm/wakemain.c 's/io_delay();/io_delay(); io_delay();/'
wants 3 'wakemain.c: changes the code in real mode'
of arch/x86/purgatory/entry64.S '$a .byte 1'
wants 3 'entry64.S: changes the code that runs between two kernels'
# A unit, and in the purgatory.
of lib/crypto/sha256.c 's/memzero_explicit(W, sizeof(W));/memzero_explicit(W, sizeof(W) - 1);/'
wants 3 'lib/crypto/sha256.c: changes the code that runs between two kernels'
of include/asm-generic/vmlinux.lds.h 's/^#define INIT_CALLS\b/#define NOBODY\n&/; s/\*(.text.unlikely .text.unlikely.\*)/& *(.text.x)/'
wants 3 'vmlinux.lds.h: changes the linker script'

finish
