# shellcheck shell=bash disable=SC2034
# SPDX-License-Identifier: GPL-2.0-or-later
# How the sources of tests/diff are compiled. To be sourced; $diffs is their directory, $cc the compiler.

# As kbuild compiles, as far as it matters here. On x86_64, 6.12 has ENDBR and padding, and objtool has not run.
common=(-O2 -std=gnu11 -ffreestanding -ffunction-sections -fdata-sections -fno-pic
	-fno-asynchronous-unwind-tables -fno-stack-protector -fno-common
	-fno-jump-tables -fno-strict-aliasing -pg
	-Wall -Wno-unused -Werror "-I$diffs" "-I$diffs/include")
x86_64="-mcmodel=kernel -mno-red-zone -mno-sse -mfunction-return=thunk-extern -mfentry -mrecord-mcount"
ppc64le="-mlittle-endian -m64 -mabi=elfv2 -mcmodel=large -fno-optimize-sibling-calls -mcpu=power8 -mtune=power10 -mno-prefixed -mno-pcrel -mno-altivec -mno-vsx
	-mno-mma -msoft-float -mno-strict-align -mno-pointers-to-nested-functions -mtraceback=no -mprofile-kernel"
declare -A own=([6.1]="$x86_64 -fcf-protection=none"
	[6.12]="$x86_64 -fcf-protection=branch -fpatchable-function-entry=16,16 -DLINUX_6_12"
	[6.1-ppc64le]="${ppc64le//[$'\n\t']/ }")

# What a kernel for ppc64le itself is compiled with, in place of what is carried.
as_in_ppc64le_kernel=(-fno-data-sections -mcmodel=medium -foptimize-sibling-calls)

# make_layout OBJECT: struct om_layout of Debian's 6.12 (kmodsrc/update/layout.c); that of 6.1 is the default.
make_layout()
{
	"$cc" -c -x assembler -o "$1" - <<'END_OF_LAYOUT'
	.section .ksplice_layout, "a"
	.long 3, 14, 0, 4, 12, 13, 0, 0, 0, 0, 12, 12, 16, 8, 0, 6, 8, 2 << 16, 1
END_OF_LAYOUT
}
