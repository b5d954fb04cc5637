#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Files that are no units, and what of them is in the kernel all the same: each hunk is in the update, refused with the reason,
# or noted, when it cannot reach the running kernel.
. "$(dirname "$0")/lib.sh"

# of FILE COMMAND: a diff of that file alone
of()
{
	case_is "$1 ($2)"
	diff_of "$1" "$2" >one.diff
	[ -s one.diff ] || fail "the diff is empty"
	# shellcheck disable=SC2086
	create --patch=one.diff --id=outside $kernel "$KSPLICE_SOURCE"
	rm -f ksplice-outside.tar.gz
}

# Sources of the kernel's in tools/ and scripts/.
of tools/lib/bpf/relo_core.c 's/^static bool is_flex_arr(/noinline &/; /^static bool is_flex_arr(/,/^}/s/acc->idx > 0/acc->idx > 77/'
wants 0 'changed .*kernel/bpf/relo_core.o: bpf_core_parse_spec'
of tools/lib/bpf/relo_core.c '1i /* x */'
wants 66 'changes no object code'
of scripts/dtc/libfdt/fdt.c '1i int x;'
wants 1 'scripts/dtc/libfdt/fdt.c: used by no program that builds this kernel'

# What the build makes units with.
of arch/x86/lib/x86-opcode-map.txt '1i # x'
wants 3 'x86-opcode-map.txt: not a C file, and not known to be without influence'
of arch/x86/tools/gen-insn-attr-x86.awk '1i # x'
wants 3 'gen-insn-attr-x86.awk: may be a part of how the kernel is built'
of lib/gen_crc32table.c 's/^int main/int x; &/'
wants 3 'lib/gen_crc32table.c: is a part of a program that the kernel.s build runs'
of lib/crc32defs.h 's/^# define CRC_LE_BITS 64/# define CRC_LE_BITS 32/'
wants 3 'lib/crc32defs.h: is a part of a program that the kernel.s build runs (lib/gen_crc32table.c)'
of tools/objtool/check.c 's/^int check(/int x; &/'
wants 3 'tools/objtool/check.c: a part of objtool'
of tools/arch/x86/include/asm/orc_types.h '1i /* x */'
wants 3 'orc_types.h: is a part of a program that the kernel.s build runs (scripts/.sorttable.cmd)'
of tools/lib/bpf/btf.c 's/^int btf__fd(/int x; &/'
wants 3 'tools/lib/bpf/btf.c: a part of resolve_btfids'
of scripts/sorttable.c 's/^int main/int x; &/'
wants 3 'scripts/sorttable.c: is a part of a program that the kernel.s build runs (scripts/.sorttable.cmd)'
of scripts/link-vmlinux.sh '$a # x'
wants 3 'scripts/link-vmlinux.sh: may be a part of how the kernel is built'
of scripts/Makefile.build '$a # x'
wants 3 'scripts/Makefile.build: may be a part of how the kernel is built'

# No part of the running kernel: a note, and alone, nothing to do.
case_is "alone"
{
	for file in tools/testing/selftests/net/gro.c tools/perf/builtin-top.c samples/hw_breakpoint/data_breakpoint.c \
		tools/include/uapi/linux/bpf.h arch/x86/boot/main.c drivers/firmware/efi/libstub/efistub.h usr/gen_init_cpio.c; do
		diff_of $file '1i /* x */'
	done
	for file in scripts/checkpatch.pl arch/arm64/configs/defconfig fs/qnx6/README Documentation/networking/ip-sysctl.rst .mailmap \
		arch/arm64/boot/dts/freescale/imx8mm.dtsi arch/arm64/kernel/vmlinux.lds.S; do
		diff_of $file '$a // x'
	done
} >one.diff
# shellcheck disable=SC2086
create --patch=one.diff --id=outside $kernel "$KSPLICE_SOURCE"
wants 1 'touches no file that this kernel is built from' 'gro.c: not a part of the kernel' 'builtin-top.c: not a part of the kernel' \
	'data_breakpoint.c: not ' 'bpf.h: used by no program that builds this kernel' 'boot/main.c: runs before the kernel' \
	'efistub.h: runs before the kernel' 'gen_init_cpio.c: makes the built-in initramfs' 'checkpatch.pl: not a part' 'defconfig: of another machine' 'README: not a part' \
	'ip-sysctl.rst: not a part' '.mailmap: not a part' 'imx8mm.dtsi: of another machine' 'vmlinux.lds.S: of another machine'
case_is "with a change that is spliced"
diff_of fs/proc/cmdline.c 's/saved_command_line)/"new")/' >>one.diff
# shellcheck disable=SC2086
create --patch=one.diff --id=outside $kernel "$KSPLICE_SOURCE"
wants 0 'note: tools/testing/selftests/net/gro.c: not a part of the kernel; ignored' 'note: arch/x86/boot/main.c: runs before the kernel' \
	'note: .mailmap: not a part of the kernel; ignored' 'changed .*: cmdline_proc_show'
finish
