#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# A kernel for another machine: compiled by the cross compiler, compared, matched against the stock image, made an update for.
parts=$(KSPLICE_KERNEL=6.1-ppc64le "$(dirname "$0")/../lib/packages" kernel image source headers) || { echo "no stock kernel"; exit 1; }
part()
{
	echo "$parts" | sed -n "s/^$1=//p"
}
KSPLICE_SOURCE=$(part source)
KSPLICE_CONFIG=$(part config)
KSPLICE_SYMVERS=$(part symvers)
export KSPLICE_SOURCE KSPLICE_CONFIG KSPLICE_SYMVERS
. "$(dirname "$0")/lib.sh"
# Another kernel would empty the others' work directory; that of tests/lib/kernel-test.sh for this one will do.
shared=$cache/test-create-6.1-ppc64le
lock=$cache/.test-create-6.1-ppc64le.lock
image=$(part image)

diff_of fs/proc/cmdline.c 's/saved_command_line/"new"/' >fix.diff

case_is "code is that of the image, which has no symbols but its own"
# shellcheck disable=SC2086
create -v --arch=ppc64le --patch=fix.diff $kernel --image="$image" --extra-match='fs/proc/[a-c]*' "$KSPLICE_SOURCE"
wants 0 'vmlinux: \([0-9]*\) of \1 functions found, 0 not required' 'changed  fs/proc/cmdline.o: cmdline_proc_show'
[ -n "$(find . -name '*.tar.gz')" ] || fail "no update was made"
# A stub of the module loader's costs two instructions more than what is behind each function.
tar xzf ./*.tar.gz --wildcards '*_vmlinux.ko'
powerpc64le-linux-gnu-readelf -rW ksplice-*/*_vmlinux.ko | grep 'R_PPC64_REL24.* ks:' >stubs
[ ! -s stubs ] || fail "the new code calls the kernel through the loader's stubs: $(cat stubs)"
powerpc64le-linux-gnu-readelf -rW ksplice-*/*_vmlinux.ko | grep -q R_PPC64_TOC16_DS || fail "the new code calls nothing"

case_is "without an image"
# shellcheck disable=SC2086
create --patch=fix.diff $kernel "$KSPLICE_SOURCE"
wants 0 'changed  fs/proc/cmdline.o: cmdline_proc_show'

diff_of fs/proc/version.c 's/^static int version_proc_show/static long calls;\n&/; s/seq_printf(m, linux_proc_banner/calls++;\n\t&/' >added.diff
case_is "a new variable changes the function that uses it alone"
# shellcheck disable=SC2086
create --patch=added.diff $kernel --image="$image" "$KSPLICE_SOURCE"
wants 0 'changed  fs/proc/version.o: version_proc_show'

# zram_remove() calls a function of its unit, behind which the compiler has no nop; zram_add() has lock_class_keys, which have no bytes.
case_is "a module of the kernel, and vmlinux"
rm -f ./*.tar.gz
# shellcheck disable=SC2086
create -v --patch="$tests/kernel/module-that-comes-later/fix.diff" $kernel --image="$image" "$KSPLICE_SOURCE"
wants 0 'zram: \([1-9][0-9]*\) of \1 functions found, 0 not required' 'changed  drivers/block/zram/zram_drv.o: zram_remove'
[ -n "$(find . -name '*.tar.gz')" ] || fail "no update was made"

# zram_remove+0x2c: addi r3,r3,504. ".text" is 0xb0 into the file.
case_is "an instruction of the module is another"
modules=${KSPLICE_CONFIG%/boot/*}/lib/modules/${KSPLICE_CONFIG##*/config-}
mkdir -p some/kernel
cp "$modules/kernel/drivers/block/zram/zram.ko" "$modules/kernel/mm/zsmalloc.ko" some/kernel
at=$(powerpc64le-linux-gnu-readelf -sW some/kernel/zram.ko | awk '$NF == "zram_remove" { print $2 }')
printf '\001' | dd of=some/kernel/zram.ko bs=1 seek=$((0x$at + 0xb0 + 0x2c)) conv=notrunc 2>/dev/null
# shellcheck disable=SC2086
create --patch="$tests/kernel/module-that-comes-later/fix.diff" $kernel --image="$image" --modules=some "$KSPLICE_SOURCE"
wants 1 'drivers/block/zram/zram_drv.o: zram_remove: differs at +0x2c'

# cmdline_proc_show+0x48: li r3,0. The image's code begins 64 KiB into the file.
case_is "an instruction of the image is another"
cp "$image" poked
printf '\001' | dd of=poked bs=1 seek=$((0x6154c0 + 0x48 + 0x10000)) conv=notrunc 2>/dev/null
# shellcheck disable=SC2086
create --patch=fix.diff $kernel --image=poked "$KSPLICE_SOURCE"
wants 1 'cmdline_proc_show: differs at +0x48' 'build: .long 0x38600000; kernel: .long 0x38600001'
! grep -q 'was compiled by' out || fail "takes the cross compiler for another one"

case_is "the kernel is not for the machine that was asked for"
# shellcheck disable=SC2086
create --arch=x86_64 --patch=fix.diff $kernel "$KSPLICE_SOURCE"
wants 1 'is the configuration of a kernel for ppc64le, but the update is to be for x86_64'

case_is "cross compiler of another version"
mkdir bin
cat >bin/powerpc64le-linux-gnu-gcc-12 <<'END_OF_CC'
#!/bin/sh
[ "$1" != --version ] || { echo 'powerpc64le-linux-gnu-gcc-12 (Debian 12.2.0-13) 12.2.0'; exit; }
exec /usr/bin/powerpc64le-linux-gnu-gcc-12 "$@"
END_OF_CC
chmod +x bin/powerpc64le-linux-gnu-gcc-12
PATH=$work/bin:$PATH
# shellcheck disable=SC2086
create --patch=fix.diff $kernel "$KSPLICE_SOURCE"
wants 1 'the compiler differs' 'kernel: gcc-12 (Debian 12.2.0-14+deb12u1) 12.2.0' 'here: *powerpc64le-linux-gnu-gcc-12 (Debian 12.2.0-13)'
finish
