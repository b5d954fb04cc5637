# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
# For tests/kernel/*/test.sh: makes updates, runs a script with them in a guest. To be sourced.
#
#	update ID DIFF [ksplice-create option...]	makes $work/ID.tar.gz, in the guest /root/ID.tar.gz
#	secure_boot; guest "${secure_boot[@]}" ...	the same on a machine with Secure Boot
#	kernel_modules NAME...				makes $work/NAME.ko of $here/NAME.c, in the guest /root/NAME.ko
#	guest [run-in-vm option...] <<'END'		runs the text, with lib/guest/guest.sh before it
#
# Both end the test when they fail. The kernel is that of $KSPLICE_KERNEL (cache.sh); a diff that does not apply to each has
# siblings: X-6.12.diff beside X.diff.
set -u -o pipefail

here=$(dirname "$(readlink -f "$0")")
lib=$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")
tests=${lib%/lib}
top=${tests%/tests}
. "$lib/cache.sh"
export KSPLICE_BUILD=${KSPLICE_BUILD:-$top/_build}
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT

die()
{
	echo "$*"
	exit 1
}

skip()
{
	echo "skipped: $*"
	exit 77
}

# source, symvers, config, ...: the parts of the stock kernel
eval "$("$lib/packages" kernel image source headers)" || die "no stock kernel"

create=$KSPLICE_BUILD/ksplice-create/ksplice-create
[ -x "$create" ] || die "$create is not built"
# For kernels of another machine: the prefix of the cross compiler's programs.
case $KSPLICE_KERNEL_ARCH in
ppc64el) cross=powerpc64le-linux-gnu- kbuild_arch=powerpc ;;
*) cross='' kbuild_arch=x86_64 ;;
esac
# The work directory is shared, as a new one costs 25 s of a processor. One at a time: ksplice-create refuses one in which another is at
# work. Both are those of tests/create/lib.sh as well.
workdir=$KSPLICE_CACHE/test-create-$KSPLICE_KERNEL

# in_turn COMMAND...: runs it while nobody else uses the work directory or the place of patched trees.
in_turn()
{
	local lock status

	exec {lock}>"$KSPLICE_CACHE/.test-create-$KSPLICE_KERNEL.lock" && flock "$lock" || exit 1
	"$@"
	status=$?
	exec {lock}>&-
	return $status
}

# Everything that an update depends on beside its diff and its options.
tools_hash()
{
	(cd "$top" && find kmodsrc -type f -name '*.[chS]' -exec sha256sum {} + | sort && sha256sum "$create") |
		sha256sum
}

diff_for_kernel()
{
	local own=${1%.diff}-$KSPLICE_KERNEL.diff

	[ -f "$own" ] && echo "$own" || echo "$1"
}

# An update that was made once from the same is taken again: tests are run often, tools change seldom.
# --source=DIR among the options is KERNEL_SOURCE, else it is the stock kernel's.
update()
{
	local id=$1 diff=$2 tree=$source key cached option
	local -a options=()

	shift 2
	diff=$(diff_for_kernel "$diff")
	for option; do
		case $option in
		--source=*) tree=${option#*=} ;;
		*) options+=("$option") ;;
		esac
	done
	key=$( (tools_hash; echo "$KSPLICE_KERNEL $id" "${options[@]}" "${tree##*/}"; cat "$diff" "${prior[@]-/dev/null}") | sha256sum)
	cached=$KSPLICE_BUILD/tests/updates/$id-${key:0:16}.tar.gz
	mkdir -p "${cached%/*}"
	in_turn make_update || exit 1
	cp "$cached" "$work/$id.tar.gz"
}

make_update()
{
	local log=$work/create.log

	[ ! -f "$cached" ] || return 0
	if ! create_from "$tree" --patch="$diff" --id="$id" --description="test $id" -o "$work/$id.tar.gz" "${options[@]}" >"$log" 2>&1
	then
		cat "$log"
		die "ksplice-create cannot make $id"
	fi
	cp "$work/$id.tar.gz" "$cached.$$" && mv "$cached.$$" "$cached"
}

# create_from TREE OPTION...: ksplice-create with TREE, in turn. All patched trees of a kernel lie at the same place while it works on
# them, like the one tree that a user edits: they then share a work directory. What a run that was killed has left there is removed.
create_from()
{
	local tree=$1 place=$KSPLICE_BUILD/tests/trees/$KSPLICE_KERNEL status
	local -a command=("$create" --config="$config" --symvers="$symvers")

	shift
	if [ "$tree" = "$source" ]; then
		"${command[@]}" --workdir="$workdir" "$@" "$tree"
		return
	fi
	rm -rf "$place" && mv -T "$tree" "$place" || return 1
	"${command[@]}" --workdir="$workdir-trees" "$@" "$place"
	status=$?
	mv -T "$place" "$tree" || return 1
	return $status
}

# A copy of the source tree with some diffs applied: patched_tree DIFF...; sets $patched. It is kept. The copy's files are links
# where that is possible; patch(1) puts new files in place of those that it changes.
patched_tree()
{
	local diff

	prior=()
	for diff; do
		prior+=("$(diff_for_kernel "$diff")")
	done
	patched=$KSPLICE_BUILD/tests/trees/$KSPLICE_KERNEL-$(cat "${prior[@]}" | sha256sum | head -c 16)
	# It may be elsewhere while another test makes an update of it: create_from().
	in_turn make_patched_tree || exit 1
}

make_patched_tree()
{
	local diff

	[ ! -d "$patched" ] || return 0
	mkdir -p "${patched%/*}"
	rm -rf "$patched".tmp
	cp -al "$source/." "$patched.tmp" 2>/dev/null || { rm -rf "$patched.tmp"; cp -a "$source/." "$patched.tmp"; } ||
		die "cannot copy the source tree"
	for diff in "${prior[@]}"; do
		patch -s -p1 -d "$patched.tmp" <"$diff" || die "$diff does not apply"
	done
	mv "$patched.tmp" "$patched"
}

# The programs in lib/guest/, built for a guest that has no libraries.
guest_program()
{
	"${cross}gcc${cross:+-12}" -std=gnu11 -D_GNU_SOURCE -O1 -Wall -Wextra -Werror -static -o "$work/$1" "$lib/guest/$1.c" ||
		die "cannot build $1"
}

# A machine with Secure Boot: guest "${secure_boot[@]}".  Its firmware has one key, for all purposes, which the package of the
# firmware tells everybody: $enrolled.key, with the passphrase "snakeoil", and $enrolled.pem.  The stock kernel, signed by it, finds it
# in the firmware's db, locks itself down, and takes modules that it has signed.  Nothing else is in the machine that the kernel
# would trust, so there are no modules but those of updates.
enrolled=/usr/share/ovmf/PkKek-1-snakeoil
secure_boot()
{
	local firmware=/usr/share/OVMF/OVMF_CODE_4M.fd variables=/usr/share/OVMF/OVMF_VARS_4M.snakeoil.fd dir=$work/kernel

	[ -f "$firmware" ] && [ -f "$variables" ] && command -v sbsign >/dev/null ||
		die "ovmf or sbsigntool is not installed (tests/lib/packages install)"
	mkdir -p "$dir/boot" "$dir/lib"
	ln -s "${modules%/*}" "$dir/lib/modules"
	openssl pkey -in "$enrolled.key" -passin pass:snakeoil -out "$work/enrolled.key" &&
		sbsign --key "$work/enrolled.key" --cert "$enrolled.pem" --output "$dir/boot/${image##*/}" "$image" >/dev/null 2>&1 ||
		die "cannot sign the kernel"
	cp "$variables" "$work/variables.fd" || exit 1
	secure_boot=(--kernel-dir="$dir" --qemu-opt="-drive if=pflash,format=raw,readonly=on,file=$firmware"
		--qemu-opt="-drive if=pflash,format=raw,file=$work/variables.fd")
}

# The update $1, signed afterwards by a key that no machine knows: $work/stranger.tar.gz.
sign_as_stranger()
{
	gcc -w -I"$source/scripts" -o "$work/sign-file" "$source/scripts/sign-file.c" -lcrypto || die "cannot build sign-file"
	openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj "/CN=A stranger" -keyout "$work/key" -out "$work/pem" \
		>"$work/log" 2>&1 &&
		"$create" --sign="$work/$1.tar.gz" --sign-key="$work/key" --sign-cert="$work/pem" --sign-file="$work/sign-file" \
			-o "$work/stranger.tar.gz" >"$work/log" 2>&1 || die "cannot sign: $(cat "$work/log")"
}

# Modules of the test's own, of the C files beside it: $work/NAME.ko, in the guest /root/NAME.ko. What kbuild needs for them is what
# ksplice-create has made for itself.
kernel_modules()
{
	local key cached

	key=$( (echo "$KSPLICE_KERNEL_VERSION"; cd "$here" && cat "${@/%/.c}") | sha256sum)
	cached=$KSPLICE_BUILD/tests/updates/modules-${key:0:16}
	in_turn make_modules "$@" || exit 1
	cp "$cached"/*.ko "$work" || exit 1
}

make_modules()
{
	local name
	local -a make=(make -s -C "$workdir/build" "M=$work/modules" "ARCH=$kbuild_arch" "CROSS_COMPILE=$cross"
		"CC=${cross}gcc-12" "KERNELRELEASE=$KSPLICE_KERNEL_RELEASE"
		CONFIG_DEBUG_INFO_BTF_MODULES= KCFLAGS=-g0 modules)

	[ ! -d "$cached" ] || return 0
	[ -f "$workdir/build/ksplice-prepared" ] ||
		create_from "$source" --patch="$(diff_for_kernel "$top/demo/cmdline.diff")" --id=x -o "$work/x" >"$work/create.log" 2>&1 ||
		{ cat "$work/create.log"; die "no build directory for modules"; }
	rm -f "$work/x"
	mkdir -p "$work/modules" "$cached.$$"
	for name; do
		cp "$here/$name.c" "$work/modules" && echo "obj-m += $name.o" >>"$work/modules/Kbuild" || exit 1
	done
	"${make[@]}" >"$work/make.log" 2>&1 || { cat "$work/make.log"; die "the test's modules cannot be built"; }
	for name; do
		cp "$work/modules/$name.ko" "$cached.$$" || exit 1
	done
	mv "$cached.$$" "$cached" || exit 1
}

guest()
{
	local file
	local -a adds=()

	for file in call credit dm fentry flock kexec kill-at never park peek socket uhid; do
		[ ! -f "$work/$file" ] || adds+=(--add="$work/$file:/usr/bin/$file")
	done
	for file in "$work"/*.tar.gz "$work"/*.ko; do
		[ ! -f "$file" ] || adds+=(--add="$file")
	done
	cat "$lib/guest/guest.sh" - >"$work/script"
	"$tests/vm/run-in-vm" --timeout="${GUEST_TIMEOUT:-240}" "${adds[@]}" "$@" "$work/script" 2>&1 || exit 1
}
