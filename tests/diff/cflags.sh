# shellcheck shell=bash disable=SC2034
# SPDX-License-Identifier: GPL-2.0-or-later
# How the sources of tests/diff are compiled. To be sourced; $diffs is their directory, $cc the compiler.

# As kbuild compiles 6.1 on x86_64, as far as it matters here; 6.12 has ENDBR and padding, and objtool has not run.
common=(-O2 -std=gnu11 -ffreestanding -ffunction-sections -fdata-sections -fno-pic -mcmodel=kernel -mno-red-zone
	-mno-sse -fno-asynchronous-unwind-tables -fno-stack-protector -fno-common
	-fno-jump-tables -fno-strict-aliasing -mfunction-return=thunk-extern -pg -mfentry -mrecord-mcount
	-Wall -Wno-unused -Werror "-I$diffs" "-I$diffs/include")
declare -A own=([6.1]="-fcf-protection=none" [6.12]="-fcf-protection=branch -fpatchable-function-entry=16,16 -DLINUX_6_12")

# make_layout OBJECT: struct om_layout of Debian's 6.12 (kmodsrc/update/layout.c); that of 6.1 is the default.
make_layout()
{
	"$cc" -c -x assembler -o "$1" - <<'END_OF_LAYOUT'
	.section .ksplice_layout, "a"
	.long 2, 14, 0, 4, 12, 13, 0, 0, 0, 0, 12, 12, 16, 8, 0, 6, 8, 2 << 16
END_OF_LAYOUT
}
