#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Source, configuration, compiler, tools that are not the kernel's: said before anything is compiled with them.
. "$(dirname "$0")/lib.sh"

diff_of fs/proc/cmdline.c 's/saved_command_line/"new"/' >fix.diff
release=${KSPLICE_CONFIG##*/config-}

case_is "compiler of another version"
mkdir bin
cat >bin/gcc-other <<'END'
#!/bin/sh
[ "$1" != --version ] || { echo 'gcc-other (Debian 99.1-1) 99.1'; exit; }
exec gcc-12 "$@"
END
chmod +x bin/gcc-other
# shellcheck disable=SC2086
create --patch=fix.diff $kernel --cc="$work/bin/gcc-other" "$KSPLICE_SOURCE"
wants 1 'the compiler differs' 'kernel: gcc-12 (Debian' 'here: *gcc-other (Debian 99.1-1) 99.1'

case_is "the machine's own compiler, of before an update of it"
cat >bin/x86_64-linux-gnu-gcc-12 <<'END'
#!/bin/sh
[ "$1" != --version ] || { echo 'x86_64-linux-gnu-gcc-12 (Debian 12.2.0-14) 12.2.0'; exit; }
exec gcc-12 "$@"
END
chmod +x bin/x86_64-linux-gnu-gcc-12
# shellcheck disable=SC2086
create --patch=fix.diff $kernel --cc="$work/bin/x86_64-linux-gnu-gcc-12" "$KSPLICE_SOURCE"
wants 1 'the compiler differs' 'kernel: gcc-12 (Debian 12.2.0-14+deb12u1)' 'here: *x86_64-linux-gnu-gcc-12 (Debian 12.2.0-14) 12.2.0'

case_is "no such compiler"
# shellcheck disable=SC2086
create --patch=fix.diff $kernel --cc=no-such-cc "$KSPLICE_SOURCE"
wants 1 'no-such-cc: cannot run it'

case_is "compiler of the kernel is not installed"
sed 's/^CONFIG_CC_VERSION_TEXT=.*/CONFIG_CC_VERSION_TEXT="gcc-77 (Debian 77.1-1) 77.1"/' "$KSPLICE_CONFIG" >"config-$release"
create --patch=fix.diff --symvers="$KSPLICE_SYMVERS" --config="config-$release" "$KSPLICE_SOURCE"
wants 1 'kernel: gcc-77 (Debian 77.1-1)'

case_is "option that does not stay"
sed 's/^CONFIG_NR_CPUS=.*/CONFIG_NR_CPUS=99999/; s/^CONFIG_LD_VERSION=.*/CONFIG_LD_VERSION=1/' "$KSPLICE_CONFIG" >"config-$release"
"$tool" --patch=fix.diff --symvers="$KSPLICE_SYMVERS" --config="config-$release" --workdir="$work/w" "$KSPLICE_SOURCE" >out 2>&1
status=$?
wants 1 'does not stay as it is' 'CONFIG_NR_CPUS: the kernel has 99999' 'CONFIG_LD_VERSION: the kernel has 1' 'binutils'

# pahole decides whether kconfig keeps BTF; without it, objects differ where nobody would look.
case_is "pahole is missing"
mkdir no-pahole
for dir in /usr/bin /bin; do
	for program in "$dir"/*; do
		[ "${program##*/}" = pahole ] || [ -e "no-pahole/${program##*/}" ] || ln -s "$program" no-pahole/
	done
done
PATH=$work/no-pahole "$tool" --patch=fix.diff --symvers="$KSPLICE_SYMVERS" --config="$KSPLICE_CONFIG" --workdir="$work/w" \
	"$KSPLICE_SOURCE" >out 2>&1
status=$?
wants 1 'CONFIG_DEBUG_INFO_BTF_MODULES: the kernel has y, here it becomes n' 'package dwarves'

# The default is the running kernel's configuration. For these runs alone, /boot is a directory of ours. Who is not root needs a user
# namespace for that, and root cannot make one in a chroot (kernel/user_namespace.c, create_user_ns()).
own_mounts=-rm
[ "$(id -u)" != 0 ] || own_mounts=-m
with_boot()
{
	# shellcheck disable=SC2016
	flock "$shared.lock" unshare $own_mounts sh -c 'mount --bind boot /boot && exec "$@"' sh "$tool" --workdir="$shared" "$@" \
		>out 2>&1
	status=$?
}
mkdir boot
case_is "no configuration in /boot"
with_boot --patch=fix.diff "$KSPLICE_SOURCE"
wants 1 'give --config' "/boot/config-$(uname -r): No such file"
case_is "the configuration in /boot, and the running kernel's release"
sed 's/^CONFIG_CC_VERSION_TEXT=.*/CONFIG_CC_VERSION_TEXT="gcc-77 (Debian 77.1-1) 77.1"/' "$KSPLICE_CONFIG" >"boot/config-$(uname -r)"
with_boot --patch=fix.diff --symvers="$KSPLICE_SYMVERS" --release="$release" "$KSPLICE_SOURCE"
wants 1 'kernel: gcc-77 (Debian 77.1-1)'
case "$(uname -r)" in
6.1.*)	;;
*)	with_boot --patch=fix.diff --symvers="$KSPLICE_SYMVERS" "$KSPLICE_SOURCE"
	wants 1 "to be for $(uname -r)" ;;
esac
cp "$KSPLICE_CONFIG" "boot/config-$(uname -r)"
with_boot --patch=fix.diff --symvers="$KSPLICE_SYMVERS" --release="$release" --id=running "$KSPLICE_SOURCE"
wants 0 'ksplice-running.tar.gz: update running'

case_is "not a configuration"
echo nothing >"config-$release"
create --patch=fix.diff --symvers="$KSPLICE_SYMVERS" --config="config-$release" "$KSPLICE_SOURCE"
wants 1 'not a kernel configuration'

case_is "release is not known"
cp "$KSPLICE_CONFIG" my.config
create --patch=fix.diff --symvers="$KSPLICE_SYMVERS" --config=my.config "$KSPLICE_SOURCE"
wants 2 'which release' '--release=REL'

case_is "release of another version"
create --patch=fix.diff --symvers="$KSPLICE_SYMVERS" --config=my.config --release=5.10.0-1 "$KSPLICE_SOURCE"
wants 1 'is the source of Linux 6.1' '5.10.0-1'
case_is "release that begins like the version"
create --patch=fix.diff --symvers="$KSPLICE_SYMVERS" --config=my.config --release=6.12.0-1 "$KSPLICE_SOURCE"
wants 1 'is the source of Linux 6.1' '6.12.0-1'

case_is "another machine"
grep -v 'CONFIG_X86_64=' my.config >"config-$release"
create --patch=fix.diff --symvers="$KSPLICE_SYMVERS" --config="config-$release" "$KSPLICE_SOURCE"
wants 3 'not supported'
case_is "the machine that was asked for is another"
create --arch=ppc64le --patch=fix.diff --symvers="$KSPLICE_SYMVERS" --config="$KSPLICE_CONFIG" "$KSPLICE_SOURCE"
wants 1 'is the configuration of a kernel for x86_64, but the update is to be for ppc64le'
case_is "no such cross compiler"
sed 's/CONFIG_X86_64=y/CONFIG_PPC64=y\nCONFIG_CPU_LITTLE_ENDIAN=y/; s/^CONFIG_CC_VERSION_TEXT=.*/CONFIG_CC_VERSION_TEXT="gcc-77 (Debian 77.1-1) 77.1"/' \
	"$KSPLICE_CONFIG" >"config-$release"
create --patch=fix.diff --symvers="$KSPLICE_SYMVERS" --config="config-$release" "$KSPLICE_SOURCE"
wants 1 'install powerpc64le-linux-gnu-gcc-77, or give --cc'

case_is "no source tree"
# shellcheck disable=SC2086
create --patch=fix.diff $kernel "$work"
wants 1 'not a kernel source tree'
case_is "source that is not there"
# shellcheck disable=SC2086
create --patch=fix.diff $kernel "$work/absent"
wants 1 'absent: No such file'

case_is "source in which something was built"
mkdir tree
for name in "$KSPLICE_SOURCE"/*; do
	ln -s "$name" tree/
done
rm tree/include
mkdir tree/include tree/include/config
# shellcheck disable=SC2086
create --patch=fix.diff $kernel tree
wants 1 'something was built in this tree' 'mrproper'

case_is "image that is none"
# shellcheck disable=SC2086
create --patch=fix.diff $kernel --image="$KSPLICE_CONFIG" "$KSPLICE_SOURCE"
wants 1 "${KSPLICE_CONFIG##*/}"

case_is "Module.symvers of nobody"
printf '0x12345678\tnothing\tvmlinux\tEXPORT_SYMBOL\t\n' >empty.symvers
create --patch=fix.diff --config="$KSPLICE_CONFIG" --symvers=empty.symvers "$KSPLICE_SOURCE"
wants 1 'does not export' 'Module.symvers'
case_is "no Module.symvers"
create --patch=fix.diff --config="$KSPLICE_CONFIG" --symvers=absent "$KSPLICE_SOURCE"
wants 1 'absent: No such file'
finish
