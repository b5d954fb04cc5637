#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Units made from assembler files.
. "$(dirname "$0")/lib.sh"

insert()
{
	diff_of "$1" "/^SYM_[A-Z_]*($2)/a\\	mov %rax,%rax" >s.diff
}

case_is "a unit of a module"
# kbuild does not tell objects of assembler files which module they belong to.
insert arch/x86/crypto/chacha-ssse3-x86_64.S chacha_block_xor_ssse3
# shellcheck disable=SC2086
create --patch=s.diff $kernel --id=s -o s.tar.gz "$KSPLICE_SOURCE"
wants 0 '^chacha_x86_64:' 'changed *arch/x86/crypto/chacha-ssse3-x86_64.o: chacha_block_xor_ssse3'

case_is "entry code"
insert arch/x86/entry/entry_64.S entry_SYSCALL_64
# shellcheck disable=SC2086
create --patch=s.diff $kernel --id=s -o s.tar.gz "$KSPLICE_SOURCE"
wants 3 'entry_SYSCALL_64: an interrupt or exception'

case_is "code of the vDSO"
insert arch/x86/entry/vdso/vsgx.S __vdso_sgx_enter_enclave
# shellcheck disable=SC2086
create --patch=s.diff $kernel --id=s -o s.tar.gz "$KSPLICE_SOURCE"
wants 3 'arch/x86/entry/vdso/vsgx.S: changes the vDSO'

finish
