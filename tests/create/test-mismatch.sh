#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# What the image has otherwise is told with the line of the source, the instructions around it and, where something says so, the cause.
. "$(dirname "$0")/lib.sh"

if [ -z "${KSPLICE_VMLINUX-}" ]; then
	KSPLICE_VMLINUX=$("$tests/lib/packages" kernel dbg) || die "no vmlinux with symbols"
	KSPLICE_VMLINUX=${KSPLICE_VMLINUX#vmlinux=}
fi
file=fs/filesystems.c
diff_of $file 's/nodev/NODEV/' >fix.diff
objcopy --strip-debug "$KSPLICE_VMLINUX" whole || die "no copy of the image"

# offset_of TEXT: of the first instruction in filesystems_proc_show whose text has TEXT; hexadecimal.  The upper half of addresses,
# ffffffff, is left out: not every shell's numbers reach that far.
start=$(nm whole | sed -n 's/^ffffffff\(.*\) t filesystems_proc_show$/\1/p')
[ -n "$start" ] || die "no filesystems_proc_show"
objdump -d --no-show-raw-insn --start-address="0xffffffff$start" \
	--stop-address="0xffffffff$(printf %x $((0x$start + 200)))" whole |
	sed -n 's/^ *ffffffff\([0-9a-f]*\):[ 	]*/\1 /p' >listing
offset_of()
{
	address=$(grep -m1 -- "$1" listing | cut -d' ' -f1)
	[ -n "$address" ] || echo "no instruction '$1' in filesystems_proc_show" >&2
	printf %x $((0x${address:-0} - 0x$start))
}

# poked SYMBOL OFFSET HEX [SYMBOL OFFSET HEX]...: makes the update with a copy of the image that has these bytes.
poked()
{
	cp whole image
	while [ $# -gt 0 ]; do
		"$tests/create/poke-image.py" image "$1" "$2" "$3" || die "cannot poke"
		shift 3
	done
	check_image
}

check_image()
{
	# shellcheck disable=SC2086
	create --patch=fix.diff --id=bad $kernel --image=image --report=report.html "$KSPLICE_SOURCE"
	[ ! -e ksplice-bad.tar.gz ] || fail "made an update"
}

says_not()
{
	for text; do
		! grep -q -- "$text" out || fail "says '$text'"
	done
}

case_is "untouched: the copy is the image"
cp whole image
# shellcheck disable=SC2086
create --patch=fix.diff --id=good $kernel --image=image "$KSPLICE_SOURCE"
wants 0

mov=$(offset_of 'mov  *%rdi,%rbp')
case_is "a breakpoint"
poked filesystems_proc_show "0x$mov" cc
wants 1 "filesystems_proc_show: differs at +0x$mov" '(build: mov %rdi,%rbp; kernel: int3)' \
	"$file:[0-9]*: {" 'build *| kernel, offsets from 0xffffffff' " *7  push %rbp *|    7  push %rbp" \
	"> *$mov  mov %rdi,%rbp *|    $mov  int3" 'call _raw_read_lock' \
	'likely cause: 1 breakpoint (int3, 0xcc) stands on' 'remove the probe'
says_not 'build with the compiler' 'are the same'

case_is "two breakpoints, one of them where a jump is"
poked filesystems_proc_show "0x$mov" cc filesystems_proc_show "0x$(offset_of ' je ')" cc
wants 1 'likely cause: 2 breakpoints (int3, 0xcc) stand on'

case_is "a breakpoint, and a byte that is none"
poked filesystems_proc_show "0x$mov" cc filesystems_proc_show "0x$(offset_of ' je ')" 75
wants 1 "differs at +0x$mov"
says_not 'breakpoint (int3'

case_is "a tracer at the ftrace entry"
poked filesystems_proc_show 0 e8fbff0000
wants 1 'at a site of kind ftrace' '>    0  call __fentry__ ' 'likely cause: the ftrace entry calls [a-z_]*+0x' 'live patch'
says_not 'build with the compiler'

case_is "a jump where a hook goes"
poked filesystems_proc_show 5 e900000010
wants 1 'differs at +0x5' 'likely cause: a jump to 0xffffffff9[0-9a-f]*, which is nothing of the image' '--series'
says_not 'build with the compiler'
case_is "a jump there that stays in the function is none"
poked filesystems_proc_show 5 e910000000
wants 1 'differs at +0x5'
says_not '--series'

case_is "a condition that is turned round"
poked filesystems_proc_show "0x$(offset_of ' je ')" 75
wants 1 'build: je +0x[0-9a-f]*; kernel: jne filesystems_proc_show+0x' "$file:[0-9]*: while (tmp) {" \
	"likely cause: 1 of the function's [0-9]* bytes differs, and all else is the same" 'was changed after it was built' \
	'functions are the same, so compiler and configuration are'
says_not 'build with the compiler'

case_is "registers exchanged: two bytes"
pop=$(offset_of 'pop  *%rbx')
poked filesystems_proc_show "0x$pop" 5d5b
wants 1 "likely cause: 2 of the function's [0-9]* bytes differ, and all else is the same"

case_is "a constant"
testb=$(offset_of 'testb  *.0x1,0x8(%rbx)')
poked filesystems_proc_show $((0x$testb + 3)) 02
wants 1 '(build: testb $0x1,0x8(%rbx); kernel: testb $0x2,0x8(%rbx))' 'likely cause: .* all of it in the constant of one instruction'

case_is "no instruction"
poked filesystems_proc_show "0x$(offset_of 'test  *%rbx')" 06
wants 1 'likely cause: what the kernel has at +0x[0-9a-f]* is no instruction'

case_is "too much for a cause"
poked filesystems_proc_show "0x$mov" "$(printf '90%.0s' 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16)"
wants 1 "differs at +0x$mov"
says_not 'likely cause'

case_is "the report has the message and the function"
poked filesystems_proc_show "0x$mov" cc get_fs_type 9 cc
wants 1 'filesystems_proc_show: differs' 'get_fs_type: differs'
"$tests/create/check-report.py" report.html fix.diff >out 2>&1
status=$?
wants 0 "the code is not the kernel's" 'heading filesystems_proc_show' 'heading get_fs_type' 'likely cause: 1 breakpoint' \
	"-$mov mov %rdi,%rbp" "+$mov int3" "^$file:[0-9]* read_lock(&file_systems_lock);"

# The banner says what the image was made with. These bytes are as long as those they replace.
case_is "another compiler by the banner"
cp whole image
LC_ALL=C sed -i 's/(gcc-12 (Debian 12\.2\.0-14/(gcc-12 (Debian 12.2.0-13/g' image
"$tests/create/poke-image.py" image filesystems_proc_show $((0x$testb + 3)) 02
check_image
wants 1 'the image was compiled by gcc-12 (Debian 12.2.0-13.*) 12.2.0, and here is gcc-12 (Debian 12.2.0-14'
says_not 'so compiler and configuration are'

case_is "another version by the banner"
cp whole image
LC_ALL=C sed -i 's/Debian 6\.1\.192-/Debian 6.1.191-/g' image
"$tests/create/poke-image.py" image filesystems_proc_show $((0x$testb + 3)) 02
check_image
wants 1 'the image was made from Linux 6.1.191 (by its banner), and .* is the source of 6.1.192'

# A source in which each function is a little otherwise, as with another option.
case_is "many functions differ"
mkdir tree tree/fs
for name in "$KSPLICE_SOURCE"/* "$KSPLICE_SOURCE"/fs/*; do
	to=tree${name#"$KSPLICE_SOURCE"}
	[ -e "$to" ] || ln -s "$name" "$to"
done
rm tree/$file
sed 's/^\t\(int\|char\|struct\) .*;$/&\n\tasm volatile("nop");/; s/^\treturn /\tasm volatile("nop");\n&/' "$KSPLICE_SOURCE/$file" >tree/$file
diff -u --label a/$file --label b/$file tree/$file - >other.diff <<END
$(sed 's/nodev/NODEV/' tree/$file)
END
cp whole image
# shellcheck disable=SC2086
create_from tree --patch=other.diff --id=bad $kernel --image=image
wants 1 '[0-9]* of [0-9]* functions differ, which is too much for one place in the source'
[ "$(grep -c '^    *> ' out)" = 3 ] || fail "not three functions are told with their instructions"
finish
